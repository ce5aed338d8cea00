import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { checkParts, type Part, type Some, takeRows } from "../io/dataset.js";
import { flag, number } from "../options/kinds.js";
import { Tensor } from "../tensor/tensor.js";

/** What is trained on, and what the result is measured on. */
export interface Fold<T> {
  readonly train: T;
  readonly validation: T;
}

/** Of a number of samples their numbers, of { x, y, … } the same parts with a selection of the samples. */
export type Selected<T> = T extends number ? Int32Array : Some<T>;

/** Samples that are to be divided: their number, or { x, y, … }. */
export type Divisible<T> = number | Record<keyof T, Part>;

/** One label for each sample: numbers or texts. */
export type Labels = Tensor | ArrayLike<number> | readonly string[];

/** Options of all that divide in folds. */
export const FOLDS = {
  /** The number of folds, a whole number ≥ 2. Default 5. */
  folds: number({ default: 5, min: 2, whole: true, aka: ["nSplits", "k", "splits", "numFolds"] }),
};

/** Options of those that may shuffle. */
export const SHUFFLED = {
  ...FOLDS,
  /** Whether the samples are shuffled first. Default false. */
  shuffle: flag({ default: false }),
  /** Seed of the order, a whole number from 0 to 2⁵³ − 1; `manualSeed` has no influence. Default 0. */
  seed: number({ default: 0, min: 0, whole: true, aka: ["randomState"] }),
};

/** Samples to be divided in folds. */
export class Divided<T> {
  readonly n: number;
  readonly #parts: ReturnType<typeof checkParts>["parts"] | null;

  /** @throws ArgumentError, ShapeError */
  constructor(
    private readonly op: string,
    data: unknown,
  ) {
    if (typeof data === "number") {
      if (!Number.isSafeInteger(data) || data < 1)
        throw new ArgumentError(message(op, `the number of samples is ${data}; expected a whole number ≥ 1, or { x, y }`));
      this.n = data;
      this.#parts = null;
      return;
    }
    const { parts, n } = checkParts(op, data as object);
    this.n = n;
    this.#parts = parts;
  }

  /** The labels that were given, else those in the part y. @throws ArgumentError, ShapeError unless there is one for each sample */
  labels(what: string, given: Labels | null): ArrayLike<number | string> {
    const found = given ?? this.#parts?.get("y");
    const labels = found instanceof Tensor && found.rank === 1 ? found.view() : found;
    if (typeof labels !== "object" || labels instanceof Tensor || typeof labels?.length !== "number") {
      const text = labels instanceof Tensor ? `have shape ${shapeText(labels.shape)}` : `are ${kindText(labels)}`;
      throw new ArgumentError(message(this.op, `the ${what} ${text}; expected a list with one for each sample, [${this.n}]`));
    }
    if (labels.length === this.n) return labels as ArrayLike<number | string>;
    throw new ShapeError(message(this.op, `there are ${this.n} samples, but ${labels.length} ${what}`));
  }

  /** The folds of a rule, which can be walked again and again. @param rows gives the samples of each part */
  folds(rows: () => Iterable<Fold<Int32Array>>): Iterable<Fold<Selected<T>>> {
    const select = (some: Int32Array): Selected<T> => (this.#parts === null ? some : takeRows(this.#parts, some)) as unknown as Selected<T>;
    return {
      *[Symbol.iterator]() {
        for (const { train, validation } of rows()) yield { train: select(train), validation: select(validation) };
      },
    };
  }
}

/** Folds of which each in its turn is for validation. @param fold the fold of each sample */
export function* eachInTurn(fold: ArrayLike<number>, folds: number, order?: Int32Array): Generator<Fold<Int32Array>> {
  const rows = order ?? Int32Array.from(fold, (_, i) => i);
  for (let i = 0; i < folds; i++) {
    yield { train: rows.filter((row) => fold[row] !== i), validation: rows.filter((row) => fold[row] === i) };
  }
}
