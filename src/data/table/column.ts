import { kindText, message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import { tagOf } from "../../options/builtin.js";
import type { Cell } from "../cells.js";
import { numberOf } from "../csv/cells.js";
import { booleanOf, type ColumnType, dateOf, typeOfNumbers, typeOfTexts } from "./columnType.js";

/** The cells of a column: numbers, in which NaN is missing, or others, in which null is. */
export type ColumnCells = Float64Array | readonly (Cell | null)[];

/** A column of a table. */
export interface Column {
  readonly type: ColumnType;
  readonly cells: ColumnCells;
}

/** Whether cells are numbers. */
export function areNumbers(cells: ColumnCells): cells is Float64Array {
  return tagOf(cells) === "Float64Array";
}

/** Whether a cell is missing. */
export function isMissing(cell: Cell | null): boolean {
  return cell === null || Number.isNaN(cell);
}

/** The column that numbers or texts are. @param type null: as they tell @throws FileError for a cell that is not of the type */
export function columnOf(op: string, name: string, cells: Float64Array | readonly (string | null)[], type: ColumnType | null): Column {
  if (areNumbers(cells)) return ofNumbers(op, name, cells, type ?? typeOfNumbers(cells));
  return ofTexts(op, name, cells as readonly (string | null)[], type ?? typeOfTexts(cells as readonly (string | null)[]));
}

function ofNumbers(op: string, name: string, cells: Float64Array, type: ColumnType): Column {
  if (type === "number" || type === "date") return { type, cells };
  if (type === "integer") {
    const at = cells.findIndex((cell) => !Number.isNaN(cell) && !Number.isSafeInteger(cell));
    if (at >= 0) throw misfit(op, name, type, at, cells[at]);
    return { type, cells };
  }
  if (type === "boolean") return { type, cells: Array.from(cells, (cell) => (Number.isNaN(cell) ? null : cell !== 0)) };
  return { type, cells: Array.from(cells, (cell) => (Number.isNaN(cell) ? null : String(cell))) };
}

function ofTexts(op: string, name: string, cells: readonly (string | null)[], type: ColumnType): Column {
  if (type === "text" || type === "category") return { type, cells };
  if (type === "boolean") {
    const read = (cell: string, row: number) => booleanOf(cell) ?? bit(cell) ?? fail(op, name, type, row, cell);
    return { type, cells: cells.map((cell, row) => (cell === null ? null : read(cell, row))) };
  }
  const read = type === "date" ? dateOf : (cell: string) => numberOf(cell) ?? Number.NaN;
  const values = Float64Array.from(cells, (cell, row) => {
    if (cell === null) return Number.NaN;
    const value = read(cell);
    return Number.isNaN(value) ? fail(op, name, type, row, cell) : value;
  });
  return type === "date" ? { type, cells: values } : ofNumbers(op, name, values, type);
}

/** What 0 and 1 say where a column is declared as boolean. */
function bit(cell: string): boolean | undefined {
  const value = numberOf(cell);
  return value === 0 || value === 1 ? value === 1 : undefined;
}

function fail(op: string, name: string, type: ColumnType, row: number, cell: unknown): never {
  throw misfit(op, name, type, row, cell);
}

function misfit(op: string, name: string, type: ColumnType, row: number, cell: unknown): FileError {
  return new FileError(message(op, `column ${kindText(name)}, row ${row}: ${kindText(cell)} is not of type ${kindText(type)}`));
}
