import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { shuffled } from "../io/dataset.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { Divided, type Divisible, eachInTurn, type Fold, type Selected, SHUFFLED } from "./folds.js";

const K_FOLD = declare("kFold", SHUFFLED);

/** Options of `kFold`. */
export interface KFoldOptions extends OptionsOf<typeof K_FOLD> {}

/**
 * Divides samples in folds for cross-validation: each in its turn is for validation, the others for training. As scikit-learn's KFold:
 * folds are runs of neighbours unless `shuffle`, and the first n mod folds have one sample more.
 * @param data the number of samples, n ≥ folds, or { x, y, … } with n samples along the first axis
 * @param options.folds whole number ≥ 2, default 5
 * @param options.shuffle whether the samples are shuffled first, default false
 * @param options.seed seed of the order, default 0
 * @returns { train, validation } for each fold: numbers of samples, or the same parts as `data`, copied. They can be walked again and again
 * @throws ArgumentError for an option and for fewer samples than folds, ShapeError for parts of different lengths
 * @example
 * const [first, second] = kFold({ x: [10, 20, 30], y: [1, 2, 3] }, { folds: 3 });
 * first.train.x;         // [20, 30]
 * second.validation.y;   // [2]
 */
export function kFold<T extends Divisible<T>>(data: T, options?: KFoldOptions): Iterable<Fold<Selected<T>>> {
  const { op } = K_FOLD;
  checkArity(op, arguments.length, 2);
  const { folds, shuffle, seed } = K_FOLD.readOptions(options);
  const divided = new Divided<T>(op, data);
  const { n } = divided;
  if (folds > n) throw new ArgumentError(message(op, `folds is ${folds}; expected at most the number of samples, ${n}`));
  const fold = new Int32Array(n);
  const order = shuffle ? shuffled(n, seed) : null;
  for (let i = 0, at = 0; i < folds; i++) {
    const size = Math.floor(n / folds) + Number(i < n % folds);
    for (let j = 0; j < size; j++, at++) fold[order === null ? at : order[at]] = i;
  }
  return divided.folds(() => eachInTurn(fold, folds));
}
