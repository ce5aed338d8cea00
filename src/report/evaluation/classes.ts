import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { LossTraits } from "../../nn/losses.js";
import type { Tensor } from "../../tensor/tensor.js";
import { expectedCalibrationError, reliabilityCurve } from "../../train/calibration.js";
import { ProbabilityReader } from "../../train/metrics/probabilities.js";
import { RocAuc } from "../../train/metrics/ranking.js";
import { scoreGroups } from "../../train/metrics/scoreGroups.js";
import type { Calibration, OutputEvaluation, RocCurve } from "../run.js";
import { finite } from "../runOf.js";
import type { EvaluationSettings } from "./options.js";
import type { Sights } from "./sights.js";
import { Mistakes } from "./worst.js";

const BINS = 10;
/** The most points of a ROC curve. */
const MOST_POINTS = 200;

/** What a classifier confuses, how well it knows what it knows, and where it is most wrong. */
export async function classEvaluation(
  op: string,
  output: string | null,
  loss: LossTraits,
  given: Tensor,
  target: Tensor,
  sights: Sights,
  { classNames, worst }: EvaluationSettings,
): Promise<OutputEvaluation> {
  const multiLabel = loss.targets === "values" && (given.shape[1] ?? 1) > 1;
  const fromLogits = (loss.squashing ?? null) !== null || (loss.targets === undefined && !areProbabilities(given));
  const options = { fromLogits, classAxis: loss.classAxis, ignoreIndex: loss.ignoreIndex ?? undefined, multiLabel };
  const reader = new ProbabilityReader(options);
  const prediction = reader.arranged(given);
  const areColumns = reader.areColumns(prediction);
  const columns = prediction.rank < 2 ? 1 : prediction.shape[1];
  const names = namesOf(op, classNames, multiLabel || !areColumns ? columns : 2);
  const p = reader.probabilities(op, prediction).view();
  const samples = given.shape[0];
  const each = prediction.size / samples;
  const confusion = multiLabel ? null : names.map(() => names.map(() => 0));
  const mistakes = new Mistakes(worst);
  const scores: Score[] = [];
  let [hits, count] = [0, 0];
  for (const { label, at, stride, column } of reader.places(op, prediction, target, undefined)) {
    const of = (one: number): number => (areColumns ? (one === 1 ? p[at] : 1 - p[at]) : p[at + one * stride]);
    let best = 0;
    for (let one = 1; one < (areColumns ? 2 : columns); one++) if (of(one) > of(best)) best = one;
    count++;
    if (best === label) hits++;
    if (confusion !== null) confusion[label][best]++;
    if (!multiLabel && names.length === 2) scores.push({ score: of(1), truth: label === 1 });
    const name = (one: number): string => (multiLabel ? `${one === 1 ? "" : "not "}${names[column]}` : names[one]);
    if (best !== label) {
      mistakes.add(Math.floor(at / each), 1 - of(label), () => ({ truth: name(label), predicted: name(best), confidence: of(best) }));
    }
  }
  const calibration = calibrationOf(given, target, options);
  const area = scores.length === 0 ? null : aucOf(given, target, options);
  return {
    output,
    samples,
    figures: { accuracy: finite(hits / count), "calibration error": calibration.error, ...(area === null ? {} : { "ROC area": area }) },
    classes: { names, confusion, calibration, roc: scores.length === 0 ? null : rocOf(scores, area) },
    values: null,
    worst: await mistakes.shown(sights),
  };
}

interface Score {
  readonly score: number;
  readonly truth: boolean;
}

type Options = NonNullable<ConstructorParameters<typeof RocAuc>[0]>;

/** @throws ArgumentError for another number of names than there are classes */
function namesOf(op: string, given: readonly string[] | undefined, classes: number): readonly string[] {
  if (given !== undefined && given.length !== classes)
    throw new ArgumentError(
      message(op, `classNames has ${given.length} names, the model predicts ${classes} classes; expected a name for each`),
    );
  return given ?? Array.from({ length: classes }, (_, i) => String(i));
}

/** Whether all numbers could be probabilities, where no loss says what they are. */
function areProbabilities(prediction: Tensor): boolean {
  return (prediction.view() as Float32Array).every((value) => value >= 0 && value <= 1);
}

function calibrationOf(prediction: Tensor, target: Tensor, options: Options): Calibration {
  const bins = { ...options, bins: BINS };
  const { confidence, accuracy, count } = reliabilityCurve(prediction, target, bins);
  const error = finite(expectedCalibrationError(prediction, target, bins));
  return { confidence: confidence.map(finite), accuracy: accuracy.map(finite), count, error };
}

function aucOf(prediction: Tensor, target: Tensor, options: Options): number | null {
  const auc = new RocAuc(options);
  auc.reset();
  auc.update(prediction, target);
  return finite(auc.result());
}

/** The points of the curve, from the greatest score down, thinned. */
function rocOf(scores: readonly Score[], area: number | null): RocCurve {
  const positives = scores.filter(({ truth }) => truth).length;
  const negatives = scores.length - positives;
  const [falsePositive, truePositive] = [[0], [0]];
  let [hits, alarms] = [0, 0];
  for (const group of scoreGroups(
    scores.map(({ score }) => score),
    scores.map(({ truth }) => truth),
  )) {
    hits += group.hits;
    alarms += group.falseAlarms;
    const point = [alarms / (negatives || 1), hits / (positives || 1)];
    const before = falsePositive.length - 1;
    const far = Math.max(point[0] - falsePositive[before], point[1] - truePositive[before]) * MOST_POINTS >= 2;
    if (hits + alarms < scores.length && !far) continue;
    falsePositive.push(point[0]);
    truePositive.push(point[1]);
  }
  return { falsePositive, truePositive, area };
}
