import type { Fold } from "../data/folds.js";
import { kFold } from "../data/kFold.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkParts, type Part, type Some, shuffled, takeRows } from "../io/dataset.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { checkFolds, SEEDED } from "./crossValidate.js";
import { checkScores, checkTraining, Seeded, type Spread, spreadOf } from "./scores.js";

/** A point of a curve: the score on what was trained on, and on what was kept apart, over the folds. */
export interface CurvePoint {
  readonly train: Spread;
  readonly validation: Spread;
}

/** The scores of one training. */
export interface TwoScores {
  readonly train: number;
  readonly validation: number;
}

const LEARNING_CURVE = declare("learningCurve", {
  ...SEEDED,
  /** Sizes of the training set, as shares of what a fold has to train on, each above 0 and at most 1. Default [0.1, 0.325, 0.55, 0.775, 1]. */
  sizes: option<readonly number[], { default: readonly number[] }>(
    "a list of shares above 0 and at most 1",
    (value) => Array.isArray(value) && value.length > 0 && value.every((share) => typeof share === "number" && share > 0 && share <= 1),
    { default: [0.1, 0.325, 0.55, 0.775, 1] },
  ),
  /** The number of folds, a whole number ≥ 2. Default 5. */
  folds: number({ default: 5, min: 2, whole: true, aka: ["cv"] }),
});

/** Options of `learningCurve`. */
export interface LearningCurveOptions extends OptionsOf<typeof LEARNING_CURVE> {}

/**
 * How the score depends on the number of samples: whether more data would help. Trains once for each size and fold, on the first samples of
 * what the fold has, in random order.
 *
 * Curves that meet below what is wanted ask for a larger model; a gap between them asks for more data, or for regularization.
 * @param data { x, y, … } with the samples along the first axis
 * @param trainAndMeasure trains a new model on `train` and returns { train, validation }: its score on each part
 * @param options.sizes shares of what a fold has to train on, default [0.1, 0.325, 0.55, 0.775, 1]
 * @param options.folds default 5
 * @param options.seed what the order and the seed of each training come from, default 0
 * @returns a point for each size: { samples, train: { mean, std }, validation: { mean, std } }
 * @throws ArgumentError for an option out of its range, a score that is no number, and fewer samples than folds
 * @example
 * const curve = await learningCurve({ x, y }, ({ train, validation }) => ({ train: 1, validation: 0.5 }), { sizes: [0.5, 1] });
 * curve.map(({ samples, validation }) => [samples, validation.mean]);
 */
export async function learningCurve<T extends Record<keyof T, Part>>(
  data: T,
  trainAndMeasure: (fold: Fold<Some<T>>) => TwoScores | Promise<TwoScores>,
  options?: LearningCurveOptions,
): Promise<(CurvePoint & { readonly samples: number })[]> {
  const { op } = LEARNING_CURVE;
  checkArity(op, arguments.length, 3);
  const { sizes, folds, seed } = LEARNING_CURVE.readOptions(options);
  checkTraining(op, trainAndMeasure);
  const { parts, n } = checkParts(op, data);
  const take = (rows: Int32Array): Some<T> => takeRows(parts, rows) as unknown as Some<T>;
  const order = shuffled(n, seed);
  const divided = [...kFold(n, { folds })].map(({ train, validation }) => ({
    train: train.map((i) => order[i]),
    validation: validation.map((i) => order[i]),
  }));
  const seeded = new Seeded(seed);
  const curve: (CurvePoint & { samples: number })[] = [];
  for (const share of sizes) {
    const samples = Math.max(1, Math.round(share * Math.min(...divided.map(({ train }) => train.length))));
    const point = await pointOf(op, seeded, divided, ({ train, validation }) =>
      trainAndMeasure({ train: take(train.subarray(0, samples)), validation: take(validation) }),
    );
    curve.push({ samples, ...point });
  }
  return curve;
}

const VALIDATION_CURVE = declare("validationCurve", SEEDED);

/** Options of `validationCurve`. */
export interface ValidationCurveOptions extends OptionsOf<typeof VALIDATION_CURVE> {}

/**
 * How the score depends on one hyper-parameter: where a model begins to overfit. Trains once for each value and fold.
 * @param values the values of the hyper-parameter, at least one
 * @param folds { train, validation } for each fold, walked once for each value: `kFold({ x, y })` of simdgrad/data
 * @param trainAndMeasure trains a new model with a value on a fold's `train` and returns { train, validation }: its score on each part
 * @param options.seed what the seed of each training comes from, default 0
 * @returns a point for each value: { value, train: { mean, std }, validation: { mean, std } }
 * @throws ArgumentError if there are no values or no folds, and for a score that is no number
 * @example
 * const curve = await validationCurve([1, 2], kFold({ x, y }), (degree, { train, validation }) => ({ train: degree, validation: 1 / degree }));
 * curve.map(({ value, validation }) => [value, validation.mean]);   // [[1, 1], [2, 0.5]]
 */
export async function validationCurve<V, T>(
  values: readonly V[],
  folds: Iterable<Fold<T>>,
  trainAndMeasure: (value: V, fold: Fold<T>) => TwoScores | Promise<TwoScores>,
  options?: ValidationCurveOptions,
): Promise<(CurvePoint & { readonly value: V })[]> {
  const { op } = VALIDATION_CURVE;
  checkArity(op, arguments.length, 4);
  const { seed } = VALIDATION_CURVE.readOptions(options);
  if (!Array.isArray(values) || values.length === 0) {
    throw new ArgumentError(message(op, `the values are ${kindText(values)}; expected a list of at least one`));
  }
  checkFolds(op, folds);
  checkTraining(op, trainAndMeasure);
  const seeded = new Seeded(seed);
  const curve: (CurvePoint & { value: V })[] = [];
  for (const value of values) curve.push({ value, ...(await pointOf(op, seeded, folds, (fold) => trainAndMeasure(value, fold))) });
  return curve;
}

/** Trains on each fold. @throws ArgumentError if there are none */
async function pointOf<T>(
  op: string,
  seeded: Seeded,
  folds: Iterable<Fold<T>>,
  measure: (fold: Fold<T>) => TwoScores | Promise<TwoScores>,
): Promise<CurvePoint> {
  const [onTrain, onValidation]: [number[], number[]] = [[], []];
  for (const fold of folds) {
    const { train, validation } = checkScores(op, await seeded.run(() => measure(fold)));
    if (train === undefined || validation === undefined) {
      throw new ArgumentError(message(op, "the training returned other scores; expected { train, validation }"));
    }
    onTrain.push(train);
    onValidation.push(validation);
  }
  if (onTrain.length === 0) throw new ArgumentError(message(op, "there are no folds"));
  return { train: spreadOf(onTrain), validation: spreadOf(onValidation) };
}
