import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { AnyTable } from "./columns.js";
import type { TablePlan } from "./plan.js";
import type { TableScores } from "./scores.js";
import { TABLE_FOLDS, tableFolds } from "./split.js";
import { type FitTableOptions, TableModel, type TableModelOptions } from "./tableModel.js";

const CROSS_VALIDATE = declare("crossValidateTable", {
  ...TABLE_FOLDS.options,
  /** Options of `TableModel`. Default none. */
  model: option<TableModelOptions, { default: TableModelOptions }>("an object of options", isPlain, { default: {} }),
  /** Options of its `fit`. Default none. */
  fit: option<FitTableOptions, { default: FitTableOptions }>("an object of options", isPlain, { default: {} }),
});

/** Options of `crossValidateTable`. */
export interface CrossValidateTableOptions extends OptionsOf<typeof CROSS_VALIDATE> {}

/**
 * Tells how well models of a table predict rows that they have not seen: of each fold, one is trained on the others and tested on it.
 * @param plan what `planTable` says of the table
 * @param options.folds the number of folds, default 5
 * @param options.seed seed of the order, default 0
 * @param options.model options of each `TableModel`, default none
 * @param options.fit options of its `fit`, default none
 * @returns the scores of each fold, as soon as it is done
 * @throws ArgumentError, and what `fit` throws
 * @example
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: i * i, kind: i < 20 ? "small" : "large" }));
 * const scores = [];
 * for await (const each of crossValidateTable(rows, planTable(rows), { fit: { epochs: 2, verbose: 0 } })) scores.push(each);
 */
export function crossValidateTable(
  table: AnyTable,
  plan: TablePlan,
  options?: CrossValidateTableOptions,
): AsyncGenerator<TableScores, void> {
  checkArity(CROSS_VALIDATE.op, arguments.length, 3);
  const { model, fit, ...how } = CROSS_VALIDATE.readOptions(options);
  return run(tableFolds(table, plan, how), plan, model, fit);
}

async function* run(
  folds: ReturnType<typeof tableFolds>,
  plan: TablePlan,
  model: TableModelOptions,
  fit: FitTableOptions,
): AsyncGenerator<TableScores, void> {
  for (const { train, validation } of folds) {
    const made = new TableModel(plan, model);
    await made.fit(train, fit);
    yield await made.evaluate(validation);
  }
}
