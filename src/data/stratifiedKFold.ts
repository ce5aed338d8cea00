import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { shuffled } from "../io/dataset.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { Divided, type Divisible, eachInTurn, type Fold, type Labels, type Selected, SHUFFLED } from "./folds.js";

const STRATIFIED_K_FOLD = declare("stratifiedKFold", {
  ...SHUFFLED,
  /** The class of each sample, numbers or texts. Default null: y. */
  labels: option<Labels, { default: null }>("a list of labels", (value) => typeof value === "object", { default: null }),
});

/** Options of `stratifiedKFold`. */
export interface StratifiedKFoldOptions extends OptionsOf<typeof STRATIFIED_K_FOLD> {}

/**
 * As `kFold`, where each fold has the classes in the shares that all samples have them, as far as whole numbers allow. As scikit-learn's
 * StratifiedKFold: without `shuffle` the very same folds.
 * @param data the number of samples, or { x, y, … } with n samples along the first axis
 * @param options.labels the class of each sample, default y, which then is [n]
 * @param options.folds whole number ≥ 2, default 5
 * @param options.shuffle whether the samples of each class are shuffled first, default false
 * @param options.seed seed of the order, default 0
 * @returns { train, validation } for each fold: numbers of samples, or the same parts as `data`, copied. They can be walked again and again
 * @throws ArgumentError for an option and where no class has a sample for each fold, ShapeError for labels of another length
 * @example
 * const [{ validation }] = stratifiedKFold(6, { folds: 2, labels: ["a", "a", "a", "a", "b", "b"] });
 * [...validation];   // [0, 1, 4]
 */
export function stratifiedKFold<T extends Divisible<T>>(data: T, options?: StratifiedKFoldOptions): Iterable<Fold<Selected<T>>> {
  const { op } = STRATIFIED_K_FOLD;
  checkArity(op, arguments.length, 2);
  const { folds, shuffle, seed, labels: given } = STRATIFIED_K_FOLD.readOptions(options);
  const divided = new Divided<T>(op, data);
  const labels = divided.labels("labels", given);
  // Classes are numbered as they are met first.
  const numbers = new Map<number | string, number>();
  const classes = Int32Array.from({ length: divided.n }, (_, i) => {
    if (!numbers.has(labels[i])) numbers.set(labels[i], numbers.size);
    return numbers.get(labels[i]) as number;
  });
  const members = Array.from(numbers, (): number[] => []);
  for (const row of shuffle ? shuffled(divided.n, seed) : classes.keys()) members[classes[row]].push(row);
  const most = members.reduce((greatest, { length }) => Math.max(greatest, length), 0);
  if (folds > most) throw new ArgumentError(message(op, `folds is ${folds}; expected at most the samples of the largest class, ${most}`));
  return divided.folds(() => eachInTurn(dealt(classes, members, folds), folds));
}

/** The fold of each sample. The samples, sorted by class, are dealt like cards, which tells how many of each class a fold has. */
function dealt(classes: Int32Array, members: readonly (readonly number[])[], folds: number): Int32Array {
  const sorted = classes.slice().sort();
  const fold = new Int32Array(classes.length);
  const next = members.map(() => 0);
  for (let i = 0; i < folds; i++) {
    for (let at = i; at < sorted.length; at += folds) fold[members[sorted[at]][next[sorted[at]]++]] = i;
  }
  return fold;
}
