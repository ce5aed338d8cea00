import { Table } from "../data/table.js";
import { ArgumentError, ShapeError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import { isPlain } from "../options/plain.js";

/**
 * A table of one's own: rows of cells by column, columns of cells, or a `Table`. Numbers, texts, dates; null where a cell is missing. Rows may be
 * of an interface, which has no index signature.
 */
export type AnyTable = Table | readonly object[] | Readonly<Record<string, ArrayLike<unknown>>>;

/** Cells by column, all columns of one length. */
export class Columns {
  constructor(
    readonly rows: number,
    readonly cells: ReadonlyMap<string, ArrayLike<unknown>>,
  ) {}

  get names(): string[] {
    return [...this.cells.keys()];
  }

  /** The rows with these numbers, in that order. */
  take(rows: ArrayLike<number>): Columns {
    const taken = [...this.cells].map(([name, cells]) => [name, Array.from(rows, (row) => cells[row])] as const);
    return new Columns(rows.length, new Map(taken));
  }

  /** The table as columns by name, which every function of tables takes. */
  toTable(): Record<string, ArrayLike<unknown>> {
    return Object.fromEntries(this.cells);
  }
}

/** Reads a table. Of rows, a name that some lack is a column whose cells are missing there. @throws ArgumentError, ShapeError */
export function columnsOf(op: string, table: unknown): Columns {
  if (table instanceof Columns) return table;
  const found = table instanceof Table ? ofTable(table) : Array.isArray(table) ? ofRows(op, table) : ofColumns(op, table);
  if (found.cells.size === 0) throw new ArgumentError(message(op, "the table has no columns"));
  if (found.rows === 0) throw new ArgumentError(message(op, "the table has no rows"));
  return found;
}

function ofTable({ columns, types, length }: Table): Columns {
  const cells = Object.entries(columns).map(([name, column]): [string, ArrayLike<unknown>] => {
    if (types[name] !== "date") return [name, column];
    return [name, Array.from(column as Float64Array, (time) => (Number.isNaN(time) ? null : new Date(time)))];
  });
  return new Columns(length, new Map(cells));
}

function ofRows(op: string, rows: readonly unknown[]): Columns {
  const cells = new Map<string, unknown[]>();
  for (const [i, row] of rows.entries()) {
    if (!isPlain(row)) throw new ArgumentError(message(op, `row ${i} of the table is ${kindText(row)}; expected { column: cell }`));
    for (const name of Object.keys(row)) if (!cells.has(name)) cells.set(name, new Array(rows.length).fill(null));
    for (const [name, column] of cells) column[i] = Object.hasOwn(row, name) ? row[name] : null;
  }
  return new Columns(rows.length, cells);
}

function ofColumns(op: string, table: unknown): Columns {
  if (!isPlain(table))
    throw new ArgumentError(message(op, `the table is ${kindText(table)}; expected rows [{ column: cell }] or columns { name: cells }`));
  const cells = new Map(Object.entries(table) as [string, ArrayLike<unknown>][]);
  let first: readonly [string, number] | null = null;
  for (const [name, column] of cells) {
    if (!Array.isArray(column) && !ArrayBuffer.isView(column))
      throw new ArgumentError(message(op, `column "${name}" is ${kindText(column)}; expected a list of cells`));
    first ??= [name, column.length];
    if (column.length !== first[1])
      throw new ShapeError(message(op, `column "${name}" has ${column.length} cells, column "${first[0]}" ${first[1]}`));
  }
  return new Columns(first?.[1] ?? 0, cells);
}

/** @throws ArgumentError for names that are no columns of the table */
export function checkNames(op: string, what: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ArgumentError(
    message(op, `${what} "${unknown}" is no column of the table`, `It has ${known.join(", ")}.${didYouMean(unknown, known)}`),
  );
}
