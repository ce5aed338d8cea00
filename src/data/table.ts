import { ArgumentError, ShapeError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import { type SplitOptions, trainTestSplit } from "../io/dataset.js";
import { checkArity } from "../options/arity.js";
import { isMap } from "../options/builtin.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { isPlain } from "../options/plain.js";
import type { Cell } from "./cells.js";
import { areNumbers, type Column, type ColumnCells, columnOf, isMissing } from "./table/column.js";
import { type ColumnType, checkTypes, typeOfNumbers, typeOfTexts, typesOption } from "./table/columnType.js";
import { summaryOf } from "./table/summary.js";

const TABLE = declare("Table.from", {
  /** Types by column, in place of what is guessed. Default null. */
  types: typesOption,
});

/** Options of `Table.from`. */
export interface TableOptions extends OptionsOf<typeof TABLE> {}

/** A cell of a table as it may be given: what is missing is null, undefined or NaN. */
export type GivenCell = Cell | null | undefined;

/**
 * A table in memory: columns with names and types. `loadTable` reads one from a file, `Table.from` makes one of rows or columns. A table does
 * not change; what changes it gives another one, which shares the cells.
 *
 * A column is of numbers ("number", "integer", "date" as milliseconds since 1970, UTC), in which NaN is missing, or of other cells ("category" and
 * "text" of texts, "boolean"), in which null is.
 *
 * @example
 * const table = Table.from([{ size: 40, city: "Ulm" }, { size: null, city: "Bonn" }]);
 * table.types;     // { size: "integer", city: "category" }
 * table.missing;   // { size: 1, city: 0 }
 */
export class Table {
  readonly #columns: ReadonlyMap<string, Column>;
  /** The number of rows. */
  readonly length: number;

  /** @internal `loadTable` and `Table.from` make tables */
  constructor(columns: ReadonlyMap<string, Column>, length: number) {
    checkArity("Table", arguments.length, 2);
    if (!isMap(columns)) {
      const problem = `the columns are ${kindText(columns)}; a table is made of rows or columns`;
      throw new ArgumentError(message("Table", problem, "Write Table.from(rows), or await loadTable(file)."));
    }
    this.#columns = columns;
    this.length = length;
  }

  /**
   * A table of rows or columns.
   * @param data rows [{ name: cell }], or columns { name: cells } of one length; null, undefined and NaN are missing
   * @param options.types types by column, in place of what is guessed
   * @throws ArgumentError for anything else, and for a column with cells of several kinds; ShapeError; FileError for a cell that is not of its type
   * @example Table.from({ size: [40, 60], city: ["Ulm", "Bonn"] }, { types: { city: "text" } })
   */
  static from<Row extends { readonly [Name in keyof Row]: GivenCell }>(
    data: readonly Row[] | Readonly<Record<string, ArrayLike<GivenCell>>>,
    options?: TableOptions,
  ): Table {
    checkArity(TABLE.op, arguments.length, 2);
    return tableOf(TABLE.op, data, TABLE.readOptions(options).types);
  }

  /** The names of the columns. */
  get names(): string[] {
    return [...this.#columns.keys()];
  }

  /** The type of each column. */
  get types(): Record<string, ColumnType> {
    return this.#each(({ type }) => type);
  }

  /** How many cells of each column are missing. */
  get missing(): Record<string, number> {
    return this.#each(({ cells }) => {
      let count = 0;
      for (let row = 0; row < this.length; row++) if (isMissing(cells[row])) count++;
      return count;
    });
  }

  /** The cells by column, without a copy: what a `ColumnTransformer` takes. Of numbers, NaN is missing; of other cells null. */
  get columns(): Record<string, ColumnCells> {
    return this.#each(({ cells }) => cells);
  }

  /** The rows as objects, made anew each time. What is missing is null. */
  get rows(): Record<string, Cell | null>[] {
    const columns = [...this.#columns].map(([name, { cells }]) => [name, cells] as const);
    return Array.from({ length: this.length }, (_, row) =>
      Object.fromEntries(columns.map(([name, cells]) => [name, isMissing(cells[row]) ? null : cells[row]])),
    );
  }

  /** The cells of a column. @throws ArgumentError for a name that there is not */
  column(name: string): ColumnCells {
    checkArity("Table.column", arguments.length, 1);
    return this.#find("Table.column", name).cells;
  }

  /** The table in words: types, what is missing, and what the cells are. */
  summary(): string {
    checkArity("Table.summary", arguments.length, 0);
    return summaryOf(this.#columns, this.length);
  }

  /** The named columns, in that order. @throws ArgumentError */
  select(...names: (string | readonly string[])[]): Table {
    const chosen = names.flat();
    return new Table(new Map(chosen.map((name) => [name, this.#find("Table.select", name)])), this.length);
  }

  /** All columns but the named ones. @throws ArgumentError */
  drop(...names: (string | readonly string[])[]): Table {
    const dropped = new Set(names.flat());
    for (const name of dropped) this.#find("Table.drop", name);
    return new Table(new Map([...this.#columns].filter(([name]) => !dropped.has(name))), this.length);
  }

  /** The rows with these numbers, in that order. @throws ArgumentError for a number that there is not */
  take(rows: ArrayLike<number>): Table {
    checkArity("Table.take", arguments.length, 1);
    const order = Array.from(rows);
    const bad = order.find((row) => !Number.isSafeInteger(row) || row < 0 || row >= this.length);
    if (bad !== undefined) throw new ArgumentError(message("Table.take", `there is no row ${bad}; the table has ${this.length} rows`));
    const columns = [...this.#columns].map(([name, { type, cells }]): [string, Column] => {
      const taken = order.map((row) => cells[row]);
      return [name, { type, cells: areNumbers(cells) ? Float64Array.from(taken as number[]) : taken }];
    });
    return new Table(new Map(columns), order.length);
  }

  /** The rows in which nothing is missing, or nothing in the named columns. @throws ArgumentError */
  dropMissing(...names: (string | readonly string[])[]): Table {
    const chosen = names.flat();
    const columns = (chosen.length === 0 ? this.names : chosen).map((name) => this.#find("Table.dropMissing", name).cells);
    const rows = Array.from({ length: this.length }, (_, row) => row);
    return this.take(rows.filter((row) => columns.every((cells) => !isMissing(cells[row]))));
  }

  /** The table with other cells in place of what is missing. @param values a cell by column @throws ArgumentError for a cell of another kind */
  fillMissing(values: Readonly<Record<string, Cell>>): Table {
    checkArity("Table.fillMissing", arguments.length, 1);
    if (!isPlain(values))
      throw new ArgumentError(message("Table.fillMissing", `the values are ${kindText(values)}; expected { column: cell }`));
    const columns = new Map(this.#columns);
    for (const [name, value] of Object.entries(values)) {
      const { type, cells } = this.#find("Table.fillMissing", name);
      const kind = areNumbers(cells) ? "number" : type === "boolean" ? "boolean" : "string";
      if (typeof value !== kind || Number.isNaN(value))
        throw new ArgumentError(
          message("Table.fillMissing", `column ${kindText(name)} (${type}) cannot be filled with ${kindText(value)}`),
        );
      const fill = <T>(cell: T): T => (isMissing(cell as Cell | null) ? (value as T) : cell);
      columns.set(name, { type, cells: areNumbers(cells) ? cells.map(fill) : cells.map(fill) });
    }
    return new Table(columns, this.length);
  }

  /**
   * Splits the rows in two; see `trainTestSplit`.
   * @param options.stratify the name of a column: each of its cells has the same share in both parts. Default null
   * @param options.groups the name of a column: no cell of it is in both parts. Default null
   * @throws ArgumentError
   * @example
   * const houses = Table.from({ size: [40, 60, 75, 80], city: ["Ulm", "Bonn", "Ulm", "Bonn"] });
   * const { train, test } = houses.split({ test: 0.5, stratify: "city" });
   * train.length   // 2
   */
  split(options: TableSplitOptions): { train: Table; test: Table } {
    checkArity("Table.split", arguments.length, 1);
    if (!isPlain(options))
      throw new ArgumentError(message("Table.split", `the options are ${kindText(options)}; expected an object`, "Write { test: 0.2 }."));
    const { stratify, groups, ...shares } = options as TableSplitOptions;
    const rows = Int32Array.from({ length: this.length }, (_, row) => row);
    const y = stratify == null ? rows : this.#numbered("Table.split", stratify);
    const parts = trainTestSplit(
      { x: rows, y },
      { ...shares, stratify: stratify != null, groups: groups == null ? null : this.#numbered("Table.split", groups) },
    );
    return { train: this.take(parts.train.x.view()), test: this.take(parts.test.x.view()) };
  }

  /** The number of each cell's kind, by first appearance. What is missing is a kind of its own. */
  #numbered(op: string, name: string): Int32Array {
    const known = new Map<unknown, number>();
    return Int32Array.from(this.#find(op, name).cells as ArrayLike<unknown> as unknown[], (cell) => {
      const number = known.get(cell) ?? known.size;
      known.set(cell, number);
      return number;
    });
  }

  #each<T>(make: (column: Column) => T): Record<string, T> {
    return Object.fromEntries([...this.#columns].map(([name, column]) => [name, make(column)]));
  }

  #find(op: string, name: unknown): Column {
    const found = this.#columns.get(name as string);
    if (found !== undefined) return found;
    const problem = `the table has no column ${kindText(name)}`;
    const near = typeof name === "string" ? didYouMean(name, this.names) : "";
    throw new ArgumentError(message(op, problem, `It has ${this.names.slice(0, 50).join(", ")}.${near}`));
  }
}

/** Options of `Table.split`. */
export interface TableSplitOptions extends Omit<SplitOptions, "stratify" | "groups"> {
  /** The name of a column of which each cell has the same share in both parts. Default null. */
  stratify?: string | null;
  /** The name of a column of which no cell is in both parts. Default null. */
  groups?: string | null;
}

/** @internal `Table.from`, whose errors begin with the name `op` */
export function tableOf(op: string, data: unknown, types: Readonly<Record<string, ColumnType>> | null): Table {
  const given = givenColumns(op, data);
  checkTypes(op, types, [...given.keys()]);
  const length = [...given.values()][0]?.length ?? 0;
  const columns = new Map<string, Column>();
  for (const [name, cells] of given) {
    if (cells.length !== length)
      throw new ShapeError(message(op, `column ${kindText(name)} has ${cells.length} cells; expected ${length}, as the first column`));
    const own = types !== null && Object.hasOwn(types, name) ? types[name] : null;
    columns.set(name, givenColumn(op, name, cells, own));
  }
  return new Table(columns, length);
}

function givenColumns(op: string, data: unknown): Map<string, ArrayLike<GivenCell>> {
  if (Array.isArray(data) && data.every(isPlain)) {
    const names = new Set<string>();
    for (const row of data) for (const name of Object.keys(row)) names.add(name);
    return new Map([...names].map((name) => [name, data.map((row) => row[name] as GivenCell)]));
  }
  const isCells = (cells: unknown): boolean => Array.isArray(cells) || ArrayBuffer.isView(cells);
  if (isPlain(data) && Object.values(data).every(isCells)) return new Map(Object.entries(data as Record<string, ArrayLike<GivenCell>>));
  throw new ArgumentError(message(op, `the data are ${kindText(data)}; expected rows [{ name: cell }] or columns { name: cells }`));
}

function givenColumn(op: string, name: string, cells: ArrayLike<GivenCell>, type: ColumnType | null): Column {
  const list = Array.from(cells, (cell) => (cell === undefined || Number.isNaN(cell) ? null : cell));
  const kinds = [...new Set(list.filter((cell) => cell !== null).map((cell) => typeof cell))];
  const known = ["string", "number", "boolean"];
  if (kinds.length > 1 || kinds.some((kind) => !known.includes(kind))) {
    const problem = `column ${kindText(name)} has cells of type ${kinds.join(" and ")}; expected texts, numbers, or true and false`;
    throw new ArgumentError(message(op, problem));
  }
  const [kind = "number"] = kinds;
  if (kind === "boolean" && (type === null || type === "boolean")) return { type: "boolean", cells: list as (boolean | null)[] };
  if (kind === "number") {
    const numbers = Float64Array.from(list as (number | null)[], (cell) => cell ?? Number.NaN);
    return columnOf(op, name, numbers, type ?? typeOfNumbers(numbers));
  }
  const texts = list.map((cell) => (cell === null ? null : String(cell)));
  return columnOf(op, name, texts, type ?? typeOfTexts(texts));
}
