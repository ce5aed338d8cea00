import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { Divided, type Divisible, eachInTurn, FOLDS, type Fold, type Labels, type Selected } from "./folds.js";

const GROUP_K_FOLD = declare("groupKFold", {
  ...FOLDS,
  /** The group of each sample, numbers or texts. Required. */
  groups: option<Labels, { required: true }>("a list of groups", (value) => typeof value === "object" && value !== null, {
    required: true,
  }),
});

/** Options of `groupKFold`. */
export interface GroupKFoldOptions extends OptionsOf<typeof GROUP_K_FOLD> {}

/**
 * As `kFold`, where no group of samples, such as those of one person, is in two folds: so a model is measured on groups that it has not seen.
 * Folds are about equally large: the largest group first, each goes to the fold that has least. As scikit-learn's GroupKFold.
 * @param data the number of samples, or { x, y, … } with n samples along the first axis
 * @param options.groups the group of each sample, numbers or texts
 * @param options.folds whole number ≥ 2, default 5
 * @returns { train, validation } for each fold: numbers of samples, or the same parts as `data`, copied. They can be walked again and again
 * @throws ArgumentError for an option and for fewer groups than folds, ShapeError for groups of another length
 * @example
 * const [{ validation }] = groupKFold(5, { folds: 2, groups: ["ann", "bob", "ann", "eve", "ann"] });
 * [...validation];   // [0, 2, 4]
 */
export function groupKFold<T extends Divisible<T>>(data: T, options: GroupKFoldOptions): Iterable<Fold<Selected<T>>> {
  const { op } = GROUP_K_FOLD;
  checkArity(op, arguments.length, 2);
  const { folds, groups: given } = GROUP_K_FOLD.readOptions(options);
  const divided = new Divided<T>(op, data);
  const groups = divided.labels("groups", given);
  const members = new Map<number | string, number[]>();
  for (let row = 0; row < divided.n; row++) {
    const rows = members.get(groups[row]);
    if (rows === undefined) members.set(groups[row], [row]);
    else rows.push(row);
  }
  if (folds > members.size)
    throw new ArgumentError(message(op, `folds is ${folds}; expected at most the number of groups, ${members.size}`));
  const fold = new Int32Array(divided.n);
  const sizes = new Array<number>(folds).fill(0);
  // Of groups of one size the greater name comes first, as in scikit-learn.
  const bySize = [...members].sort(([a, as], [b, bs]) => bs.length - as.length || (a < b ? 1 : -1));
  for (const [, rows] of bySize) {
    const lightest = sizes.indexOf(Math.min(...sizes));
    sizes[lightest] += rows.length;
    for (const row of rows) fold[row] = lightest;
  }
  return divided.folds(() => eachInTurn(fold, folds));
}
