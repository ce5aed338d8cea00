import { IndexError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare } from "../options/declare.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { CategoryEncoder } from "./categories.js";
import type { Cell, Cells } from "./cells.js";

const LABEL_ENCODER = declare("LabelEncoder", {});

/**
 * Numbers the classes of targets, 0, 1, 2, …, in their order: what `crossEntropy` and the metrics take. As scikit-learn's LabelEncoder.
 * Shape:     a list [n] of texts, numbers or bools → [n], int32
 *
 * @throws ArgumentError for what is missing and for an unknown class; ShapeError for rows
 * @example
 * const encoder = new LabelEncoder().fit(["cat", "dog", "cat"]);
 * encoder.transform(["dog", "cat"]);   // [1, 0]
 */
export class LabelEncoder extends CategoryEncoder<typeof LABEL_ENCODER> {
  static override readonly declaration = LABEL_ENCODER;

  constructor() {
    super(arguments.length);
  }

  /** The classes in the order of their numbers. @throws ArgumentError before `fit` */
  get classes(): readonly Cell[] {
    return this.categories[0];
  }

  protected override get refusal(): string {
    return "Fit it to all classes.";
  }

  override fit(labels: Cells): this {
    checkArity("fit", arguments.length, 1);
    this.#checkList("fit", labels);
    return super.fit(labels);
  }

  transform(labels: Cells): Tensor {
    checkArity("transform", arguments.length, 1);
    const op = `${this.op}.transform`;
    this.needFit("transform");
    this.#checkList("transform", labels);
    const { n, numbers } = this.numbers(op, labels);
    const found = numbers[0] ?? new Int32Array(0);
    return new Tensor(dataStorage("int32", found as Int32Array<ArrayBuffer>, op), Object.freeze([n]));
  }

  /** The classes of numbers. @throws ShapeError, IndexError for a number that stands for none */
  override inverse(numbers: Tensor): Cell[] {
    checkArity("inverse", arguments.length, 1);
    const op = `${this.op}.inverse`;
    this.needFit("inverse");
    if (!(numbers instanceof Tensor) || numbers.rank !== 1) {
      const found = numbers instanceof Tensor ? `have shape ${shapeText(numbers.shape)}` : `are ${kindText(numbers)}`;
      throw new ShapeError(message(op, `the numbers ${found}; expected a tensor [n]`, "Take argmax(1) of predictions."));
    }
    return Array.from(numbers.view(), (number) => {
      const label = this.classes[number];
      if (label !== undefined) return label;
      throw new IndexError(message(op, `${kindText(number)} stands for no class; expected 0 … ${this.classes.length - 1}`));
    });
  }

  #checkList(method: string, labels: unknown): void {
    const isRows = labels instanceof Tensor ? labels.rank !== 1 : Array.isArray(labels) && Array.isArray(labels[0]);
    if (isRows)
      throw new ShapeError(message(`${this.op}.${method}`, "the labels are rows; expected a list [n]", "Use OrdinalEncoder for rows."));
  }
}
