import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { tagOf } from "../options/builtin.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, flag } from "../options/kinds.js";
import { option } from "../options/option.js";
import { Tensor } from "../tensor/tensor.js";
import { type Cell, checkWidth, isCell } from "./cells.js";
import { Preprocessor } from "./preprocessor.js";

/** A cell that may be missing: null, undefined and NaN are. */
export type Holey = Cell | null | undefined;

/** Columns of cells of which some are missing: a list is one column, a list of lists are rows. */
export type HoleyCells = Tensor | readonly Holey[] | readonly (readonly Holey[])[];

const IMPUTER = declare("Imputer", {
  /** What fills a hole: the column's mean, median or most frequent cell, or a value of yours. Default "mean". */
  strategy: choice(["mean", "median", "mostFrequent", "constant"], { default: "mean" }),
  /** Of "constant": what fills a hole, a text, a number or true or false. Default 0. */
  value: option<Cell, { default: 0; aka: readonly string[] }>("a text, a number or true or false", isCell, {
    default: 0,
    aka: ["fillValue", "fill_value"],
  }),
  /** Whether a column of 0 and 1 is added for each column with holes among the training data, which says where they were. Default false. */
  indicator: flag({ default: false, aka: ["addIndicator", "add_indicator"] }),
});

/** Options of `Imputer`. */
export interface ImputerOptions extends OptionsOf<typeof IMPUTER> {}

/**
 * Fills the cells that are missing (null, undefined, NaN) by what it has learned of each column. As scikit-learn's SimpleImputer; of several most
 * frequent cells it takes the smallest.
 * Shape:     a list [n] or rows [n][columns] → rows [n][columns + indicators]
 *
 * @param options.strategy "mean" or "median" of numbers, "mostFrequent" or "constant" of anything; default "mean"
 * @param options.value what fills, of "constant"; default 0
 * @param options.indicator whether columns of 0 and 1 are added that say where cells were missing, default false
 * @throws ArgumentError for an option, for cells of other kinds, and for a column of which nothing is there; ShapeError for another number of columns
 * @example
 * const imputer = new Imputer({ strategy: "median" }).fit([[1], [2], [9], [null]]);
 * imputer.transform([[null], [5]]);   // [[2], [5]]
 */
export class Imputer extends Preprocessor<HoleyCells, Cell[][], typeof IMPUTER> {
  static override readonly declaration = IMPUTER;
  /** What fills each column; null before `fit`. */
  #fills: readonly Cell[] | null = null;
  /** The columns that had holes among the training data. */
  #holey: readonly number[] = [];

  constructor(options?: ImputerOptions) {
    super(arguments.length, options);
  }

  get fitted(): boolean {
    return this.#fills !== null;
  }

  /** What fills each column. @throws ArgumentError before `fit` */
  get fills(): readonly Cell[] {
    this.needFit("fills");
    return this.#fills as readonly Cell[];
  }

  fit(x: HoleyCells): this {
    checkArity("fit", arguments.length, 1);
    const op = `${this.op}.fit`;
    const rows = rowsOf(op, x);
    if (rows.length === 0) throw new ArgumentError(message(op, "x has no samples"));
    const columns = rows[0].map((_, i) => rows.map((row) => row[i]));
    const fills = columns.map((column, i) => this.#fill(op, column, i));
    this.#holey = [...columns.keys()].filter((i) => columns[i].some(isHole));
    this.#fills = fills;
    return this;
  }

  transform(x: HoleyCells): Cell[][] {
    checkArity("transform", arguments.length, 1);
    const op = `${this.op}.transform`;
    const { fills } = this;
    const rows = rowsOf(op, x);
    if (rows.length > 0) checkWidth(op, rows[0], fills.length);
    const told = this.settings.indicator ? this.#holey : [];
    return rows.map((row) => [
      ...row.map((cell, i) => (isHole(cell) ? fills[i] : (cell as Cell))),
      ...told.map((i) => Number(isHole(row[i]))),
    ]);
  }

  protected state(): Record<string, unknown> {
    return { fills: this.#fills, holey: this.#holey };
  }

  protected restore({ fills, holey }: Readonly<Record<string, unknown>>): void {
    const isPlace = (place: unknown): boolean => Number.isSafeInteger(place) && (place as number) >= 0;
    if (!Array.isArray(fills) || !fills.every(isCell)) throw this.damaged("its state does not say what fills columns");
    if (!Array.isArray(holey) || !holey.every((place) => isPlace(place) && place < fills.length))
      throw this.damaged("its state does not say which columns had holes");
    this.#fills = fills;
    this.#holey = holey;
  }

  #fill(op: string, column: readonly Holey[], place: number): Cell {
    const { strategy, value } = this.settings;
    if (strategy === "constant") return value;
    const there = column.filter((cell): cell is Cell => !isHole(cell));
    if (there.length === 0) {
      const mend = 'Leave it out, or choose { strategy: "constant" }.';
      throw new ArgumentError(message(op, `of column ${place} nothing is there`, mend));
    }
    if (strategy === "mostFrequent") return mostFrequent(there);
    const odd = there.find((cell) => typeof cell !== "number");
    if (odd !== undefined)
      throw new ArgumentError(message(op, `column ${place} has ${kindText(odd)}; a ${strategy} is of numbers`, 'Choose "mostFrequent".'));
    return strategy === "mean" ? mean(there as number[]) : median(there as number[]);
  }
}

function isHole(cell: unknown): boolean {
  return cell === null || cell === undefined || Number.isNaN(cell);
}

/** @throws ArgumentError, ShapeError */
function rowsOf(op: string, x: unknown): (readonly Holey[])[] {
  const given = x instanceof Tensor ? x.toArray() : x;
  if (!Array.isArray(given) && !(ArrayBuffer.isView(given) && tagOf(given) !== "DataView"))
    throw new ArgumentError(message(op, `x is ${kindText(x)}; expected a list of cells, or rows of them`));
  const cells = Array.from(given as ArrayLike<Holey | readonly Holey[]>);
  const rows = Array.isArray(cells[0]) ? (cells as (readonly Holey[])[]) : cells.map((cell) => [cell as Holey]);
  for (const [i, row] of rows.entries()) {
    if (!Array.isArray(row) || row.length !== rows[0].length) {
      const found = Array.isArray(row) ? `${row.length} cells` : "no cells";
      throw new ShapeError(message(op, `row ${i} has ${found}; expected ${rows[0].length}, as of row 0`));
    }
    const odd = row.findIndex((cell) => !isHole(cell) && !isCell(cell));
    if (odd < 0) continue;
    const expected = "expected a text, a finite number, true or false, or nothing";
    throw new ArgumentError(message(op, `the cell at row ${i}, column ${odd} is ${kindText(row[odd])}; ${expected}`));
  }
  return rows;
}

function mean(values: readonly number[]): number {
  // A running mean does not overflow.
  return values.reduce((sum, value, i) => sum + (value - sum) / (i + 1), 0);
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
}

function mostFrequent(cells: readonly Cell[]): Cell {
  const counts = new Map<Cell, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  let most = 0;
  for (const count of counts.values()) most = Math.max(most, count);
  const frequent = [...counts].filter(([, count]) => count === most).map(([cell]) => cell);
  return frequent.reduce((least, cell) => (cell < least ? cell : least));
}
