import { StandardScaler } from "../data/standardScaler.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { categoryIn, isMissing, numberIn } from "./cells.js";
import type { Columns } from "./columns.js";
import type { TablePlan } from "./plan.js";
import type { Label } from "./task.js";

/** The rows of a table whose target is there, and their targets as numbers: those of classes, or the values. */
export interface Targets {
  readonly rows: readonly number[];
  readonly values: Float64Array;
}

/** Reads the targets of a table. @throws ArgumentError for a table without them, with an unknown class, or with a text for a number */
export function readTargets(op: string, columns: Columns, { target, classes }: TablePlan): Targets {
  const cells = columns.cells.get(target);
  if (cells === undefined)
    throw new ArgumentError(message(op, `the table has no column "${target}", which is the target`, `It has ${columns.names.join(", ")}.`));
  const numbers = classes === null ? null : numbersOf(classes);
  const rows: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (isMissing(cell)) continue;
    const value = numbers === null ? numberIn(cell) : (numbers.get(categoryIn(cell)) ?? Number.NaN);
    if (Number.isNaN(value)) throw unknownTarget(op, target, row, cell, classes);
    rows.push(row);
    values.push(value);
  }
  if (rows.length > 0) return { rows, values: Float64Array.from(values) };
  throw new ArgumentError(message(op, `the target "${target}" is missing in every row`));
}

/** The targets as a model takes them: classes as int32, numbers with mean 0 and standard deviation 1. */
export function targetTensor({ values }: Targets, scaler: StandardScaler | null): Tensor {
  if (scaler !== null) return scaler.transform(matrixOf(values));
  return new Tensor(dataStorage("int32", Int32Array.from(values), "TableModel"), Object.freeze([values.length]));
}

/** What brings targets of a regression to mean 0 and standard deviation 1. */
export function targetScaler({ values }: Targets): StandardScaler {
  return new StandardScaler().fit(matrixOf(values));
}

function matrixOf(values: Float64Array): Tensor {
  return new Tensor(dataStorage("float64", values as Float64Array<ArrayBuffer>, "TableModel"), Object.freeze([values.length, 1]));
}

function numbersOf(classes: readonly Label[]): ReadonlyMap<string, number> {
  return new Map(classes.map((label, i) => [categoryIn(label), i]));
}

function unknownTarget(op: string, target: string, row: number, cell: unknown, classes: readonly Label[] | null): ArgumentError {
  if (classes === null)
    return new ArgumentError(message(op, `the target "${target}" is ${kindText(cell)} in row ${row}; expected a number`));
  const known = classes.slice(0, 8).map((label) => kindText(label));
  const list = `known: ${known.join(", ")}${classes.length > known.length ? ", …" : ""}`;
  return new ArgumentError(
    message(op, `the target "${target}" is ${kindText(cell)} in row ${row}, a class that the model does not know; ${list}`),
  );
}
