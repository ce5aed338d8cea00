import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { noGrad } from "../../graph/mode.js";
import { checkTensor, floating } from "../../ops/operands.js";
import { checkArity } from "../../options/arity.js";
import { declare } from "../../options/declare.js";
import { ones } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Buffer } from "../buffer.js";
import { Layer, type StateShapes } from "../layer.js";
import { CLASSES } from "../losses/classes.js";
import { readDistribution } from "../losses/labels.js";
import { VALUES } from "../losses/values.js";

const TEMPERATURE_SCALING = declare("TemperatureScaling", {});

/** Temperatures are looked for between the reciprocals of these. */
const [LEAST, MOST] = [1e-2, 1e2];

/** The derivative of the mean loss by β = 1/T, and the derivative of that, which is positive. */
type Slopes = (beta: number) => { slope: number; curvature: number };

/**
 * Divides logits by one temperature T > 0, which makes the probabilities of a trained network as sure as it is right and changes no
 * prediction: z = x/T. `fit` finds T on samples that were not trained on, by the least negative log-likelihood; T = 1 before. As the last
 * layer of a model it is saved with it. Guo et al., ICML 2017.
 * Shape:     any → same
 * @throws ArgumentError for an argument
 * @example
 * const logits = tensor([[4, 0], [4, 0], [0, 4], [4, 0]]);
 * const scaling = new TemperatureScaling().fit(logits, tensor([0, 0, 1, 1]));
 * scaling.temperature   // 3.6410, so that 3 of 4 are right at a confidence of 3/4
 */
export class TemperatureScaling extends Layer<typeof TEMPERATURE_SCALING> {
  static override readonly declaration = TEMPERATURE_SCALING;
  readonly temperature = new Buffer(ones([1]));

  static override stateShapes(): StateShapes {
    return { temperature: [1] };
  }

  constructor() {
    super(arguments.length);
  }

  forward(x: Tensor): Tensor {
    checkTensor("TemperatureScaling", "x", x);
    const logits = floating(x);
    return logits.div(this.temperature.cast(logits.dtype));
  }

  /**
   * Sets the temperature to the one of the least mean −ln p of labels, between 1/100 and 100.
   * @param logits of samples that were not trained on: [n, C, …], or a single column [n] or [n, 1] of yes-or-no classes
   * @param labels [n, …], or probabilities like the logits
   * @returns this
   * @throws ShapeError, DTypeError, IndexError for a label outside the classes, ArgumentError
   * @example new TemperatureScaling().fit(tensor([2, -1, 3]), tensor([1, 0, 0]))
   */
  fit(logits: Tensor, labels: Tensor): this {
    checkArity("TemperatureScaling.fit", arguments.length, 2);
    checkTensor("TemperatureScaling.fit", "logits", logits);
    checkTensor("TemperatureScaling.fit", "labels", labels);
    if (logits.size === 0)
      throw new ShapeError(message("TemperatureScaling.fit", `no samples: logits have shape ${shapeText(logits.shape)}`));
    noGrad(() => {
      const isColumn = logits.rank < 2 || logits.shape[1] === 1;
      this.temperature.fill(1 / bestScale(isColumn ? ofColumn(logits, labels) : ofClasses(logits, labels)));
    });
    return this;
  }
}

/** Slopes of softmax cross-entropy: its derivative is E[x] − x_y, the derivative of that the variance of x. */
function ofClasses(logits: Tensor, labels: Tensor): Slopes {
  const op = "TemperatureScaling.fit";
  const { x, y } = CLASSES.operands(op, logits.cast("float64"), labels, (given) => given);
  const { q, counted } = readDistribution(x, y, { op, ignoreIndex: -100 });
  const [wanted, total] = [x.mul(q).sum().item(), counted.sum().item()];
  const weights = q.sum(1, { keepDims: true });
  return (beta) => {
    const p = x.mul(beta).softmax(1).mul(weights);
    const mean = x.mul(p).sum(1);
    const variance = x.square().mul(p).sum(1).sub(mean.square());
    return { slope: (mean.sum().item() - wanted) / total, curvature: variance.sum().item() / total };
  };
}

/** Slopes of the cross-entropy of a yes-or-no class. */
function ofColumn(logits: Tensor, labels: Tensor): Slopes {
  const flat = logits.rank === 2 && labels.rank === 1 ? logits.squeeze(1) : logits;
  const { x, y } = VALUES.operands("TemperatureScaling.fit", flat.cast("float64"), labels, (given) => given);
  return (beta) => {
    const p = x.mul(beta).sigmoid();
    const curvature = p.mul(p.neg().add(1)).mul(x.square()).mean().item();
    return { slope: p.sub(y).mul(x).mean().item(), curvature };
  };
}

/** β of slope 0, by Newton's method, which a bracket holds: the loss is convex in β. */
function bestScale(slopes: Slopes): number {
  let [low, high, beta] = [LEAST, MOST, 1];
  for (let i = 0; i < 100; i++) {
    const { slope, curvature } = slopes(beta);
    if (slope > 0) high = beta;
    else low = beta;
    const newton = beta - slope / curvature;
    // Near the solution the slope is a rounding error: its step may end at β itself, which is a bound by now.
    if (slope === 0 || Math.abs(newton - beta) <= 1e-12 * beta) return beta;
    beta = newton > low && newton < high ? newton : Math.sqrt(low * high);
  }
  return beta;
}
