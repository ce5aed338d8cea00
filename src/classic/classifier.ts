import { checkArity } from "../options/arity.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { readLabels, readRows } from "./samples.js";

/** What tells classes from samples [n, features]. Labels are 0, 1, 2, … */
export abstract class Classifier {
  /** @param x samples [n, features] @param y labels [n] @returns this */
  abstract fit(x: TensorLike, y: TensorLike): Promise<this>;

  /** The labels of samples, [n], int32. */
  abstract predict(x: TensorLike): Tensor;

  /**
   * The share of samples whose label is predicted.
   * @param x samples [n, features] @param y labels [n]
   * @throws ShapeError, DTypeError, ArgumentError before `fit`
   */
  score(x: TensorLike, y: TensorLike): number {
    checkArity("score", arguments.length, 2);
    const found = this.predict(x).view();
    const { n } = readRows("score", x);
    const wanted = readLabels("score", y, n);
    return wanted.reduce((hits, label, i) => hits + Number(found[i] === label), 0) / n;
  }
}
