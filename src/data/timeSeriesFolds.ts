import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { Divided, type Divisible, FOLDS, type Fold, type Selected } from "./folds.js";

const TIME_SERIES_FOLDS = declare("timeSeriesFolds", {
  ...FOLDS,
  /** Samples for validation in each fold, ≥ 1. Default null: n / (folds + 1), rounded down. */
  validationSize: count({ default: null, aka: ["testSize"] }),
  /** The most samples to train on, the last ones, ≥ 1. Default null: all before. */
  maxTrainSize: count({ default: null }),
  /** Samples left out between training and validation, ≥ 0. Default 0. */
  gap: number({ default: 0, min: 0, whole: true }),
});

/** Options of `timeSeriesFolds`. */
export interface TimeSeriesFoldsOptions extends OptionsOf<typeof TIME_SERIES_FOLDS> {}

/**
 * Folds of samples in the order of time: each is validated on what comes behind all that it is trained on. As scikit-learn's TimeSeriesSplit.
 * @param data the number of samples, or { x, y, … } with n samples along the first axis, in the order of time
 * @param options.folds whole number ≥ 2, default 5
 * @param options.validationSize samples for validation in each fold, default n / (folds + 1), rounded down
 * @param options.maxTrainSize the most samples to train on, default all before
 * @param options.gap samples left out between training and validation, default 0
 * @returns { train, validation } for each fold: numbers of samples, or the same parts as `data`, copied. They can be walked again and again
 * @throws ArgumentError for an option and for too few samples, ShapeError for parts of different lengths
 * @example
 * const [first, second] = timeSeriesFolds(6, { folds: 2 });
 * [...first.train, ...first.validation];     // [0, 1, 2, 3]
 * [...second.train, ...second.validation];   // [0, 1, 2, 3, 4, 5]
 */
export function timeSeriesFolds<T extends Divisible<T>>(data: T, options?: TimeSeriesFoldsOptions): Iterable<Fold<Selected<T>>> {
  const { op } = TIME_SERIES_FOLDS;
  checkArity(op, arguments.length, 2);
  const { folds, validationSize, maxTrainSize, gap } = TIME_SERIES_FOLDS.readOptions(options);
  const divided = new Divided<T>(op, data);
  const { n } = divided;
  const size = validationSize ?? Math.floor(n / (folds + 1));
  const first = n - folds * size;
  if (size < 1 || first - gap < 1) {
    const what = `${folds} folds of ${Math.max(1, size)} samples and a gap of ${gap} leave none of ${n} to train on in the first`;
    throw new ArgumentError(message(op, what, "Ask for fewer folds."));
  }
  const run = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);
  return divided.folds(function* () {
    for (let start = first; start < n; start += size) {
      const end = start - gap;
      yield { train: run(maxTrainSize === null ? 0 : Math.max(0, end - maxTrainSize), end), validation: run(start, start + size) };
    }
  });
}
