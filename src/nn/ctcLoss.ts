import { ArgumentError, DTypeError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { where } from "../ops/compare.js";
import { gather } from "../ops/indexing.js";
import { wholeNumbers } from "../ops/indices.js";
import { concat, stack } from "../ops/joining.js";
import { checkTensor, floating } from "../ops/operands.js";
import { logSumExp } from "../ops/reduce.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { arange, full } from "../tensor/creation.js";
import { isFloating } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";
import { REDUCTION } from "./losses/reduction.js";
import { type Lengths, lengthsOf } from "./recurrent/lengths.js";

/** The steps or labels of each sample that count, as an option. */
export const lengthsOption = (): ReturnType<typeof option<Lengths, { default: null }>> =>
  option<Lengths, { default: null }>("an array of whole numbers, or a tensor", (value) => Array.isArray(value) || value instanceof Tensor, {
    default: null,
  });

const CTC_LOSS = declare("ctcLoss", {
  ...REDUCTION,
  /** The steps of each sample that count. Default null: all. */
  inputLengths: lengthsOption(),
  /** The labels of each target that count. Default null: all. */
  targetLengths: lengthsOption(),
  /** The class that stands for no label. Default 0. */
  blank: number({ default: 0, min: 0, whole: true }),
  /** Whether a target that the steps cannot hold costs 0, without a gradient, instead of ∞. Default false. */
  zeroInfinity: flag({ default: false }),
  /** Whether samples are the first axis of the prediction; false: steps are, as in PyTorch. Default true. */
  batchFirst: flag({ default: true }),
});

/** Options of `ctcLoss`. */
export interface CtcLossOptions extends OptionsOf<typeof CTC_LOSS> {}

/** The logarithm of what is impossible. A finite number, since ∞ − ∞ would be NaN; whatever is added to it changes nothing. */
const NEVER = -1e30;

/** A loss beyond it is that of an impossible target. */
const IMPOSSIBLE = 1e29;

/**
 * Connectionist temporal classification: −ln of the probability that the steps of a prediction, read without blanks and with repeated
 * classes as one, spell the target. Computed forwards over the target with a blank around each label, in logarithms:
 * αₜ(s) = ln pₜ(s) + ln Σ exp(αₜ₋₁(s), αₜ₋₁(s − 1), and where it may skip a blank αₜ₋₁(s − 2)).
 * Graves et al., ICML 2006.
 *
 * Unlike torch.nn.CTCLoss it takes logits, which it turns into log-probabilities; those stay what they are. Targets are padded to one
 * length, samples come first unless `batchFirst` is false.
 * Shape:     prediction [n, steps, classes], targets [n, S] → [], or [n] for reduction "none"
 * Gradient:  of the logits: softmax − the share of each class in the paths that spell the target
 * @param prediction logits, or log-probabilities
 * @param targets int32 or whole floats; labels behind a target's length may be anything
 * @param options.reduction "mean" (default): each loss divided by its target's length, then their mean; "sum" or "none"
 * @param options.inputLengths steps of each sample that count, 1 … steps, default all
 * @param options.targetLengths labels of each target that count, 0 … S, default all
 * @param options.blank the class that stands for no label, default 0
 * @param options.zeroInfinity whether a target that the steps cannot hold costs 0 instead of ∞, default false
 * @param options.batchFirst default true; false: prediction [steps, n, classes]
 * @throws ShapeError, ArgumentError, DTypeError; IndexError for a label that is no class
 * @example ctcLoss(zeros([1, 2, 3]), tensor([[1]], { dtype: "int32" }))   // −ln(3/9) = 1.0986
 */
export function ctcLoss(prediction: Tensor, targets: Tensor, options?: CtcLossOptions): Tensor {
  checkArity("ctcLoss", arguments.length, 3);
  checkTensor("ctcLoss", "prediction", prediction);
  checkTensor("ctcLoss", "targets", targets);
  const { reduction, blank, zeroInfinity, batchFirst, inputLengths, targetLengths } = CTC_LOSS.readOptions(options);
  checkShapes(prediction, targets, batchFirst, blank);
  const [steps, batch] = batchFirst ? [prediction.shape[1], prediction.shape[0]] : prediction.shape;
  const inputs = inputLengths === null ? null : lengthsOf("ctcLoss", inputLengths, batch, steps, { what: "inputLengths" });
  const most = targets.shape[1];
  const labels = targetLengths === null ? null : lengthsOf("ctcLoss", targetLengths, batch, most, { what: "targetLengths", least: 0 });
  const probabilities = (batchFirst ? floating(prediction).transpose(0, 1) : floating(prediction)).logSoftmax();
  const counts = labels ?? full([batch], most, { dtype: "int32" });
  const losses = lossesOf(probabilities, spelled(targets, counts, blank), counts, inputs, blank);
  const possible = losses.lt(IMPOSSIBLE);
  const each = where(possible, losses, zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
  if (reduction === "none") return each;
  return reduction === "sum" ? each.sum() : each.div(counts.cast(each.dtype).clamp(1)).mean();
}

/** The targets with a blank around each label: [n, 2 S + 1]. */
function spelled(targets: Tensor, counts: Tensor, blank: number): Tensor {
  const [batch, most] = targets.shape;
  const ours = wholeNumbers("ctcLoss", "targets", targets).cast("int32");
  const counted = arange(most, { dtype: "int32" }).unsqueeze(0).lt(counts.unsqueeze(1));
  const labels = where(counted, ours, full([batch, most], blank, { dtype: "int32" }));
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
  const end = counts.mul(2).unsqueeze(1);
  const atEnd = gather(alpha, 1, end);
  const before = where(end.gt(0), gather(alpha, 1, end.sub(1).clamp(0)), never(1));
  return logSumExp(concat([atEnd, before], 1), 1).neg();
}

/** For each place from the third on whether a path may come from two places before. */
function skipsOf(path: Tensor, blank: number): Tensor {
  const here = path.slice([null, [2]]);
  return where(here.ne(blank), here.ne(path.slice([null, [0, -2]])).cast("int32"), 0);
}

function checkShapes({ shape, dtype }: Tensor, targets: Tensor, batchFirst: boolean, blank: number): void {
  const axes = batchFirst ? "[n, steps, classes]" : "[steps, n, classes]";
  const [first, second, classes] = shape;
  const [batch, steps] = batchFirst ? [first, second] : [second, first];
  if (shape.length !== 3 || steps < 1 || classes < 1) {
    throw new ShapeError(message("ctcLoss", `the prediction has shape ${shapeText(shape)}; expected ${axes}, at least one step`));
  }
  if (!isFloating(dtype)) throw new DTypeError(message("ctcLoss", `the prediction has dtype ${dtype}; expected float32 or float64`));
  if (targets.rank !== 2 || targets.shape[0] !== batch) {
    const mend = targets.rank === 1 ? "Pad targets to one length, and pass targetLengths." : undefined;
    const found = `prediction ${shapeText(shape)} and targets ${shapeText(targets.shape)} do not fit`;
    throw new ShapeError(message("ctcLoss", `${found}; expected targets [${batch}, labels]`, mend));
  }
  if (blank >= classes)
    throw new ArgumentError(message("ctcLoss", `blank is ${blank}; expected one of ${classes} classes, 0 … ${classes - 1}`));
}
