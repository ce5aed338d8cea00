import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { declare } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Dropping, PROBABILITY } from "../noisy.js";

const ALPHA_DROPOUT = declare("AlphaDropout", {}, PROBABILITY);
const FEATURE_ALPHA_DROPOUT = declare("FeatureAlphaDropout", {}, PROBABILITY);

/** What `selu` gives for −∞, negated: λα. */
const SATURATION = 1.7580993408473766;

/** Scale and shift by which a mixture of x and −λα, which falls with probability p, keeps mean 0 and variance 1. */
function restoring(p: number): { scale: number; shift: number } {
  const scale = 1 / Math.sqrt((1 - p) * (1 + p * SATURATION * SATURATION));
  return { scale, shift: scale * SATURATION * p };
}

function saturated(x: Tensor, kept: Tensor, p: number): Tensor {
  // As in PyTorch.
  if (p === 1) return x.mul(0);
  const { scale, shift } = restoring(p);
  return kept.where(x.mul(scale).add(shift), shift - scale * SATURATION);
}

/**
 * Dropout for `selu`: elements fall to −λα, where selu saturates, and the result is scaled and shifted so that mean 0 and variance 1 stay.
 *
 *     y = a·(m·x − (1 − m)·λα) + a·λα·p,  a = 1/√((1 − p)(1 + p·(λα)²)),  λα = 1.7581, m = 0 with probability p
 *
 * In training; in evaluation nothing. As torch.nn.AlphaDropout, which gives zeros for p = 1. Klambauer et al., arXiv 1706.02515, 2017.
 * Shape:     any → same
 * @param p probability of dropping, 0 … 1, default 0.5
 * @throws ArgumentError
 * @example new Sequential([new Dense(64, { activation: "selu", weightInitializer: "lecunNormal" }), new AlphaDropout(0.1)])
 */
export class AlphaDropout extends Dropping<typeof ALPHA_DROPOUT> {
  static override readonly declaration = ALPHA_DROPOUT;

  constructor(p?: number) {
    super(arguments.length, p);
  }

  protected drop(x: Tensor, p: number): Tensor {
    return saturated(x, this.kept(x, x.shape, p), p);
  }
}

/**
 * `AlphaDropout` of whole channels, as torch.nn.FeatureAlphaDropout: what falls is told by sample and channel.
 * Shape:     [n, c, …] → same
 * @param p probability of dropping, 0 … 1, default 0.5
 * @throws ArgumentError; at forward ShapeError for fewer than two axes
 * @example new FeatureAlphaDropout(0.2).eval().forward(tensor([[1, 2]]))   // [[1, 2]]
 */
export class FeatureAlphaDropout extends Dropping<typeof FEATURE_ALPHA_DROPOUT> {
  static override readonly declaration = FEATURE_ALPHA_DROPOUT;

  constructor(p?: number) {
    super(arguments.length, p);
  }

  protected override resultShape(inputShape: Shape): Shape {
    if (inputShape.length > 1) return inputShape;
    throw new ShapeError(message(this.op, `x has shape ${shapeText(inputShape)}; expected at least two axes, samples and channels`));
  }

  protected drop(x: Tensor, p: number): Tensor {
    const shape = this.resultShape(x.shape).map((extent, axis) => (axis < 2 ? extent : 1));
    return saturated(x, this.kept(x, shape, p), p);
  }
}
