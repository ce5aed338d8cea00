import type { Fold } from "../data/folds.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { checkScores, checkTraining, Seeded, type Spread, spreadOf } from "./scores.js";

export const SEEDED = {
  /** What the seed of each training comes from, a whole number ≥ 0. Default 0. */
  seed: number({ default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, whole: true, aka: ["randomState"] }),
};

const CROSS_VALIDATE = declare("crossValidate", SEEDED);

/** Options of `crossValidate`. */
export interface CrossValidateOptions extends OptionsOf<typeof CROSS_VALIDATE> {}

/** What `crossValidate` found. */
export interface CrossValidation extends Spread {
  /** The score of each fold; the mean and the standard deviation of these are `mean` and `std`. */
  readonly scores: readonly number[];
  /** The same of every figure, where the training returned several by name; `score` is the first of them. */
  readonly figures: Readonly<Record<string, Spread & { readonly scores: readonly number[] }>>;
}

/**
 * Trains once for each fold and measures on the part that was kept apart: mean and standard deviation of the scores. Stone, Cross-validatory
 * choice and assessment of statistical predictions, 1974.
 * @param folds { train, validation } for each fold: `kFold`, `stratifiedKFold`, `groupKFold` or `timeSeriesFolds` of simdgrad/data
 * @param trainAndMeasure trains on a fold's `train` and returns the score on its `validation`, or several by name; it makes a new model
 * @param options.seed what the seed of each training comes from, default 0; the random numbers outside are left alone
 * @returns { scores, mean, std, figures }
 * @throws ArgumentError if there are no folds, for a score that is no number, and for other figures of one fold than of another
 * @example
 * const { mean, std } = await crossValidate(kFold({ x, y }, { folds: 4 }), async ({ train, validation }) => {
 *   const model = new Sequential([new Dense(3)]);
 *   model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
 *   await model.fit(train, { epochs: 3, verbose: 0 });
 *   return (await model.evaluate(validation)).accuracy;
 * });
 */
export async function crossValidate<T>(
  folds: Iterable<Fold<T>>,
  trainAndMeasure: (fold: Fold<T>) => number | Record<string, number> | Promise<number | Record<string, number>>,
  options?: CrossValidateOptions,
): Promise<CrossValidation> {
  const { op } = CROSS_VALIDATE;
  checkArity(op, arguments.length, 3);
  const { seed } = CROSS_VALIDATE.readOptions(options);
  checkFolds(op, folds);
  checkTraining(op, trainAndMeasure);
  const seeded = new Seeded(seed);
  const found: Readonly<Record<string, number>>[] = [];
  for (const fold of folds) {
    const scores = await seeded.run(() => trainAndMeasure(fold));
    found.push(checkScores(op, typeof scores === "number" ? { score: scores } : scores));
  }
  if (found.length === 0) throw new ArgumentError(message(op, "there are no folds"));
  const names = Object.keys(found[0]);
  for (const [i, figures] of found.entries()) checkNames(op, names, Object.keys(figures), i);
  const figures = Object.fromEntries(
    names.map((name) => {
      const scores = found.map((figure) => figure[name]);
      return [name, { scores, ...spreadOf(scores) }];
    }),
  );
  return { ...figures[names[0]], figures };
}

/** @throws ArgumentError unless the training gave figures, and the same of each fold */
function checkNames(op: string, names: readonly string[], found: readonly string[], fold: number): void {
  if (names.length > 0 && found.length === names.length && names.every((name) => found.includes(name))) return;
  const expected = names.length === 0 ? "at least one figure" : `${names.join(", ")}, as of the first fold`;
  throw new ArgumentError(message(op, `of fold ${fold} the training returned ${found.join(", ") || "no figures"}; expected ${expected}`));
}

/** @throws ArgumentError for what cannot be walked */
export function checkFolds(op: string, folds: unknown): void {
  if (typeof (folds as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === "function") return;
  throw new ArgumentError(
    message(op, `the folds are ${kindText(folds)}; expected an iterable of { train, validation }`, "Pass kFold({ x, y })."),
  );
}
