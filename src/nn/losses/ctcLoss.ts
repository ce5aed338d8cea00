import { ArgumentError, DTypeError, IndexError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { where } from "../../ops/compare.js";
import { gather, indexSelect } from "../../ops/indexing.js";
import { wholeNumbers } from "../../ops/indices.js";
import { concat, stack } from "../../ops/joining.js";
import { floating } from "../../ops/operands.js";
import { logSumExp } from "../../ops/reduce.js";
import { requireWithin } from "../../ops/within.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import { arange, full, ones, tensor } from "../../tensor/creation.js";
import { isFloating } from "../../tensor/dtype.js";
import { Tensor } from "../../tensor/tensor.js";
import { type Lengths, lengthsOf } from "../recurrent/lengths.js";
import { defineLoss, type LossFunction, type Targets } from "./define.js";
import { REDUCTION } from "./reduction.js";

/** The steps or labels of each sample that count, as an option. */
export const lengthsOption = (): ReturnType<typeof option<Lengths, { default: null }>> =>
  option<Lengths, { default: null }>("an array of whole numbers, or a tensor", (value) => Array.isArray(value) || value instanceof Tensor, {
    default: null,
  });

const CTC_LOSS = declare("ctcLoss", {
  ...REDUCTION,
  /** The steps of each sample that count. Default null: all. */
  inputLengths: lengthsOption(),
  /** The labels of each target that count. Default null: all, or those in front of `ignoreIndex`. */
  targetLengths: lengthsOption(),
  /** The class that stands for no label. Default 0. */
  blank: number({ default: 0, min: 0, whole: true }),
  /** Whether a target that the steps cannot hold costs 0, without a gradient, instead of ∞. Default false. */
  zeroInfinity: flag({ default: false }),
  /** Whether samples are the first axis of the prediction; false: steps are, as in PyTorch. Default true. */
  batchFirst: flag({ default: true }),
  /** What fills a target behind its last label, such as −1, where targetLengths does not tell where it ends. Default null: nothing. */
  ignoreIndex: number({ default: null, whole: true, min: -2147483648, max: 2147483647, aka: ["padding", "padIndex", "maskIndex"] }),
});

/** Options of `ctcLoss`. */
export interface CtcLossOptions extends OptionsOf<typeof CTC_LOSS> {}

/** The logarithm of what is impossible. A finite number, since ∞ − ∞ would be NaN; whatever is added to it changes nothing. */
const NEVER = -1e30;

/** A loss beyond it is that of an impossible target. */
const IMPOSSIBLE = 1e29;

/** Targets that are sequences of labels. Their shapes depend on the options, so the formula checks them. */
const SEQUENCES: Targets = { kind: "values", operands: (_, prediction, target) => ({ x: prediction, y: target, shape: null }) };

/**
 * Connectionist temporal classification: −ln of the probability that the steps of a prediction, read without blanks and with repeated
 * classes as one, spell the target. Computed forwards over the target with a blank around each label, in logarithms:
 * αₜ(s) = ln pₜ(s) + ln Σ exp(αₜ₋₁(s), αₜ₋₁(s − 1), and where it may skip a blank αₜ₋₁(s − 2)).
 * Graves et al., ICML 2006.
 *
 * Unlike torch.nn.CTCLoss it takes logits, which it turns into log-probabilities; those stay what they are. Samples come first unless
 * `batchFirst` is false. The lengths are options. Where `fit` weighs samples, it averages the losses as "none" gives them.
 * Shape:     prediction [n, steps, classes], target [n, S], or all labels one behind the other [Σ targetLengths] → [], or [n] for reduction
 *            "none"; or prediction [steps, classes], target [S] → []
 * Gradient:  of the logits: softmax − the share of each class in the paths that spell the target
 * @param prediction logits, or log-probabilities
 * @param target labels other than the blank, int32 or whole floats; what stands behind a target's length may be anything
 * @param options.reduction "mean" (default): each loss divided by its target's length, then their mean; "sum" or "none"
 * @param options.inputLengths steps of each sample that count, 1 … steps, default all
 * @param options.targetLengths labels of each target that count, 0 … S, default all
 * @param options.blank the class that stands for no label, default 0
 * @param options.zeroInfinity whether a target that the steps cannot hold costs 0 instead of ∞, default false
 * @param options.batchFirst default true; false: prediction [steps, n, classes]
 * @param options.ignoreIndex what fills a target behind its last label, such as −1, default nothing
 * @throws ShapeError, ArgumentError, DTypeError; IndexError for a label that is no class, or the blank
 * @example ctcLoss(zeros([1, 2, 3]), tensor([[1]], { dtype: "int32" }))   // −ln(3/9) = 1.0986
 */
export const ctcLoss: LossFunction<CtcLossOptions> = defineLoss(CTC_LOSS, {
  aka: ["CTCLoss", "ctc"],
  targets: SEQUENCES,
  compute: (prediction, target, settings) => {
    if (prediction.rank !== 2 || target.rank !== 1) return lossOfBatch(prediction, target, settings);
    const one = prediction.unsqueeze(settings.batchFirst ? 0 : 1);
    const loss = lossOfBatch(one, target.unsqueeze(0), settings);
    return loss.rank === 0 ? loss : loss.squeeze(0);
  },
  divisor: ({ shape, dtype }, _, { reduction, batchFirst }) => {
    const samples = shape.length === 2 ? 1 : shape[batchFirst ? 0 : 1];
    return reduction === "none" ? ones([samples], { dtype }) : samples;
  },
});

function lossOfBatch(prediction: Tensor, target: Tensor, settings: SettingsOf<typeof CTC_LOSS>): Tensor {
  const { reduction, blank, zeroInfinity, batchFirst, inputLengths } = settings;
  checkPrediction(prediction, batchFirst, blank);
  const [steps, batch] = batchFirst ? [prediction.shape[1], prediction.shape[0]] : prediction.shape;
  const classes = prediction.shape[2];
  const inputs = inputLengths === null ? null : lengthsOf("ctcLoss", inputLengths, batch, steps, { what: "inputLengths" });
  const { labels, counts } = labelsOf(prediction, target, batch, settings);
  const path = spelled(labels, counts, blank);
  checkLabels(labels, counts, classes, blank);
  const probabilities = (batchFirst ? floating(prediction).transpose(0, 1) : floating(prediction)).logSoftmax();
  const losses = lossesOf(probabilities, path, counts, inputs, blank);
  const possible = losses.lt(IMPOSSIBLE);
  const each = where(possible, losses, zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
  if (reduction === "none") return each;
  return reduction === "sum" ? each.sum() : each.div(counts.cast(each.dtype).clamp(1)).mean();
}

/** The labels [n, S], and how many of each row count. @throws ShapeError */
function labelsOf(
  { shape }: Tensor,
  target: Tensor,
  batch: number,
  { targetLengths, ignoreIndex }: SettingsOf<typeof CTC_LOSS>,
): { labels: Tensor; counts: Tensor } {
  if (target.rank === 1 && targetLengths !== null) return unpacked(target, targetLengths, batch);
  if (target.rank !== 2 || target.shape[0] !== batch) {
    const mend = target.rank === 1 ? "Pad targets to one length, or pass targetLengths." : undefined;
    const found = `prediction ${shapeText(shape)} and target ${shapeText(target.shape)} do not fit`;
    throw new ShapeError(message("ctcLoss", `${found}; expected targets [${batch}, labels]`, mend));
  }
  const labels = wholeNumbers("ctcLoss", "targets", target).cast("int32");
  const most = target.shape[1];
  if (targetLengths !== null)
    return { labels, counts: lengthsOf("ctcLoss", targetLengths, batch, most, { what: "targetLengths", least: 0 }) };
  if (ignoreIndex === null) return { labels, counts: full([batch], most, { dtype: "int32" }) };
  const ended = labels.eq(ignoreIndex).cast("float32").cumsum(1);
  return { labels, counts: ended.eq(0).cast("float32").sum(1).cast("int32") };
}

/** Targets that stand one behind the other, as rows. @throws ShapeError unless the lengths add up to their number */
function unpacked(target: Tensor, lengths: Lengths, batch: number): { labels: Tensor; counts: Tensor } {
  const counts = lengthsOf("ctcLoss", lengths, batch, target.size, { what: "targetLengths", least: 0 });
  const given = [...counts.data];
  const total = given.reduce((sum, length) => sum + length, 0);
  if (total !== target.size)
    throw new ShapeError(message("ctcLoss", `targetLengths add up to ${total}; the target has ${target.size} labels`));
  const most = Math.max(0, ...given);
  const places = new Int32Array(batch * most);
  let start = 0;
  for (const [i, length] of given.entries()) {
    for (let j = 0; j < length; j++) places[i * most + j] = start + j;
    start += length;
  }
  const labels = wholeNumbers("ctcLoss", "targets", target).cast("int32");
  return { labels: indexSelect(labels, 0, tensor(places, { shape: [batch, most] })), counts };
}

/** @throws IndexError for a label that counts and is no class, or the blank */
function checkLabels(labels: Tensor, counts: Tensor, classes: number, blank: number): void {
  const most = labels.shape[1];
  if (labels.size === 0) return;
  const counted = arange(most, { dtype: "int32" }).unsqueeze(0).lt(counts.unsqueeze(1));
  // The blank is told by a number that no label is.
  const marked = where(counted, where(labels.eq(blank), -0.5, labels.cast("float32")), 0);
  requireWithin(marked, 0, classes - 1, (value, position) => {
    const place = `at position [${Math.floor(position / most)}, ${position % most}]`;
    if (value === "-0.5") {
      const mend = "Leave blanks out of targets: the loss puts them between labels. Another blank is set by blank.";
      throw new IndexError(message("ctcLoss", `label ${blank} ${place} is the blank`, mend));
    }
    const mend = "Behind the end of a target that targetLengths or ignoreIndex tells, labels may be anything.";
    throw new IndexError(message("ctcLoss", `label ${value} ${place} is outside 0 … ${classes - 1}`, mend));
  });
}

/** The targets with a blank around each label: [n, 2 S + 1]. */
function spelled(given: Tensor, counts: Tensor, blank: number): Tensor {
  const [batch, most] = given.shape;
  const counted = arange(most, { dtype: "int32" }).unsqueeze(0).lt(counts.unsqueeze(1));
  const labels = where(counted, given, full([batch, most], blank, { dtype: "int32" }));
  const blanks = full([batch, most], blank, { dtype: "int32" });
  const last = full([batch, 1], blank, { dtype: "int32" });
  return concat([stack([blanks, labels], 2).reshape([batch, 2 * most]), last], 1);
}

/** −ln p of each target. @param probabilities logarithms, [steps, n, classes] @param path [n, L] */
function lossesOf(probabilities: Tensor, path: Tensor, counts: Tensor, inputs: Tensor | null, blank: number): Tensor {
  const [steps, batch] = probabilities.shape;
  const [, places] = path.shape;
  const { dtype } = probabilities;
  const never = (columns: number): Tensor => full([batch, columns], NEVER, { dtype });
  const emitted = gather(probabilities, 2, path.unsqueeze(0).expand([steps, batch, places])).split(1, 0);
  // A blank may be skipped between labels that differ.
  const skips = places < 3 ? null : skipsOf(path, blank);
  const counted = inputs && arange(steps, { dtype: "int32" }).unsqueeze(1).lt(inputs.unsqueeze(0)).unsqueeze(2).split(1, 0);
  const first = arange(places, { dtype: "int32" }).lt(2).unsqueeze(0);
  let alpha = where(first, emitted[0].squeeze(0), never(places));
  for (let t = 1; t < steps; t++) {
    const ways = [alpha];
    if (places > 1) ways.push(concat([never(1), alpha.slice([null, [0, -1]])], 1));
    if (skips !== null) ways.push(concat([never(2), where(skips, alpha.slice([null, [0, -2]]), never(places - 2))], 1));
    const next = logSumExp(stack(ways, 2), 2).add(emitted[t].squeeze(0));
    alpha = counted === null ? next : where(counted[t].squeeze(0), next, alpha);
  }
  // A path ends in the last label or in the blank behind it.
  // In float32, whose kernels are compiled, so that the step can be captured.
  const end = counts.cast("float32").mul(2).unsqueeze(1);
  const atEnd = gather(alpha, 1, end);
  const before = where(end.gt(0), gather(alpha, 1, end.sub(1).clamp(0)), never(1));
  return logSumExp(concat([atEnd, before], 1), 1).neg();
}

/** For each place from the third on whether a path may come from two places before. */
function skipsOf(path: Tensor, blank: number): Tensor {
  const here = path.slice([null, [2]]);
  return where(here.ne(blank), here.ne(path.slice([null, [0, -2]])).cast("int32"), 0);
}

function checkPrediction({ shape, dtype }: Tensor, batchFirst: boolean, blank: number): void {
  const axes = batchFirst ? "[n, steps, classes]" : "[steps, n, classes]";
  const [first, second, classes] = shape;
  const steps = batchFirst ? second : first;
  if (shape.length !== 3 || steps < 1 || classes < 1) {
    throw new ShapeError(message("ctcLoss", `the prediction has shape ${shapeText(shape)}; expected ${axes}, at least one step`));
  }
  if (!isFloating(dtype)) throw new DTypeError(message("ctcLoss", `the prediction has dtype ${dtype}; expected float32 or float64`));
  if (blank >= classes)
    throw new ArgumentError(message("ctcLoss", `blank is ${blank}; expected one of ${classes} classes, 0 … ${classes - 1}`));
}
