import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { checkTensor } from "../ops/operands.js";
import { checkArity } from "../options/arity.js";
import { type Declaration, declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, count } from "../options/kinds.js";
import type { Tensor } from "../tensor/tensor.js";
import { PROBABILITIES, ProbabilityReader } from "./metrics/probabilities.js";

const BINS = {
  /** The number of bins, a whole number ≥ 1. Default 15. */
  bins: count({ default: 15, aka: ["nBins", "numBins"] }),
  /** Whether bins are equally wide ("width"), or hold equally many samples ("mass"). Default "width". */
  binning: choice(["width", "mass"], { default: "width", aka: ["strategy"] }),
  ...PROBABILITIES,
};

const RELIABILITY_CURVE = declare("reliabilityCurve", BINS);

/** Options of `reliabilityCurve`. */
export interface ReliabilityCurveOptions extends OptionsOf<typeof RELIABILITY_CURVE> {}

const EXPECTED_CALIBRATION_ERROR = declare("expectedCalibrationError", {
  ...BINS,
  /** 1: the mean distance of confidence and accuracy, 2: the root of the mean of its square, "max": the greatest. Default 1. */
  norm: choice([1, 2, "max"], { default: 1 }),
});

/** Options of `expectedCalibrationError`. */
export interface ExpectedCalibrationErrorOptions extends OptionsOf<typeof EXPECTED_CALIBRATION_ERROR> {}

/** How right predictions are that are equally sure: a number for each bin, from the least confidence up. */
export interface ReliabilityCurve {
  /** The mean confidence in the bin; NaN where it is empty. */
  readonly confidence: number[];
  /** The share of right predictions in the bin; NaN where it is empty. */
  readonly accuracy: number[];
  /** The number of predictions in the bin. */
  readonly count: number[];
}

/**
 * The data of a reliability diagram: predictions in bins by their confidence, with how often those of each bin are right. Of several
 * classes the confidence is the greatest probability, and right is what hits the label. Of a single column, or of several labels a sample, it
 * is the probability of yes, and accuracy is how often yes is true. A bin of width holds what is above its lower edge, up to the upper one.
 * Shape:     prediction [n, classes, …], target labels [n, …] or one-hot rows; or both [n] or [n, 1]
 * @param prediction probabilities, or with `fromLogits` logits; what a softmax or a sigmoid made is taken as it is
 * @param options.bins whole number ≥ 1, default 15
 * @param options.binning "width" (default) or "mass": equally many samples in each
 * @param options.fromLogits whether the prediction is logits, default false
 * @param options.classAxis the axis of the classes in predictions of three and more axes, 1 or −1; default the loss's, or 1
 * @param options.ignoreIndex the label that counts for nothing, default none
 * @param options.multiLabel whether each of several columns is a yes-or-no class of its own, default false
 * @throws ArgumentError for an option, or for what is no probability; ShapeError, IndexError for a label outside the classes
 * @example reliabilityCurve(tensor([0.1, 0.2, 0.8, 0.9]), tensor([0, 1, 1, 1]), { bins: 2 }).accuracy   // [0.5, 1]
 */
export function reliabilityCurve(prediction: Tensor, target: Tensor, options?: ReliabilityCurveOptions): ReliabilityCurve {
  checkArity("reliabilityCurve", arguments.length, 3);
  return curve("reliabilityCurve", prediction, target, RELIABILITY_CURVE.readOptions(options));
}

/**
 * How far confidence and accuracy are apart: Σ_b n_b/n · |accuracy_b − confidence_b| over the bins of a `reliabilityCurve`, or with another
 * norm the root of the mean square, or the greatest distance. 0 for a network that is right as often as it says. Guo et al., ICML 2017;
 * Naeini et al., AAAI 2015. `TemperatureScaling` makes it smaller.
 * Shape:     as for `reliabilityCurve`
 * @param prediction probabilities, or with `fromLogits` logits; what a softmax or a sigmoid made is taken as it is
 * @param options.norm 1 (default), 2 or "max"
 * @param options.bins whole number ≥ 1, default 15
 * @param options.binning "width" (default) or "mass": equally many samples in each
 * @param options.fromLogits whether the prediction is logits, default false
 * @param options.classAxis the axis of the classes in predictions of three and more axes, 1 or −1; default the loss's, or 1
 * @param options.ignoreIndex the label that counts for nothing, default none
 * @param options.multiLabel whether each of several columns is a yes-or-no class of its own, default false
 * @throws ArgumentError for an option, or for what is no probability; ShapeError, IndexError for a label outside the classes
 * @example expectedCalibrationError(tensor([0.1, 0.2, 0.8, 0.9]), tensor([0, 1, 1, 1]), { bins: 2 })   // 0.25
 */
export function expectedCalibrationError(prediction: Tensor, target: Tensor, options?: ExpectedCalibrationErrorOptions): number {
  checkArity("expectedCalibrationError", arguments.length, 3);
  const { norm, ...bins } = EXPECTED_CALIBRATION_ERROR.readOptions(options);
  const { confidence, accuracy, count } = curve("expectedCalibrationError", prediction, target, bins);
  const total = count.reduce((sum, n) => sum + n, 0);
  let [mean, square, greatest] = [0, 0, 0];
  for (const [b, n] of count.entries()) {
    if (n === 0) continue;
    const gap = Math.abs(accuracy[b] - confidence[b]);
    mean += (n / total) * gap;
    square += (n / total) * gap * gap;
    greatest = Math.max(greatest, gap);
  }
  return norm === 1 ? mean : norm === 2 ? Math.sqrt(square) : greatest;
}

/** One prediction: how sure it is, and whether it is right. */
type Prediction = readonly [confidence: number, right: boolean];

function curve(
  op: string,
  prediction: Tensor,
  target: Tensor,
  { bins, binning, ...probabilities }: SettingsOf<Declaration<typeof BINS>>,
): ReliabilityCurve {
  checkTensor(op, "prediction", prediction);
  checkTensor(op, "target", target);
  if (prediction.rank === 0) throw new ShapeError(message(op, `the prediction has shape ${shapeText([])}; expected [n, classes] or [n]`));
  const told = predictions(op, prediction, target, new ProbabilityReader(probabilities));
  const found = binning === "width" ? byWidth(told, bins) : byMass(told, bins);
  const mean = (bin: readonly Prediction[], of: (one: Prediction) => number): number =>
    bin.length === 0 ? Number.NaN : bin.reduce((sum, one) => sum + of(one), 0) / bin.length;
  return {
    confidence: found.map((bin) => mean(bin, ([confidence]) => confidence)),
    accuracy: found.map((bin) => mean(bin, ([, right]) => Number(right))),
    count: found.map(({ length }) => length),
  };
}

function predictions(op: string, given: Tensor, target: Tensor, reader: ProbabilityReader): Prediction[] {
  return noGrad(() => {
    const prediction = reader.arranged(given);
    const p = reader.probabilities(op, prediction).view();
    const areColumns = reader.areColumns(prediction);
    const classes = reader.classesOf(prediction);
    return Array.from(reader.places(op, prediction, target, undefined), ({ label, at, stride }): Prediction => {
      if (areColumns) return [p[at], label === 1];
      let best = 0;
      for (let c = 1; c < classes; c++) if (p[at + c * stride] > p[at + best * stride]) best = c;
      return [p[at + best * stride], best === label];
    });
  });
}

function byWidth(told: readonly Prediction[], bins: number): Prediction[][] {
  const found = Array.from({ length: bins }, (): Prediction[] => []);
  for (const one of told) found[Math.min(bins - 1, Math.max(0, Math.ceil(one[0] * bins) - 1))].push(one);
  return found;
}

/** Where the number of samples cannot be divided, the first bins have one more. */
function byMass(told: readonly Prediction[], bins: number): Prediction[][] {
  const sorted = [...told].sort(([a], [b]) => a - b);
  const [least, more] = [Math.floor(told.length / bins), told.length % bins];
  let start = 0;
  return Array.from({ length: bins }, (_, b) => {
    const from = start;
    start += least + (b < more ? 1 : 0);
    return sorted.slice(from, start);
  });
}
