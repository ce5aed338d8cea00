import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { Tensor } from "../tensor/tensor.js";

/** What stands in a cell of a table. */
export type Cell = string | number | boolean;

/** Columns of cells: a list is one column, a list of lists are rows. */
export type Cells = Tensor | readonly Cell[] | readonly (readonly Cell[])[];

/** Cells by column. */
export interface Columns {
  readonly n: number;
  readonly columns: readonly (readonly Cell[])[];
  /** One column, given as a list. */
  readonly isFlat: boolean;
}

/** Reads cells. @throws ArgumentError for missing ones, ShapeError for rows of different lengths */
export function columnsOf(op: string, x: unknown): Columns {
  const given = x instanceof Tensor ? x.toArray() : x;
  if (!Array.isArray(given) && !ArrayBuffer.isView(given)) {
    throw new ArgumentError(message(op, `x is ${kindText(x)}; expected a list of texts or numbers, or rows of them`));
  }
  const rows = Array.from(given as ArrayLike<Cell | readonly Cell[]>);
  const isFlat = rows.length === 0 ? x instanceof Tensor && x.rank < 2 : !Array.isArray(rows[0]);
  const table = rows.map((row) => (isFlat ? [row as Cell] : row)) as readonly (readonly Cell[])[];
  const width = table[0]?.length ?? 0;
  for (const [i, row] of table.entries()) {
    if (!Array.isArray(row) || row.length !== width)
      throw new ShapeError(message(op, `row ${i} has ${Array.isArray(row) ? row.length : "no"} cells; expected ${width}, as of row 0`));
    const bad = row.findIndex((cell) => !isCell(cell));
    if (bad < 0) continue;
    const problem = `the cell at row ${i}, column ${bad} is ${kindText(row[bad])}; expected a text, a number or true or false`;
    throw new ArgumentError(message(op, problem, "Fill or drop what is missing first."));
  }
  return { n: rows.length, columns: Array.from({ length: width }, (_, i) => table.map((row) => row[i])), isFlat };
}

export function isCell(value: unknown): value is Cell {
  return ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
}

/** The different cells of a column in order: numbers by size, texts by code units. @throws ArgumentError for cells of several kinds */
export function categoriesOf(op: string, column: readonly Cell[]): Cell[] {
  const kinds = [...new Set(column.map((cell) => typeof cell))];
  if (kinds.length > 1) throw new ArgumentError(message(op, `a column has cells of type ${kinds.join(" and ")}; expected one type`));
  return [...new Set(column)].sort((a, b) => (a < b ? -1 : 1));
}

/** @throws ShapeError unless there are as many columns as were learned of */
export function checkWidth(op: string, columns: readonly unknown[], learned: number): void {
  if (columns.length === learned) return;
  throw new ShapeError(message(op, `there are ${columns.length} columns; expected ${learned}, as of the training data`));
}

/** @param among what the cell is not among */
export function unknownCell(op: string, cell: Cell, known: readonly Cell[], mend: string, among: string): ArgumentError {
  const shown = known.slice(0, 8).map((each) => kindText(each));
  const list = `known: ${shown.join(", ")}${known.length > shown.length ? ", …" : ""}`;
  return new ArgumentError(message(op, `${kindText(cell)} was not among ${among}; ${list}`, mend));
}

/** Checks numbers that are to be turned into cells. @throws ShapeError */
export function matrixOf(op: string, z: unknown, width: number): { n: number; values: ArrayLike<number> } {
  if (z instanceof Tensor && z.rank === 2 && z.shape[1] === width) return { n: z.shape[0], values: z.view() };
  const found = z instanceof Tensor ? `has shape ${shapeText(z.shape)}` : `is ${kindText(z)}`;
  throw new ShapeError(message(op, `z ${found}; expected a tensor [n, ${width}]`));
}
