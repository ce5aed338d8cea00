import { IndexError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { oneHot } from "../../ops/creation.js";
import { logisticLoss } from "../../ops/losses.js";
import { requireWithin } from "../../ops/within.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { flag } from "../../options/kinds.js";
import { tensorOption } from "../../tensor/option.js";
import type { Tensor } from "../../tensor/tensor.js";
import { logitsBehindA } from "../logits.js";
import { defineLoss, type LossFunction } from "./define.js";
import { type LossOptions, REDUCTION, reduced, weightOf } from "./reduction.js";
import { VALUES } from "./values.js";

/** Losses of samples of which several classes may be true. */

const MULTI_LABEL_MARGIN = declare("multiLabelMargin", REDUCTION);

const MULTI_LABEL_SOFT_MARGIN = declare("multiLabelSoftMargin", {
  ...REDUCTION,
  /** What the loss of each class is multiplied with, float [C]; broadcasts to the prediction. Default none. */
  weight: tensorOption({ default: null, aka: ["classWeight", "weights"] }),
  /** Whether the prediction is logits (true) or probabilities (false). Default: logits, unless it is the output of a sigmoid. */
  fromLogits: flag({ aka: ["logits"] }),
});

/** Options of `multiLabelSoftMargin`. */
export interface MultiLabelSoftMarginOptions extends OptionsOf<typeof MULTI_LABEL_SOFT_MARGIN> {}

/**
 * Margin loss of several labels: 1/C · Σ_{y} Σ_{j} max(0, 1 − (s_y − s_j)) of scores s, over the true classes y and the others j;
 * torch.nn.MultiLabelMarginLoss. It takes memory for n·C² numbers.
 * Shape:     scores [n, C] (or [C]); target the same, the labels of each sample in front, then −1 → [], or [n] (or []) for
 *            reduction "none"
 * Gradient:  by the formula; none for the target
 * @param target labels 0 … C − 1 of each sample; what stands behind the first −1 counts for nothing
 * @param options.reduction "mean" over the samples (default), "sum" or "none"
 * @throws ShapeError if the shapes differ; IndexError for a label outside its range, ArgumentError
 * @example multiLabelMargin(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([[3, 0, -1, 1]]))   // 0.85
 */
export const multiLabelMargin: LossFunction<LossOptions> = defineLoss(MULTI_LABEL_MARGIN, {
  aka: ["MultiLabelMarginLoss", "multilabelMargin"],
  targets: VALUES,
  compute: (x, target, { reduction }) => {
    const scores = x.rank === 1 ? x.unsqueeze(0) : x;
    const { labels, given } = leading(scores, target);
    const [, classes] = scores.shape;
    // Which classes are among the labels, and how much each label leads each class.
    const isTrue = oneHot(labels, classes).cast(x.dtype).mul(given.unsqueeze(2)).max(1);
    const short = scores.unsqueeze(1).sub(scores.gather(1, labels).unsqueeze(2)).add(1).relu();
    const counted = given.unsqueeze(2).mul(isTrue.neg().add(1).unsqueeze(1));
    const losses = short.mul(counted).sum([1, 2]).div(classes);
    return reduced(x.rank === 1 ? losses.squeeze(0) : losses, reduction);
  },
});

/** The labels in front of the first −1, 0 behind it, and 1 for each that is given. @throws ShapeError, IndexError */
function leading(scores: Tensor, target: Tensor): { labels: Tensor; given: Tensor } {
  const { op } = MULTI_LABEL_MARGIN;
  if (scores.rank !== 2 || scores.shape[1] === 0)
    throw new ShapeError(message(op, `the prediction has shape ${shapeText(scores.shape)}; expected scores [n, classes]`));
  const [, classes] = scores.shape;
  const rows = target.reshape(scores.shape).mul(1);
  requireWithin(rows, -1, classes - 1, (value, position) => {
    const problem = `label ${value} at position ${position} is outside 0 … ${classes - 1}, and not the −1 behind a sample's labels`;
    throw new IndexError(message(op, problem, "Of targets 0 and 1 for each class take multiLabelSoftMargin."));
  });
  const given = rows.lt(0).cast(scores.dtype).cumsum(1).eq(0);
  return { labels: given.where(rows, 0), given: given.cast(scores.dtype) };
}

/**
 * Binary cross-entropy of several labels, averaged over the classes: −1/C · Σ_c w_c · (y_c · ln σ(x_c) + (1 − y_c) · ln(1 − σ(x_c)));
 * torch.nn.MultiLabelSoftMarginLoss. Classes stand on the last axis.
 * Shape:     logits [..., C], target the same → [], or [...] for reduction "none"
 * Gradient:  dx_c = g · w_c · (σ(x_c) − y_c) / C
 * @param target 0 or 1 for each class
 * @param options.weight what the loss of each class is multiplied with, float [C], default none
 * @param options.fromLogits whether the prediction is logits (true) or probabilities (false); default: logits, unless it is the output
 *   of a sigmoid
 * @param options.reduction "mean" (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example multiLabelSoftMargin(tensor([[2, -2]]), tensor([[1, 0]]))   // 0.1269
 */
export const multiLabelSoftMargin: LossFunction<MultiLabelSoftMarginOptions> = defineLoss(MULTI_LABEL_SOFT_MARGIN, {
  aka: ["MultiLabelSoftMarginLoss", "multilabelSoftMargin"],
  targets: VALUES,
  logits: logitsBehindA("sigmoid"),
  compute: (x, y, { reduction, weight }) => {
    const { op } = MULTI_LABEL_SOFT_MARGIN;
    if (x.rank === 0) throw new ShapeError(message(op, "the prediction is a scalar; expected logits [..., classes]"));
    const losses = logisticLoss(x, y, { reduction: "none" });
    return reduced((weight === null ? losses : losses.mul(weightOf(op, "weight", weight, x))).mean(-1), reduction);
  },
});
