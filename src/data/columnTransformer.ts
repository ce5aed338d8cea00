import { ArgumentError, ShapeError } from "../errors/errors.js";
import { didYouMean, kindText, message, shapeText } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare } from "../options/declare.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { AffineScaler } from "./affineScaler.js";
import type { Cell } from "./cells.js";
import { isStep, Pipeline } from "./pipeline.js";
import { Preprocessor, type PreprocessorJson, type Revive } from "./preprocessor.js";
import type { Table } from "./table.js";
import { TextVectorizer } from "./textVectorizer.js";

/** A `Table`, rows of cells by column, or columns of cells. Nothing may be missing in a column that is used. */
export type TableLike =
  | Table
  | readonly Readonly<Record<string, Cell | null>>[]
  | Readonly<Record<string, readonly (Cell | null)[] | Float64Array | Tensor>>;

/** What becomes of some columns. */
export interface ColumnPart {
  /** Names of columns. */
  readonly columns: string | readonly string[];
  readonly by: Preprocessor;
}

const PARTS = { required: true, saved: false } as const;
const COLUMN_TRANSFORMER = declare(
  "ColumnTransformer",
  {},
  { parts: option<readonly ColumnPart[], typeof PARTS>("a list of { columns, by }", isParts, PARTS) },
);

function isParts(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (part) => isStep(part?.by) && typeof (part.by as Partial<Preprocessor>).fitTransform === "function" && namesOf(part).length > 0,
    )
  );
}

function namesOf({ columns }: ColumnPart): readonly string[] {
  const names = [columns].flat();
  return names.every((name) => typeof name === "string") ? names : [];
}

/**
 * Turns a table into a matrix: columns go through preprocessors of their own, and what these make stands side by side. Columns that no part
 * names are left out. As scikit-learn's ColumnTransformer.
 * Shape:     n rows → [n, sum of the parts' widths], float32
 *
 * @param parts { columns, by } each: names of columns, and a preprocessor of them; a `TextVectorizer` takes one column
 * @throws ArgumentError for anything else, for a column that the table lacks, and what the preprocessors throw
 * @example
 * const table = [{ size: 40, city: "Ulm" }, { size: 60, city: "Bonn" }];
 * const columns = new ColumnTransformer([
 *   { columns: ["size"], by: new MinMaxScaler() },
 *   { columns: ["city"], by: new OneHotEncoder() },
 * ]);
 * columns.fitTransform(table);   // [[0, 0, 1], [1, 1, 0]]
 */
export class ColumnTransformer extends Preprocessor<TableLike, Tensor, typeof COLUMN_TRANSFORMER> {
  static override readonly declaration = COLUMN_TRANSFORMER;
  /** How many columns each part makes, once that is known. */
  #widths: readonly number[] | null = null;

  constructor(parts: readonly ColumnPart[]) {
    super(arguments.length, parts);
  }

  static override fromJSON({ state }: PreprocessorJson, revive: Revive): ColumnTransformer {
    const { parts, widths } = (state ?? {}) as { parts?: unknown; widths?: unknown };
    if (!Array.isArray(parts))
      throw new ArgumentError(message("ColumnTransformer.fromJSON", `its parts are ${kindText(parts)}`, "Pass what toJSON gave."));
    const made = new ColumnTransformer(parts.map((part) => ({ columns: part?.columns, by: revive(part?.by) as Preprocessor })));
    made.restore({ widths });
    return made;
  }

  get parts(): readonly ColumnPart[] {
    return this.settings.parts;
  }

  get fitted(): boolean {
    return this.#widths !== null;
  }

  fit(table: TableLike): this {
    checkArity("fit", arguments.length, 1);
    this.fitTransform(table);
    return this;
  }

  override fitTransform(table: TableLike): Tensor {
    checkArity("fitTransform", arguments.length, 1);
    const columns = readTable(`${this.op}.fit`, table);
    const made = this.parts.map((part) => madeBy(`${this.op}.fit`, columns, part, (cells) => part.by.fitTransform(cells)));
    this.#widths = made.map(({ shape }) => shape[1]);
    return this.#beside("fit", made);
  }

  transform(table: TableLike): Tensor {
    checkArity("transform", arguments.length, 1);
    this.needFit("transform");
    const columns = readTable(`${this.op}.transform`, table);
    return this.#beside(
      "transform",
      this.parts.map((part) => madeBy(`${this.op}.transform`, columns, part, (cells) => part.by.transform(cells))),
    );
  }

  /** Rows with the columns that the parts name. @throws ArgumentError for a part that cannot be taken back, ShapeError */
  override inverse(z: Tensor): Record<string, Cell>[] {
    checkArity("inverse", arguments.length, 1);
    this.needFit("inverse");
    const op = `${this.op}.inverse`;
    const widths = this.#widths as readonly number[];
    const width = widths.reduce((sum, each) => sum + each, 0);
    if (!(z instanceof Tensor) || z.rank !== 2 || z.shape[1] !== width) {
      const found = z instanceof Tensor ? `has shape ${shapeText(z.shape)}` : `is ${kindText(z)}`;
      throw new ShapeError(message(op, `z ${found}; expected a tensor [n, ${width}]`));
    }
    const rows = Array.from({ length: z.shape[0] }, (): Record<string, Cell> => ({}));
    let from = 0;
    for (const [i, part] of this.parts.entries()) {
      const back: unknown = part.by.inverse(z.slice([null, [from, from + widths[i]]]));
      const cells = (back instanceof Tensor ? back.toArray() : back) as readonly (Cell | readonly Cell[])[];
      for (const [row, values] of cells.entries())
        for (const [j, name] of namesOf(part).entries()) rows[row][name] = [values].flat()[j] as Cell;
      from += widths[i];
    }
    return rows;
  }

  override toJSON(): PreprocessorJson {
    return { type: this.op, config: {}, state: this.state() };
  }

  protected state(): Record<string, unknown> {
    return { parts: this.parts.map(({ columns, by }) => ({ columns, by: by.toJSON() })), widths: this.#widths };
  }

  protected restore({ widths }: Readonly<Record<string, unknown>>): void {
    if (widths === null || widths === undefined) return;
    if (!Array.isArray(widths) || widths.length !== this.parts.length || !widths.every(Number.isSafeInteger))
      throw this.damaged("its state has no widths");
    this.#widths = widths;
  }

  #beside(method: string, made: readonly Tensor[]): Tensor {
    const op = `${this.op}.${method}`;
    const n = made[0].shape[0];
    const width = made.reduce((sum, { shape }) => sum + shape[1], 0);
    const out = new Float32Array(n * width);
    let from = 0;
    for (const each of made) {
      const [values, own] = [each.view(), each.shape[1]];
      for (let row = 0; row < n; row++) for (let i = 0; i < own; i++) out[row * width + from + i] = values[row * own + i];
      from += own;
    }
    return new Tensor(dataStorage("float32", out, op), Object.freeze([n, width]));
  }
}

/**
 * What a preprocessor makes of a part's columns, as a matrix.
 * @throws ArgumentError that names the column, where a text stands and numbers are taken
 */
function madeBy(op: string, columns: ReadonlyMap<string, readonly Cell[]>, part: ColumnPart, make: (cells: never) => unknown): Tensor {
  const cells = select(op, columns, part);
  try {
    return matrix(part, make(cells as never));
  } catch (error) {
    const { by } = part;
    const first = by instanceof Pipeline ? by.steps[0] : by;
    if (!(first instanceof AffineScaler)) throw error;
    for (const name of namesOf(part)) {
      const row = columns.get(name)?.findIndex((cell) => typeof cell === "string") ?? -1;
      if (row < 0) continue;
      const found = `column "${name}" has ${kindText(columns.get(name)?.[row])} in row ${row}; ${(first.constructor as typeof Preprocessor).declaration.op} takes numbers`;
      throw new ArgumentError(message(op, found, "Give the column to a OneHotEncoder or an OrdinalEncoder."));
    }
    throw error;
  }
}

/** What a preprocessor made, as a matrix. @throws ArgumentError */
function matrix(part: ColumnPart, made: unknown): Tensor {
  if (made instanceof Tensor && made.rank === 1) return made.reshape([made.shape[0], 1]);
  if (made instanceof Tensor && made.rank === 2) return made;
  const found = made instanceof Tensor ? `has shape ${shapeText(made.shape)}` : `is ${kindText(made)}`;
  throw new ArgumentError(message("ColumnTransformer", `what was made of ${namesOf(part).join(", ")} ${found}; expected a matrix`));
}

/** Columns by name. @throws ArgumentError, ShapeError */
function readTable(op: string, given: unknown): Map<string, readonly Cell[]> {
  // By its columns, so that a program without a Table does not carry the class.
  const { columns: own } = (given ?? {}) as { columns?: unknown };
  const table = !isPlain(given) && isPlain(own) ? own : given;
  if (Array.isArray(table) && table.every(isPlain)) {
    if (table.length === 0) throw new ArgumentError(message(op, "the table has no rows"));
    const names = Object.keys(table[0]);
    return new Map(names.map((name) => [name, table.map((row) => row[name] as Cell)]));
  }
  if (!isPlain(table))
    throw new ArgumentError(message(op, `the table is ${kindText(table)}; expected rows [{ name: cell }] or columns { name: cells }`));
  const columns = Object.entries(table).map(
    ([name, cells]) => [name, Array.from((cells instanceof Tensor ? cells.view() : cells) as Cell[])] as const,
  );
  const short = columns.find(([, cells]) => cells.length !== columns[0][1].length);
  if (short !== undefined)
    throw new ShapeError(
      message(op, `column "${short[0]}" has ${short[1].length} cells, column "${columns[0][0]}" ${columns[0][1].length}`),
    );
  return new Map(columns);
}

/** The rows of a part's columns; of texts a list. @throws ArgumentError for a column that there is not */
function select(op: string, columns: ReadonlyMap<string, readonly Cell[]>, part: ColumnPart): unknown {
  const chosen = namesOf(part).map((name) => {
    const found = columns.get(name);
    if (found !== undefined) return found;
    const known = [...columns.keys()];
    throw new ArgumentError(message(op, `the table has no column "${name}"`, `It has ${known.join(", ")}.${didYouMean(name, known)}`));
  });
  if (part.by instanceof TextVectorizer && chosen.length === 1) return chosen[0];
  return chosen[0].map((_, row) => chosen.map((column) => column[row]));
}
