import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { checkTensor, checkTensorArity } from "../../tensor/check.js";
import { rand } from "../../tensor/random.js";
import type { Tensor } from "../../tensor/tensor.js";
import { composed } from "../activation.js";
import { leakyRelu, relu } from "../activations.js";
import { clamp } from "../arithmetic.js";
import { floating } from "../operands.js";

/** Activations that are x above 0, and below it x times a slope that is learned or drawn. */

/** y = x where x > 0, else slope · x, of slopes that broadcast. Gradients: that of x at 0 is slope · g; that of a slope is Σ g · min(x, 0). */
function sloped(x: Tensor, slope: Tensor): Tensor {
  // Both parts are finite times finite for x = ∞, where x · slope with a mask would be 0 · ∞ in backward.
  return relu(x).add(clamp(x, -Infinity, 0).mul(slope));
}

/**
 * y = x where x > 0, else weight · x, as torch.nn.functional.prelu. The layer `PReLU` holds the weight. He et al., arXiv 1502.01852.
 * Shape:     x any, weight [1] or [channels] for axis 1 of x → shape of x
 * Gradient:  dx = g where x > 0, else weight · g; dWeight = Σ g · min(x, 0)
 * @param weight slope for all elements, or one for each channel
 * @throws ArgumentError for what is no tensor; ShapeError unless the weight has one element, or one for each channel
 * @example prelu(tensor([-2, 2]), tensor([0.25]))   // [-0.5, 2]
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  checkTensorArity("prelu", arguments.length, 2);
  checkTensor("prelu", "x", x, "PReLU");
  checkTensor("prelu", "weight", weight, "PReLU");
  if (weight.size === 1) return sloped(floating(x), weight.reshape([]));
  const channels = x.rank < 2 ? 1 : x.shape[1];
  if (weight.rank !== 1 || weight.size !== channels) {
    const problem = `weight ${shapeText(weight.shape)} does not fit x ${shapeText(x.shape)}; expected [1] or [${channels}]`;
    throw new ShapeError(message("prelu", problem));
  }
  return sloped(floating(x), weight.reshape([channels, ...new Array<number>(x.rank - 2).fill(1)]));
}

const LIMITS = {
  /** The least slope, finite. Default 1/8. */
  lower: number({ default: 1 / 8 }),
  /** The greatest slope, finite, ≥ lower. Default 1/3. */
  upper: number({ default: 1 / 3 }),
};
const RRELU = declare("rrelu", {
  ...LIMITS,
  /** Whether each element's slope is drawn; else all have the mean of both limits. Default false. */
  training: flag({ default: false }),
});

/** The form of evaluation, which is the one that has a name. */
const rreluOfMean: (x: Tensor, options: { lower: number; upper: number }) => Tensor = composed(
  declare("rrelu", LIMITS),
  (x, { lower, upper }) => {
    checkSlopes("rrelu", lower, upper);
    return leakyRelu(x, { slope: (lower + upper) / 2 });
  },
  { initializer: "heNormal" },
);

/** Options of `rrelu`. */
export interface RreluOptions extends OptionsOf<typeof RRELU> {}

/**
 * y = x where x > 0, else slope · x. In training a slope is drawn for each element from U(lower, upper), else it is their mean. The layer
 * `RReLU` draws in training from a stream of its own; by name, as in { activation: "rrelu" }, it is the form of evaluation. Xu et al.,
 * arXiv 1505.00853.
 * Shape:     any → same
 * Gradient:  dx = g where x > 0, else slope · g
 * @param options.lower finite, default 1/8
 * @param options.upper finite, default 1/3
 * @param options.training default false
 * @throws ArgumentError unless lower ≤ upper, both finite
 * @example rrelu(tensor([-2, 2]), { lower: 0.1, upper: 0.3 })   // [-0.4, 2]
 */
export const rrelu: (x: Tensor, options?: RreluOptions) => Tensor = Object.assign(function (x: Tensor, options?: RreluOptions): Tensor {
  checkTensorArity("rrelu", arguments.length, 2);
  const { lower, upper, training } = RRELU.readOptions(options);
  if (!training) return rreluOfMean(x, { lower, upper });
  checkTensor("rrelu", "x", x, "RReLU");
  checkSlopes("rrelu", lower, upper);
  const given = floating(x);
  return randomlySloped(given, rand(given.shape, { dtype: given.dtype }), lower, upper);
}, rreluOfMean);

/** @internal x with slopes between two limits below 0, for uniform numbers in [0, 1) */
export function randomlySloped(x: Tensor, uniform: Tensor, lower: number, upper: number): Tensor {
  return sloped(x, uniform.mul(upper - lower).add(lower));
}

/** @internal @throws ArgumentError unless lower ≤ upper */
export function checkSlopes(op: string, lower: number, upper: number): void {
  if (lower > upper) throw new ArgumentError(message(op, `lower ${lower}, upper ${upper}; expected lower ≤ upper`));
}
