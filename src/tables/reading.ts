import type { Cell } from "../data/cells.js";
import type { ColumnTransformer } from "../data/columnTransformer.js";
import { OneHotEncoder } from "../data/oneHotEncoder.js";
import { ArgumentError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Columns } from "./columns.js";
import { cleaned, HOLE } from "./features.js";
import type { ColumnPlan } from "./kinds.js";

/** A cell that cannot be read as its column's kind. */
export interface Odd {
  count: number;
  /** The first one. */
  readonly row: number;
  readonly cell: unknown;
}

/** What does not stand in a table as its model expects it. */
export interface Surprises {
  /** Columns of the model that the table lacks. */
  readonly lacking: readonly string[];
  /** Categories that the model does not know, by column, with their counts. */
  readonly unknown: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Cells that cannot be read as their column's kind, by column. */
  readonly unreadable: ReadonlyMap<string, Odd>;
}

/** Reads tables as a model was trained on them, and remembers what was not as expected. */
export class Reading {
  readonly #unknown = new Map<string, Map<string, number>>();
  readonly #unreadable = new Map<string, Odd>();
  #lacking: readonly string[] = [];

  /**
   * @param op the name in errors
   * @param missing what becomes of a column that a table lacks, and of a cell that cannot be read where all could in the training data
   * @param firstRow the number of a table's first row
   */
  constructor(
    private readonly op: string,
    private readonly features: readonly ColumnPlan[],
    private readonly preprocessing: ColumnTransformer,
    private readonly missing: "error" | "impute",
    private readonly firstRow = 0,
  ) {}

  get surprises(): Surprises {
    return { lacking: this.#lacking, unknown: this.#unknown, unreadable: this.#unreadable };
  }

  /** The rows of a table as the network takes them. @throws ArgumentError for a column that it lacks, and for a cell that cannot be read */
  matrix(columns: Columns): Tensor {
    this.#lacking = this.features.map(({ name }) => name).filter((name) => !columns.cells.has(name));
    if (this.#lacking.length > 0 && this.missing === "error") throw this.#lack(columns.names);
    const clean = cleaned(columns, this.features, (column, row, cell) => this.#odd(column, row, cell));
    this.#noteUnknown(clean);
    return this.preprocessing.transform(clean as never);
  }

  /** A cell that cannot be read counts as missing where it did so in the training data, too, as the plan tells. */
  #odd({ name, kind, unreadable }: ColumnPlan, row: number, cell: unknown): void {
    if (this.missing === "error" && unreadable === 0) {
      const problem = `column "${name}" is ${kindText(cell)} in row ${this.firstRow + row}; expected a ${kind}, as among the training data`;
      throw new ArgumentError(message(this.op, problem, 'With missing "impute" it counts as missing.'));
    }
    const found = this.#unreadable.get(name);
    if (found === undefined) this.#unreadable.set(name, { count: 1, row: this.firstRow + row, cell });
    else found.count++;
  }

  #noteUnknown(clean: Readonly<Record<string, readonly (Cell | null)[]>>): void {
    for (const { columns: name, by } of this.preprocessing.parts) {
      if (!(by instanceof OneHotEncoder) || typeof name !== "string") continue;
      const known = new Set<unknown>(by.categories[0]);
      for (const cell of clean[name]) {
        if (known.has(cell) || cell === HOLE) continue;
        const counts = this.#unknown.get(name) ?? new Map<string, number>();
        counts.set(String(cell), (counts.get(String(cell)) ?? 0) + 1);
        this.#unknown.set(name, counts);
      }
    }
  }

  #lack(names: readonly string[]): ArgumentError {
    const [first] = this.#lacking;
    const listed = this.#lacking.map((name) => `"${name}"`).join(", ");
    const problem = `the table has no ${this.#lacking.length === 1 ? "column" : "columns"} ${listed}, which the model was trained on; it has ${names.join(", ")}`;
    const mend = `Add ${this.#lacking.length === 1 ? "it" : "them"}, or choose missing "impute", which fills in what is usual in the training data.`;
    return new ArgumentError(message(this.op, problem, `${mend}${didYouMean(first, names)}`));
  }
}
