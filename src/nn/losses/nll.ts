import { wholeNumbers } from "../../ops/indices.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { tensorOption } from "../../tensor/option.js";
import type { Tensor } from "../../tensor/tensor.js";
import { defineLoss, type LossFunction } from "./define.js";
import { IGNORED, LABELS, readLabels } from "./labels.js";
import { REDUCTION } from "./reduction.js";

const NLL = declare("nll", {
  ...REDUCTION,
  ...IGNORED,
  /** A weight ≥ 0 for each class, float [classes]. Default: all 1. */
  classWeight: tensorOption({ default: null, aka: ["weight", "weights", "classWeights"] }),
});

/** Options of `nll`. */
export interface NllOptions extends OptionsOf<typeof NLL> {}

/**
 * Negative log-likelihood of labels y, −w_y · x_y, of log-probabilities x such as `logSoftmax` gives; torch.nn.NLLLoss. The mean divides by
 * Σ w. Of logits take `crossEntropy`, which is both in one.
 * Shape:     log-probabilities [n, C, d₁, …] (or [C]); labels [n, d₁, …] (or []) → [], or the labels' shape for reduction "none"
 * Gradient:  dx_y = −g · w_y / Σ w, 0 elsewhere; none for target and weights
 * @param target labels 0 … C − 1 or ignoreIndex: int32, uint8, or floats that are whole
 * @param options.ignoreIndex the label that counts for nothing, default −100
 * @param options.classWeight a weight ≥ 0 for each class, default all 1
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError naming both shapes: losses never broadcast; DTypeError, IndexError for a label outside its range, ArgumentError
 * @example nll(tensor([[2, 0], [0, 2]]).logSoftmax(), tensor([0, 1]))   // 0.1269
 */
export const nll: LossFunction<NllOptions> = defineLoss(NLL, {
  aka: ["NLLLoss", "nllLoss", "negativeLogLikelihood"],
  targets: LABELS,
  compute: (x, target, { reduction, ignoreIndex, classWeight }) => {
    const { labels, weight } = readLabels(x, target, { op: NLL.op, ignoreIndex, classWeight });
    // What is ignored may be ∞ without harm.
    const likelihood = weight.eq(0).where(0, x.gather(1, labels.unsqueeze(1)).squeeze(1));
    const losses = likelihood.mul(weight).neg();
    if (reduction === "none") return losses;
    return reduction === "sum" ? losses.sum() : losses.sum().div(weight.sum());
  },
  divisor: (prediction, target, { reduction, ignoreIndex, classWeight }) => {
    const rows = LABELS.operands(NLL.op, prediction, target, (x: Tensor) => x);
    const labels = wholeNumbers(NLL.op, "labels", rows.y);
    const { weight } = readLabels(rows.x, labels, { op: NLL.op, ignoreIndex, classWeight });
    return reduction === "none" ? weight.reshape(target.shape) : weight.sum();
  },
});
