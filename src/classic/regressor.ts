import { checkArity } from "../options/arity.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { readRows, readTargets } from "./samples.js";

/** What predicts numbers from samples [n, features]. */
export abstract class Regressor {
  /** @param x samples [n, features] @param y targets [n] or [n, outputs] @returns this */
  abstract fit(x: TensorLike, y: TensorLike): Promise<this>;

  /** Predictions of the targets' shape. */
  abstract predict(x: TensorLike): Tensor;

  /**
   * R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)², the mean over outputs: 1 is perfect, 0 as good as the mean. Of targets that do not vary it is 1 if
   * they are met, else 0.
   * @param x samples [n, features] @param y targets [n] or [n, outputs]
   * @throws ShapeError, ArgumentError before `fit`
   */
  score(x: TensorLike, y: TensorLike): number {
    checkArity("score", arguments.length, 2);
    const found = this.predict(x).view();
    const { n } = readRows("score", x);
    const { values, width } = readTargets("score", y, n);
    let sum = 0;
    for (let j = 0; j < width; j++) {
      let mean = 0;
      for (let i = 0; i < n; i++) mean += values[i * width + j] / n;
      let [left, spread] = [0, 0];
      for (let i = j; i < n * width; i += width) {
        left += (values[i] - found[i]) * (values[i] - found[i]);
        spread += (values[i] - mean) * (values[i] - mean);
      }
      sum += spread > 0 ? 1 - left / spread : Number(left === 0);
    }
    return sum / width;
  }
}
