import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { requireWithin } from "../../ops/within.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { full as filled } from "../../tensor/creation.js";
import { sameShape } from "../../tensor/shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { defineJointLoss, type JointLossFunction } from "./joint.js";
import { REDUCTION, reduced } from "./reduction.js";

const GAUSSIAN_NLL = declare("gaussianNll", {
  ...REDUCTION,
  /** Whether ½ ln 2π is added. Default false. */
  full: flag({ default: false }),
  /** ε > 0, the least variance. Default 1e-6. */
  epsilon: number({ default: 1e-6, above: 0, aka: ["eps"] }),
  /** Whether the variance is given by its logarithm, as a layer without an activation gives it. Default false. */
  logVariance: flag({ default: false, aka: ["logVar"] }),
});

/** Options of `gaussianNll`. */
export interface GaussianNllOptions extends OptionsOf<typeof GAUSSIAN_NLL> {}

/**
 * Negative log-likelihood of targets y under a normal distribution of mean μ and variance v: ½(ln v + (y − μ)²/v), torch.nn.GaussianNLLLoss.
 * A network that tells both learns how far it may be trusted. A variance below ε counts as ε, and is given the gradient of ε. Nix and
 * Weigend, ICNN 1994.
 *
 *     gaussianNll(mean, target, variance, options)
 *     gaussianNll(prediction, target, options)        of [n, 2, …] or [n, 2 · d]: means, then variances, as compile calls it
 *
 * Shape:     mean any, target the same, variance the same, or with one for all of the last axis, or a number → [], or the mean's shape
 *            for reduction "none"
 * Gradient:  dμ = g · (μ − y)/v / n, dv = g · ½(1/v − (y − μ)²/v²) / n, dy the opposite of dμ
 * @param options.full whether ½ ln 2π is added, default false
 * @param options.epsilon ε > 0, default 1e-6
 * @param options.logVariance whether the variance is given by its logarithm, default false
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes do not fit; ArgumentError for an option, or a variance below 0
 * @example gaussianNll(tensor([1, 2]), tensor([1, 4]), tensor([1, 4]))   // 0.5966
 * @example gaussianNll(tensor([[1, 0], [2, 0]]), tensor([1, 4]), { logVariance: true })   // 1
 */
export const gaussianNll: JointLossFunction<GaussianNllOptions> & GaussianNll = defineJointLoss(GAUSSIAN_NLL, {
  aka: ["GaussianNLLLoss", "gaussianNllLoss", "gaussianNegativeLogLikelihood"],
  operands: ["mean", "target", "variance"],
  predicted: [0, 2],
  tensorOf: (operand, position, [mean]) =>
    position === 2 && typeof operand === "number" && mean instanceof Tensor ? filled([], operand, { dtype: "float64" }) : operand,
  compute: ([mean, target, given], { reduction, full, epsilon, logVariance }) => {
    const { op } = GAUSSIAN_NLL;
    if (!sameShape(mean.shape, target.shape)) {
      const shapes = `mean ${shapeText(mean.shape)} and target ${shapeText(target.shape)}`;
      throw new ShapeError(message(op, `${shapes} differ in shape; a loss never broadcasts`, "Bring both to one shape with reshape."));
    }
    const beside = varianceBeside(op, mean, given);
    const variance = logVariance ? beside.exp() : beside;
    // As in PyTorch, what is raised to ε keeps its gradient.
    const v = variance.add(variance.clamp(epsilon).sub(variance).detach());
    const losses = v.log().add(mean.sub(target).square().div(v)).mul(0.5);
    if (!logVariance) {
      requireWithin(variance, 0, Infinity, (value, position) => {
        const mend = "Make it positive with softplus or exp, or pass logVariance: true.";
        throw new ArgumentError(message(op, `variance ${value} at position ${position} is below 0`, mend));
      });
    }
    return reduced(full ? losses.add(0.9189385332046727) : losses, reduction);
  },
});

type GaussianNll = (mean: Tensor, target: Tensor, variance: Tensor | number, options?: GaussianNllOptions) => Tensor;

/** A variance that stands beside each mean, or for all of the last axis. @throws ShapeError */
function varianceBeside(op: string, mean: Tensor, variance: Tensor): Tensor {
  const { shape } = mean;
  const outer = shape.slice(0, -1);
  if (variance.rank === 0 || sameShape(variance.shape, shape)) return variance;
  if (sameShape(variance.shape, outer)) return variance.unsqueeze(-1);
  if (sameShape(variance.shape, [...outer, 1])) return variance;
  const expected = `${shapeText(shape)}, ${shapeText([...outer, 1])} or ${shapeText(outer)}`;
  throw new ShapeError(message(op, `variance ${shapeText(variance.shape)} does not fit mean ${shapeText(shape)}; expected ${expected}`));
}
