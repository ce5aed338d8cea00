import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import { orderOf } from "../tensor/random.js";
import { underSeed } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import { Classifier } from "./classifier.js";
import { INTERCEPT } from "./linearRegression.js";
import { asTensor, countClasses, fitted, type Rows, readLabels, readRows } from "./samples.js";
import { argmaxOfRows } from "./scores.js";
import { seedOfFit, seedOption } from "./seed.js";

const LINEAR_SVM = declare("LinearSVM", {
  /** C, the weight of the loss beside the penalty, > 0. Default 1. */
  c: number({ default: 1, above: 0, aka: ["C"] }),
  /** "hinge": Σ max(0, 1 − y s); "squaredHinge": Σ max(0, 1 − y s)². Default "squaredHinge". */
  loss: choice(["hinge", "squaredHinge"], { default: "squaredHinge" }),
  ...INTERCEPT,
  /** Passes over the samples at most. Default 1000. */
  maxIterations: count({ default: 1000, aka: ["max_iter", "epochs"] }),
  /** It ends where the gradients of all samples' multipliers are as near as this, > 0. Default 1e-4. */
  tolerance: number({ default: 1e-4, above: 0, aka: ["tol"] }),
  /** Seed of the orders. Default null: one that follows from the seed in force, another for each fit. */
  seed: seedOption,
});

/** Options of `LinearSVM`. */
export interface LinearSVMOptions extends OptionsOf<typeof LINEAR_SVM> {}

type Settings = SettingsOf<typeof LINEAR_SVM>;

interface Machines {
  readonly width: number;
  /** [machines, width + 1], the bias behind the weights. */
  readonly weights: Float64Array;
  readonly count: number;
  readonly converged: boolean;
}

/**
 * A linear support vector machine: the line with the widest margin. With labels y = ±1 and s = w · x + b it makes
 *
 * |w|² / 2 + b² / 2 + C Σ max(0, 1 − y s), or max(0, 1 − y s)²
 *
 * least, by descent in the dual, one multiplier after the other, which comes to the minimum itself. Of more than two classes each has a
 * machine against the rest; the greatest s is predicted. As in LIBLINEAR the bias is penalized, too. Networks are trained on the hinge
 * by `multiclassHinge`.
 * @param options.c C > 0, default 1
 * @param options.loss "hinge" or "squaredHinge", default "squaredHinge"
 * @param options.fitIntercept default true
 * @param options.maxIterations default 1000
 * @param options.tolerance default 1e-4
 * @param options.seed default: one that follows from the seed in force, another for each fit
 * @throws ArgumentError; at `fit` ShapeError, DTypeError
 * @example
 * const svm = await new LinearSVM({ c: 10 }).fit([[0, 0], [0, 1], [3, 0], [3, 1]], [0, 0, 1, 1]);
 * svm.predict([[1, 5], [2, 5]]);    // [0, 1]
 * @see Cortes and Vapnik, Machine Learning 20, 1995; Hsieh et al., ICML 2008
 */
export class LinearSVM extends Classifier {
  readonly #settings: Settings;
  #found: Machines | null = null;

  constructor(options?: LinearSVMOptions);
  constructor() {
    super();
    this.#settings = LINEAR_SVM.read(arguments);
  }

  /** @param x samples [n, features] @param y labels [n] @returns this @throws ShapeError, DTypeError, ArgumentError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    checkArity("LinearSVM.fit", arguments.length, 2);
    const rows = readRows("LinearSVM.fit", x);
    const labels = readLabels("LinearSVM.fit", y, rows.n);
    const classes = countClasses("LinearSVM.fit", labels).length;
    const count = classes === 2 ? 1 : classes;
    const weights = new Float64Array(count * (rows.width + 1));
    let converged = true;
    for (let u = 0; u < count; u++) {
      const signs = Float64Array.from(labels, (label) => (label === (count === 1 ? 1 : u) ? 1 : -1));
      const own = weights.subarray(u * (rows.width + 1), (u + 1) * (rows.width + 1));
      if (!ascend(rows, signs, own, this.#settings)) converged = false;
    }
    this.#found = { width: rows.width, weights, count, converged };
    return this;
  }

  /** The labels of samples, [n], int32. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity("LinearSVM.predict", arguments.length, 1);
    const { count } = this.#of("predict");
    const { scores, n } = this.#scores("predict", x);
    if (count > 1) return argmaxOfRows(scores, n, count);
    return asTensor(
      scores.map((score) => Number(score > 0)),
      [n],
      "int32",
    );
  }

  /** s = w · x + b: [n], or [n, classes] of more than two classes. @throws ShapeError, ArgumentError before `fit` */
  decision(x: TensorLike): Tensor {
    checkArity("LinearSVM.decision", arguments.length, 1);
    const { count } = this.#of("decision");
    const { scores, n, dtype } = this.#scores("decision", x);
    return asTensor(scores, count === 1 ? [n] : [n, count], dtype);
  }

  /** w: [features], or [classes, features] of more than two classes; float64. */
  get coefficients(): Tensor {
    const { width, weights, count } = this.#of("coefficients");
    const values = weights.filter((_, i) => i % (width + 1) < width);
    return asTensor(values, count === 1 ? [width] : [count, width]);
  }

  /** b: [], or [classes] of more than two classes; float64. */
  get intercept(): Tensor {
    const { width, weights, count } = this.#of("intercept");
    const values = weights.filter((_, i) => i % (width + 1) === width);
    return asTensor(values, count === 1 ? [] : [count]);
  }

  /** Whether the last fit ended by the tolerance, for every class. */
  get converged(): boolean {
    return this.#of("converged").converged;
  }

  #scores(member: string, x: TensorLike): { scores: Float64Array; n: number; dtype: Rows["dtype"] } {
    const { width, weights, count } = this.#of(member);
    const { n, values, dtype } = readRows(`LinearSVM.${member}`, x, width);
    const scores = new Float64Array(n * count);
    for (let i = 0; i < n; i++) {
      for (let u = 0; u < count; u++) {
        let sum = weights[u * (width + 1) + width];
        for (let j = 0; j < width; j++) sum += weights[u * (width + 1) + j] * values[i * width + j];
        scores[i * count + u] = sum;
      }
    }
    return { scores, n, dtype };
  }

  #of(member: string): Machines {
    return fitted(`LinearSVM.${member}`, this.#found);
  }
}

/**
 * Dual coordinate descent: w = Σ α_i y_i x_i, where each multiplier α_i in turn is set to its best value within 0 … C, or ≥ 0 of the
 * squared loss. Writes the weights and, behind them, the bias.
 * @returns whether it came within the tolerance
 */
function ascend({ n, width, values }: Rows, signs: Float64Array, w: Float64Array, settings: Settings): boolean {
  const { c, loss, fitIntercept, maxIterations, tolerance } = settings;
  const [most, ridge] = loss === "hinge" ? [c, 0] : [Number.POSITIVE_INFINITY, 1 / (2 * c)];
  const one = Number(fitIntercept);
  const multipliers = new Float64Array(n);
  const squares = new Float64Array(n).fill(ridge + one);
  for (let i = 0; i < values.length; i++) squares[Math.floor(i / width)] += values[i] * values[i];
  const seed = seedOfFit(settings.seed);
  for (let pass = 0; pass < maxIterations; pass++) {
    let [highest, lowest] = [0, 0];
    for (const i of underSeed(seed, () => orderOf(n, pass))) {
      let sum = one * w[width];
      for (let j = 0; j < width; j++) sum += w[j] * values[i * width + j];
      const slope = signs[i] * sum - 1 + ridge * multipliers[i];
      const before = multipliers[i];
      // At an end of its range only a slope that leads inwards counts.
      const inward = before === 0 ? Math.min(slope, 0) : before === most ? Math.max(slope, 0) : slope;
      highest = Math.max(highest, inward);
      lowest = Math.min(lowest, inward);
      if (inward === 0 || squares[i] === 0) continue;
      multipliers[i] = Math.min(Math.max(before - slope / squares[i], 0), most);
      const change = (multipliers[i] - before) * signs[i];
      for (let j = 0; j < width; j++) w[j] += change * values[i * width + j];
      w[width] += change * one;
    }
    if (highest - lowest <= tolerance) return true;
  }
  return false;
}
