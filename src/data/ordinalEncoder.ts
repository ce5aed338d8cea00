import { IndexError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { CATEGORIES, CategoryEncoder } from "./categories.js";
import { type Cells, matrixOf } from "./cells.js";

const ORDINAL_ENCODER = declare("OrdinalEncoder", {
  ...CATEGORIES,
  /** The number of a category that is not known. Default null: it is an error. */
  unknownValue: number({ default: null, whole: true, aka: ["handleUnknown"] }),
});

/** Options of `OrdinalEncoder`. */
export interface OrdinalEncoderOptions extends OptionsOf<typeof ORDINAL_ENCODER> {}

/**
 * Numbers the categories of each column, 0, 1, 2, …: for those that have an order, as "low", "mid", "high", and for `Embedding`. As
 * scikit-learn's OrdinalEncoder.
 * Shape:     a list [n] or rows [n][columns] of texts, numbers or bools → [n, columns], float32
 *
 * @param options.categories the categories of each column, in their order; default those of the training data, numbers by size, texts by code units
 * @param options.unknownValue the number of others, default null: an error
 * @throws ArgumentError for an option, for what is missing, and for an unknown category; ShapeError for another number of columns
 * @example
 * const encoder = new OrdinalEncoder({ categories: [["low", "mid", "high"]] });
 * encoder.fitTransform(["high", "low"]);   // [[2], [0]]
 */
export class OrdinalEncoder extends CategoryEncoder<typeof ORDINAL_ENCODER> {
  static override readonly declaration = ORDINAL_ENCODER;

  constructor(options?: OrdinalEncoderOptions) {
    super(arguments.length, options);
  }

  protected override get refusal(): string | null {
    return this.settings.unknownValue === null ? "With { unknownValue: -1 } it becomes −1." : null;
  }

  transform(x: Cells): Tensor {
    checkArity("transform", arguments.length, 1);
    const op = `${this.op}.transform`;
    this.needFit("transform");
    const { n, numbers } = this.numbers(op, x);
    const width = this.categories.length;
    const out = new Float32Array(n * width);
    for (const [i, column] of numbers.entries()) {
      for (let row = 0; row < n; row++) {
        out[row * width + i] = column[row] < 0 ? Number(this.settings.unknownValue) : column[row];
      }
    }
    return new Tensor(dataStorage("float32", out, op), Object.freeze([n, width]));
  }

  /** The categories of numbers. @throws ShapeError, IndexError for a number that stands for none */
  override inverse(z: Tensor): Cells {
    checkArity("inverse", arguments.length, 1);
    const op = `${this.op}.inverse`;
    this.needFit("inverse");
    const width = this.categories.length;
    const { n, values } = matrixOf(op, z, width);
    return this.cells(n, (row, column) => {
      const found = this.categories[column][values[row * width + column]];
      if (found !== undefined) return found;
      throw new IndexError(message(op, `${kindText(values[row * width + column])} in column ${column} stands for no category`));
    });
  }
}
