import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import type { AnyDeclaration } from "../options/declare.js";
import { option } from "../options/option.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Cell, type Cells, categoriesOf, checkWidth, columnsOf, isCell, unknownCell } from "./cells.js";
import { Preprocessor } from "./preprocessor.js";

/** The categories of each column. */
export type Categories = readonly (readonly Cell[])[];

export const CATEGORIES = {
  /** The categories of each column, in their order. Default null: those of the training data, numbers by size, texts by code units. */
  categories: option<Categories, { default: null }>("a list of categories for each column", isCategories, { default: null }),
};

function isCategories(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((list) => Array.isArray(list) && list.length > 0 && list.every(isCell));
}

/** A preprocessor of cells that knows the categories of each column. */
export abstract class CategoryEncoder<D extends AnyDeclaration> extends Preprocessor<Cells, Tensor, D> {
  #categories: Categories | null = null;
  /** Whether the training data were a list, which is one column. */
  protected isFlat = false;

  /** The categories of each column, in the order of their numbers. @throws ArgumentError before `fit` */
  get categories(): Categories {
    this.needFit("categories");
    return this.#categories as Categories;
  }

  /** The categories that were given as an option. */
  get #given(): Categories | null {
    return (this.settings as unknown as { categories?: Categories | null }).categories ?? null;
  }

  get fitted(): boolean {
    return this.#categories !== null;
  }

  /** What may be done about a cell that is in no category; null where one is taken. */
  protected abstract get refusal(): string | null;

  fit(x: Cells): this {
    checkArity("fit", arguments.length, 1);
    const op = `${this.op}.fit`;
    const { n, columns, isFlat } = columnsOf(op, x);
    if (n === 0) throw new ArgumentError(message(op, "x has no samples"));
    const given = this.#given;
    if (given !== null) {
      checkWidth(op, columns, given.length);
      const twice = given.find((list) => new Set(list).size < list.length);
      if (twice !== undefined)
        throw new ArgumentError(message(op, `of the categories ${twice.map((each) => kindText(each)).join(", ")} one stands there twice`));
      this.#numbered(op, columns, given);
    }
    this.take(given ?? columns.map((column) => categoriesOf(op, column)), isFlat);
    return this;
  }

  protected take(categories: Categories, isFlat: boolean): void {
    this.#categories = categories;
    this.isFlat = isFlat;
  }

  /** The number of each cell's category, column by column; −1 for one that is not known. @throws ArgumentError where none is to be taken */
  protected numbers(op: string, x: Cells): { n: number; numbers: readonly Int32Array[] } {
    const { n, columns } = columnsOf(op, x);
    if (n > 0) checkWidth(op, columns, this.categories.length);
    return { n, numbers: this.#numbered(op, columns, this.categories) };
  }

  #numbered(op: string, columns: readonly (readonly Cell[])[], categories: Categories): Int32Array[] {
    const { refusal } = this;
    const among = this.#given === null ? "the training data" : "the categories";
    return columns.map((column, i) => {
      const known = new Map(categories[i].map((category, number) => [category, number]));
      return Int32Array.from(column, (cell) => {
        const number = known.get(cell) ?? -1;
        if (number < 0 && refusal !== null) throw unknownCell(op, cell, categories[i], refusal, among);
        return number;
      });
    });
  }

  /** Cells as they were given to `fit`: rows, or the list of one column. */
  protected cells(n: number, cell: (row: number, column: number) => Cell): Cells {
    if (this.isFlat) return Array.from({ length: n }, (_, row) => cell(row, 0));
    return Array.from({ length: n }, (_, row) => this.categories.map((_, column) => cell(row, column)));
  }

  protected state(): Record<string, unknown> {
    return { categories: this.#categories, isFlat: this.isFlat };
  }

  protected restore({ categories, isFlat }: Readonly<Record<string, unknown>>): void {
    if (!isCategories(categories) || typeof isFlat !== "boolean") throw this.damaged("its state has no categories and isFlat");
    this.take(categories as Categories, isFlat);
  }
}
