import { kFold } from "../data/kFold.js";
import { stratifiedKFold } from "../data/stratifiedKFold.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { trainTestSplit } from "../io/dataset.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { checkPlan } from "./checkPlan.js";
import { type AnyTable, type Columns, columnsOf } from "./columns.js";
import type { TablePlan } from "./plan.js";
import { readTargets, type Targets } from "./targets.js";

/** A table as columns of cells by name. */
export type TableColumns = Readonly<Record<string, ArrayLike<unknown>>>;

const seed = number({ default: 0, min: 0, whole: true, aka: ["randomState"] });

const SPLIT_TABLE = declare("splitTable", {
  /** The share of the rows to test on, above 0 and below 1. Default 0.2. */
  test: number({ default: 0.2, above: 0, below: 1, aka: ["testSize"] }),
  /** Seed of the choice, a whole number ≥ 0. Default 0. */
  seed,
});

/** Options of `splitTable`. */
export interface SplitTableOptions extends OptionsOf<typeof SPLIT_TABLE> {}

export const TABLE_FOLDS = declare("tableFolds", {
  /** The number of folds, a whole number ≥ 2. Default 5. */
  folds: number({ default: 5, min: 2, whole: true, aka: ["nSplits", "k"] }),
  /** Seed of the order, a whole number ≥ 0. Default 0. */
  seed,
});

/** Options of `tableFolds`. */
export interface TableFoldsOptions extends OptionsOf<typeof TABLE_FOLDS> {}

/**
 * Splits a table in rows to train on and rows to test on, at random; of classes each part gets its share. Rows without a target are left out.
 * @param plan what `planTable` says of the table
 * @param options.test the share of the rows to test on, default 0.2
 * @param options.seed seed of the choice, default 0; `manualSeed` has no influence
 * @throws ArgumentError for a table that does not fit the plan, and for one with too few rows
 * @example
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: i * i, kind: i < 20 ? "small" : "large" }));
 * const { train, test } = splitTable(rows, planTable(rows), { test: 0.25 });
 * test.size.length;   // 10
 */
export function splitTable(table: AnyTable, plan: TablePlan, options?: SplitTableOptions): { train: TableColumns; test: TableColumns } {
  const { op } = SPLIT_TABLE;
  checkArity(op, arguments.length, 3);
  const { test: share, seed } = SPLIT_TABLE.readOptions(options);
  const [columns, targets] = readBoth(op, table, plan);
  const { train, test } = splitRows(op, targets, plan, share, seed);
  return { train: columns.take(train).toTable(), test: columns.take(test).toTable() };
}

/**
 * Divides a table in folds for cross-validation: each in its turn is for validation, the others for training. Rows are shuffled, and of classes
 * each fold gets its share. Rows without a target are left out.
 * @param plan what `planTable` says of the table
 * @param options.folds the number of folds, default 5
 * @param options.seed seed of the order, default 0; `manualSeed` has no influence
 * @throws ArgumentError for a table that does not fit the plan, and for one with too few rows
 * @example
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: i * i, kind: i < 20 ? "small" : "large" }));
 * for (const { train, validation } of tableFolds(rows, planTable(rows))) validation.size.length;   // 8
 */
export function tableFolds(
  table: AnyTable,
  plan: TablePlan,
  options?: TableFoldsOptions,
): Iterable<{ train: TableColumns; validation: TableColumns }> {
  const { op } = TABLE_FOLDS;
  checkArity(op, arguments.length, 3);
  const { folds, seed } = TABLE_FOLDS.readOptions(options);
  const [columns, { rows, values }] = readBoth(op, table, plan);
  const how = { folds, shuffle: true, seed } as const;
  if (folds > rows.length)
    throw new ArgumentError(message(op, `there are ${rows.length} rows with a target; expected at least one for each of ${folds} folds`));
  const divided = plan.task === "regression" ? kFold(rows.length, how) : stratifiedKFold(rows.length, { ...how, labels: values });
  const take = (places: Int32Array) => columns.take(places.map((place) => rows[place])).toTable();
  return {
    *[Symbol.iterator]() {
      for (const { train, validation } of divided) yield { train: take(train), validation: take(validation) };
    },
  };
}

/** The numbers of the rows in each part. @throws ArgumentError where a part would be empty */
export function splitRows(
  op: string,
  { rows, values }: Targets,
  { task }: TablePlan,
  share: number,
  seed: number,
): { train: number[]; test: number[] } {
  const count = Math.round(share * rows.length);
  if (count < 1 || rows.length - count < 2) {
    const problem = `a share of ${share} of ${rows.length} rows leaves ${count} to test on and ${rows.length - count} to train on; expected at least 1 and 2`;
    throw new ArgumentError(message(op, problem, "More rows are needed, or another share."));
  }
  const { train, test } = trainTestSplit(
    { x: Int32Array.from(rows), y: values },
    { test: count, stratify: task === "classification", seed },
  );
  return { train: Array.from(train.x.view()), test: Array.from(test.x.view()) };
}

function readBoth(op: string, table: AnyTable, plan: TablePlan): [Columns, Targets] {
  const checked = checkPlan(op, plan);
  const columns = columnsOf(op, table);
  return [columns, readTargets(op, columns, checked)];
}
