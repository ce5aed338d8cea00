import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, flag } from "../options/kinds.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { CATEGORIES, CategoryEncoder } from "./categories.js";
import { type Cell, type Cells, matrixOf } from "./cells.js";

const ONE_HOT_ENCODER = declare("OneHotEncoder", {
  ...CATEGORIES,
  /** What becomes of a category that is not known: an error, or zeros. Default "error". */
  unknown: choice(["error", "ignore"], { default: "error", aka: ["handleUnknown"] }),
  /** Whether the first category of each column has no place, since the others tell it. Default false. */
  dropFirst: flag({ default: false, aka: ["drop"] }),
});

/** Options of `OneHotEncoder`. */
export interface OneHotEncoderOptions extends OptionsOf<typeof ONE_HOT_ENCODER> {}

/**
 * Gives each category of each column a place of its own, which is 1 where it stands and 0 elsewhere. As scikit-learn's OneHotEncoder.
 * Shape:     a list [n] or rows [n][columns] of texts, numbers or bools → [n, sum of the columns' categories], float32
 *
 * @param options.categories the categories of each column, default those of the training data in order
 * @param options.unknown what becomes of others: "error" or "ignore", which gives zeros; default "error"
 * @param options.dropFirst whether the first category has no place, default false
 * @throws ArgumentError for an option, for what is missing, and for an unknown category; ShapeError for another number of columns
 * @example
 * const encoder = new OneHotEncoder().fit([["red", 1], ["blue", 2]]);
 * encoder.transform([["red", 2]]);   // [[0, 1, 0, 1]]
 */
export class OneHotEncoder extends CategoryEncoder<typeof ONE_HOT_ENCODER> {
  static override readonly declaration = ONE_HOT_ENCODER;

  constructor(options?: OneHotEncoderOptions) {
    super(arguments.length, options);
  }

  /** Where each column begins, and behind the last the number of places. */
  get #places(): number[] {
    const places = [0];
    for (const { length } of this.categories) places.push(places[places.length - 1] + length - this.#dropped);
    return places;
  }

  get #dropped(): number {
    return Number(this.settings.dropFirst);
  }

  protected override get refusal(): string | null {
    return this.settings.unknown === "error" ? 'With { unknown: "ignore" } it becomes zeros.' : null;
  }

  transform(x: Cells): Tensor {
    checkArity("transform", arguments.length, 1);
    const op = `${this.op}.transform`;
    this.needFit("transform");
    const { n, numbers } = this.numbers(op, x);
    const places = this.#places;
    const width = places[places.length - 1];
    const out = new Float32Array(n * width);
    for (const [i, column] of numbers.entries()) {
      for (let row = 0; row < n; row++) {
        const number = column[row];
        if (number >= this.#dropped) out[row * width + places[i] + number - this.#dropped] = 1;
      }
    }
    return new Tensor(dataStorage("float32", out, op), Object.freeze([n, width]));
  }

  /** The categories of the greatest number of each column. @throws ShapeError, ArgumentError for zeros alone, which stand for no category */
  override inverse(z: Tensor): Cells {
    checkArity("inverse", arguments.length, 1);
    const op = `${this.op}.inverse`;
    this.needFit("inverse");
    const places = this.#places;
    const width = places[places.length - 1];
    const { n, values } = matrixOf(op, z, width);
    return this.cells(n, (row, column) => this.#greatest(op, values, row * width + places[column], column));
  }

  #greatest(op: string, values: ArrayLike<number>, from: number, column: number): Cell {
    const categories = this.categories[column];
    let [best, most] = [this.settings.dropFirst ? 0 : -1, 0];
    for (let i = this.#dropped; i < categories.length; i++) {
      const value = values[from + i - this.#dropped];
      if (value > most) [best, most] = [i, value];
    }
    if (best < 0) throw new ArgumentError(message(op, `column ${column} has a row without a number above 0, which stands for no category`));
    return categories[best];
  }
}
