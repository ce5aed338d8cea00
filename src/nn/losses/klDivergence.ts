import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, flag } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { defineLoss, type LossFunction } from "./define.js";
import { reduced } from "./reduction.js";
import { VALUES } from "./values.js";

const KL_DIVERGENCE = declare("klDivergence", {
  /** "mean" over all elements, their "sum", "batchMean" = sum/n, which is the divergence of a sample, or "none". Default "mean". */
  reduction: choice(["mean", "sum", "none", "batchMean"], {
    default: "mean",
    mend: (value) => (value === "batchmean" ? 'Write reduction: "batchMean".' : undefined),
  }),
  /** Whether the target is log-probabilities, as the prediction. Default false: probabilities. */
  logTarget: flag({ default: false }),
});

/** Options of `klDivergence`. */
export interface KlDivergenceOptions extends OptionsOf<typeof KL_DIVERGENCE> {}

/**
 * Kullback–Leibler divergence D(y‖p), y · (ln y − x), of log-probabilities x = ln p and a target distribution y; torch.nn.KLDivLoss. Where y is 0,
 * it is 0. The cross-entropy of y and p is the entropy of y more. As in PyTorch the mean is over all elements; "batchMean" is the one of the formula.
 * Shape:     log-probabilities any, target the same → [], or that shape for reduction "none"
 * Gradient:  dx = −g · y / n; dy = g · (ln y − x + 1) / n, without its infinity at 0
 * @param target probabilities, or their logarithms with `logTarget`
 * @param options.logTarget default false
 * @param options.reduction "mean" over all elements (default), "sum", "batchMean" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example klDivergence(tensor([[0.5, 0.5]]).log(), tensor([[0.25, 0.75]]), { reduction: "batchMean" })   // 0.1308
 */
export const klDivergence: LossFunction<KlDivergenceOptions> = defineLoss(KL_DIVERGENCE, {
  aka: ["KLDivLoss", "klDiv", "kld", "KLDivergence", "kullbackLeiblerDivergence", "kl"],
  targets: VALUES,
  compute: (x, y, { reduction, logTarget }) => {
    const losses = logTarget ? y.exp().mul(y.sub(x)) : y.mul(logarithm(y).sub(x));
    return reduction === "batchMean" ? losses.sum().div(x.shape[0] ?? 1) : reduced(losses, reduction);
  },
});

/** ln y, and 0 in place of the logarithm of 0. */
function logarithm(y: Tensor): Tensor {
  return y.eq(0).where(1, y).log();
}
