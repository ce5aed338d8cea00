import { oneHot } from "../../ops/creation.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, number } from "../../options/kinds.js";
import { tensorOption } from "../../tensor/option.js";
import type { Tensor } from "../../tensor/tensor.js";
import { defineLoss, type LossFunction } from "./define.js";
import { LABELS, readLabels } from "./labels.js";
import { REDUCTION, reduced } from "./reduction.js";

const MARGIN = {
  /** Δ, by how much the score of the true class is to lead. Default 1. */
  margin: number({ default: 1, aka: ["delta"] }),
};

const MULTICLASS_HINGE = declare("multiclassHinge", { ...REDUCTION, ...MARGIN });
const SQUARED_MULTICLASS_HINGE = declare("squaredMulticlassHinge", { ...REDUCTION, ...MARGIN });

/** Options of `multiclassHinge` and `squaredMulticlassHinge`. */
export interface MulticlassHingeOptions extends OptionsOf<typeof MULTICLASS_HINGE> {}

const MULTI_MARGIN = declare("multiMargin", {
  ...REDUCTION,
  ...MARGIN,
  /** The power of each violation, 1 or 2. Default 1. */
  p: choice([1, 2], { default: 1 }),
  /** A weight for each class, float [classes]; the true class's counts. Default: all 1. */
  classWeight: tensorOption({ default: null, aka: ["weight", "weights", "classWeights"] }),
});

/** Options of `multiMargin`. */
export interface MultiMarginOptions extends OptionsOf<typeof MULTI_MARGIN> {}

/**
 * Hinge loss of a support vector machine of several classes: Σ_{j≠y} max(0, s_j − s_y + Δ) of scores s and the label y. Weston and Watkins,
 * ESANN 1999. With scores s_j = W_j · x a violation is W_j · x − W_y · x + Δ; a lecture prints a plus before W_y. `multiMargin` divides the loss
 * by the number of classes.
 * Shape:     scores [n, C, d₁, …] (or [C]); labels [n, d₁, …] (or []) → [], or the labels' shape for reduction "none"
 * Gradient:  ds_j = g/n where j ≠ y and s_j − s_y + Δ > 0; ds_y = −g/n times their number
 * @param target labels 0 … C − 1: int32, uint8, or floats that are whole
 * @param options.margin Δ, default 1
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError naming both shapes: losses never broadcast; DTypeError, IndexError for a label outside its range, ArgumentError
 * @example multiclassHinge(tensor([[3.2, 5.1, -1.7]]), tensor([0]))   // 2.9
 */
export const multiclassHinge: LossFunction<MulticlassHingeOptions> = defineLoss(MULTICLASS_HINGE, {
  aka: ["hinge", "multiClassHinge", "multiclassSvm", "svm", "hingeLoss", "categoricalHinge"],
  targets: LABELS,
  compute: (x, target, { reduction, margin }) => reduced(violations(MULTICLASS_HINGE.op, x, target, margin).each.sum(1), reduction),
});

/**
 * Squared hinge loss of several classes: Σ_{j≠y} max(0, s_j − s_y + Δ)² of scores s and the label y. Its gradient has no step.
 * Shape:     scores [n, C, d₁, …] (or [C]); labels [n, d₁, …] (or []) → [], or the labels' shape for reduction "none"
 * Gradient:  ds_j = 2g/n · max(0, s_j − s_y + Δ) for j ≠ y; ds_y the opposite of their sum
 * @param target labels 0 … C − 1: int32, uint8, or floats that are whole
 * @param options.margin Δ, default 1
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError naming both shapes: losses never broadcast; DTypeError, IndexError for a label outside its range, ArgumentError
 * @example squaredMulticlassHinge(tensor([[3.2, 5.1, -1.7]]), tensor([0]))   // 8.41
 */
export const squaredMulticlassHinge: LossFunction<MulticlassHingeOptions> = defineLoss(SQUARED_MULTICLASS_HINGE, {
  aka: ["squaredHinge", "multiclassSquaredHinge", "squaredSvm", "l2Svm"],
  targets: LABELS,
  compute: (x, target, { reduction, margin }) =>
    reduced(violations(SQUARED_MULTICLASS_HINGE.op, x, target, margin).each.square().sum(1), reduction),
});

/**
 * Multi-class margin loss: 1/C · Σ_{j≠y} w_y · max(0, s_j − s_y + Δ)^p of scores s and the label y; torch.nn.MultiMarginLoss. A mean divides
 * by the number of labels, not by their weights.
 * Shape:     scores [n, C, d₁, …] (or [C]); labels [n, d₁, …] (or []) → [], or the labels' shape for reduction "none"
 * Gradient:  that of `multiclassHinge`, or of its square, times w_y/C
 * @param target labels 0 … C − 1: int32, uint8, or floats that are whole
 * @param options.p 1 or 2, default 1
 * @param options.margin Δ, default 1
 * @param options.classWeight a weight for each class, default all 1
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError naming both shapes: losses never broadcast; DTypeError, IndexError for a label outside its range, ArgumentError
 * @example multiMargin(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([3]))   // 0.325
 */
export const multiMargin: LossFunction<MultiMarginOptions> = defineLoss(MULTI_MARGIN, {
  aka: ["MultiMarginLoss", "multiMarginLoss"],
  targets: LABELS,
  compute: (x, target, { reduction, margin, p, classWeight }) => {
    const { each, weight } = violations(MULTI_MARGIN.op, x, target, margin, classWeight);
    return reduced((p === 1 ? each : each.square()).mean(1).mul(weight), reduction);
  },
});

/** max(0, s_j − s_y + Δ) for each class [n, C], 0 for the true one, and the weights of the labels [n]. */
function violations(
  op: string,
  x: Tensor,
  target: Tensor,
  margin: number,
  classWeight: Tensor | null = null,
): { each: Tensor; weight: Tensor } {
  const { labels, weight } = readLabels(x, target, { op, classWeight });
  const lead = x.sub(x.gather(1, labels.unsqueeze(1))).add(margin);
  const others = oneHot(labels, x.shape[1]).eq(0);
  return { each: others.where(lead.relu(), 0), weight };
}
