import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { defineLoss, type LossFunction } from "./define.js";
import { REDUCTION, reduced } from "./reduction.js";
import { VALUES } from "./values.js";

const POISSON_NLL = declare("poissonNll", {
  ...REDUCTION,
  /** Whether the prediction is the logarithm of the rate; false: the rate itself. Default true. */
  logInput: flag({ default: true }),
  /** Whether Stirling's approximation of ln y! is added. Default false. */
  full: flag({ default: false }),
  /** ε > 0, added to a rate before its logarithm is taken. Default 1e-8. */
  epsilon: number({ default: 1e-8, above: 0, aka: ["eps"] }),
});

/** Options of `poissonNll`. */
export interface PoissonNllOptions extends OptionsOf<typeof POISSON_NLL> {}

/**
 * Negative log-likelihood of counts y under a Poisson distribution: eˣ − y·x of the logarithm x of its rate, or x − y·ln(x + ε) of the rate;
 * torch.nn.PoissonNLLLoss. ln y! is left out, or with `full` approximated by Stirling: y·ln y − y + ½·ln(2πy) for y > 1, else 0.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dx = g · (eˣ − y) / n, or g · (1 − y/(x + ε)) / n
 * @param options.logInput default true
 * @param options.full default false
 * @param options.epsilon ε > 0, default 1e-8
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example poissonNll(tensor([0, 1]), tensor([2, 3]))   // 0.3591
 */
export const poissonNll: LossFunction<PoissonNllOptions> = defineLoss(POISSON_NLL, {
  aka: ["PoissonNLLLoss", "poisson", "poissonNllLoss"],
  targets: VALUES,
  compute: (x, y, { reduction, logInput, full, epsilon }) => {
    const losses = logInput ? x.exp().sub(y.mul(x)) : x.sub(y.mul(x.add(epsilon).log()));
    return reduced(full ? losses.add(stirling(y)) : losses, reduction);
  },
});

/** About ln y!, 0 for y ≤ 1. */
function stirling(y: Tensor): Tensor {
  const several = y.gt(1);
  const n = several.where(y, 1);
  const log = n.log();
  // ½ ln 2π
  const approximation = n.mul(log).sub(n).add(log.mul(0.5)).add(0.9189385332046727);
  return several.where(approximation, 0);
}
