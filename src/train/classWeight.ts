import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Loss } from "../nn/losses.js";
import { labelWeights } from "../ops/crossEntropy.js";
import { wholeNumbers } from "../ops/indices.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { tensor } from "../tensor/creation.js";
import { isFloating } from "../tensor/dtype.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** How much each class counts, by label; 1 for labels that are not named. */
export type ClassWeight = Record<number, number> | readonly number[];

/** The option that holds weights of classes. */
export const classWeightOption = option<ClassWeight, { readonly mend: (value: unknown) => string | undefined }>(
  "{ label: weight } or an array with a weight for each class, numbers ≥ 0",
  (value) => (Array.isArray(value) ? value.every(isWeight) : isPlain(value) && Object.entries(value).every(isEntry)),
  {
    mend: (value: unknown) => {
      const wrong = typeof value === "object" && value !== null ? Object.entries(value).find((entry) => !isEntry(entry)) : undefined;
      return wrong === undefined ? undefined : `Look at ${wrong[0]}: ${String(wrong[1])}.`;
    },
  },
);

function isWeight(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Infinity;
}

/** Labels are whole numbers from 0. */
function isEntry([label, weight]: [string, unknown]): boolean {
  return /^\d+$/.test(label) && isWeight(weight);
}

/** A label that no class has. */
const NEVER = -1;
const SAMPLES = "Weigh the samples instead: { x, y, weight }.";

/** Weights of classes beside a loss. The first output tells how many classes there are. */
export class ClassWeights {
  /** [classes] */
  #table: Tensor | null = null;

  /** @throws ArgumentError for a loss whose targets are no classes */
  constructor(
    private readonly op: string,
    private readonly loss: Loss,
    private readonly weights: ClassWeight,
  ) {
    if (loss.targets !== "values" || loss.squashing === "sigmoid") return;
    throw new ArgumentError(
      message(op, `classWeight is given, but the targets of ${loss.name || "the loss"} are values, not classes`, SAMPLES),
    );
  }

  /**
   * The weight of each label. Of one-hot or soft rows the most probable class counts.
   * @returns one for each label
   * @throws ArgumentError for weights that do not fit the output's classes, IndexError, DTypeError for targets that are no labels
   */
  of(output: Tensor, target: Tensor): Tensor {
    const { op, loss } = this;
    const table = this.#tableFor(output);
    // Beside a single column stand probabilities of class 1.
    if (loss.squashing === "sigmoid")
      return target
        .cast(output.dtype)
        .gt(0.5)
        .where(table.slice([[1, 2]]), table.slice([[0, 1]]));
    const areRows = isFloating(target.dtype) && output.rank > 1 && output.shape[1] > 1 && sameShape(target.shape, output.shape);
    const labels = areRows ? target.argmax(1) : wholeNumbers(op, "the labels that classWeight weighs", target);
    return labelWeights(labels, table, { op: `${op}: classWeight`, ignoreIndex: loss.ignoreIndex ?? NEVER, dtype: output.dtype });
  }

  #tableFor({ rank, shape, dtype }: Tensor): Tensor {
    const columns = rank < 2 ? 1 : shape[1];
    if (columns > 1 && this.loss.squashing === "sigmoid") {
      const problem = `classWeight is given, but each of the ${columns} columns is a yes-or-no class of its own`;
      throw new ArgumentError(message(this.op, problem, 'Write loss: { name: "binaryCrossEntropy", posWeight } instead.'));
    }
    const classes = columns > 1 ? columns : 2;
    if (this.#table?.size === classes) return this.#table;
    this.#check(classes);
    const weights = this.weights as Record<number, number>;
    const table = Float64Array.from({ length: classes }, (_, label) => weights[label] ?? 1);
    if (table.every((weight) => weight === 0)) {
      throw new ArgumentError(message(this.op, `classWeight is 0 for each of the ${classes} classes, so nothing counts`));
    }
    this.#table = tensor(table, { dtype });
    return this.#table;
  }

  #check(classes: number): void {
    const { op, weights } = this;
    if (Array.isArray(weights) && weights.length !== classes) {
      throw new ArgumentError(message(op, `classWeight has ${weights.length} weights; the model tells ${classes} classes apart`));
    }
    const beyond = Object.keys(weights).find((label) => Number(label) >= classes);
    if (beyond === undefined) return;
    throw new ArgumentError(message(op, `classWeight has a weight for class ${beyond}; the classes are 0 … ${classes - 1}`));
  }
}
