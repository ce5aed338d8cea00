import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { count, flag, number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import { orderOf } from "../tensor/random.js";
import { underSeed } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import { Classifier } from "./classifier.js";
import { asTensor, countClasses, fitted, type Rows, readLabels, readRows } from "./samples.js";
import { seedOfFit, seedOption } from "./seed.js";

const PERCEPTRON = declare("Perceptron", {
  /** How far a mistake moves the weights, > 0. From weights of 0 it only scales them. Default 1. */
  learningRate: number({ default: 1, above: 0, aka: ["eta0", "lr", "alpha"] }),
  /** Passes over the samples at most; it ends before if one makes no mistake. Default 1000. */
  epochs: count({ default: 1000, aka: ["max_iter", "maxIterations"] }),
  /** Whether there is a threshold, which is learned as −bias. Default true. */
  fitIntercept: flag({ default: true, aka: ["fit_intercept", "bias"] }),
  /** Whether each pass takes the samples in another order. Default false. */
  shuffle: flag({ default: false }),
  /** Whether `history` keeps the weights after each mistake. Default false. */
  keepHistory: flag({ default: false }),
  /** Seed of the orders. Default null: one that follows from the seed in force, another for each fit. */
  seed: seedOption,
});

/** Options of `Perceptron`. */
export interface PerceptronOptions extends OptionsOf<typeof PERCEPTRON> {}

/** Units with their thresholds: unit u says w_u · x + b_u. */
interface Units {
  readonly width: number;
  /** [units, width + 1], the bias behind the weights. */
  readonly weights: Float64Array;
  readonly count: number;
  readonly mistakes: number;
  readonly epochs: number;
  readonly converged: boolean;
  readonly history: readonly Float64Array[];
}

/**
 * Rosenblatt's perceptron: a threshold unit that says 1 if w · x + b > 0 and else 0 (Heaviside, 0 at 0), and learns by its mistakes:
 *
 * w ← w + α (d − y) x,   b ← b + α (d − y)
 *
 * On two classes that a hyperplane separates it makes finitely many mistakes: at most (R/γ)² for samples within a ball of radius R and
 * a margin γ. On others, such as XOR, it never ends: `converged` stays false. More than two classes have a unit each, which learns its
 * class against the rest; the greatest w · x + b is predicted.
 *
 * In weight space each sample is a hyperplane through 0, and a solution lies on the right side of all; with `keepHistory` the path of
 * the weights to it can be drawn.
 * @param options.learningRate α > 0, default 1
 * @param options.epochs at most, default 1000
 * @param options.fitIntercept default true
 * @param options.shuffle default false
 * @param options.keepHistory default false
 * @param options.seed of the orders; default: one that follows from the seed in force
 * @throws ArgumentError; at `fit` ShapeError, DTypeError, IndexError
 * @example
 * const and = await new Perceptron().fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]);
 * and.converged;                      // true
 * and.predict([[1, 1], [0, 1]]);      // [1, 0]
 *
 * @see Rosenblatt, Psychological Review 65, 1958; Novikoff, On convergence proofs for perceptrons, 1962
 */
export class Perceptron extends Classifier {
  readonly #settings: SettingsOf<typeof PERCEPTRON>;
  #units: Units | null = null;

  constructor(options?: PerceptronOptions);
  constructor() {
    super();
    this.#settings = PERCEPTRON.read(arguments);
  }

  /** @param x samples [n, features] @param y labels [n] @returns this @throws ShapeError, DTypeError, IndexError, ArgumentError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    checkArity("Perceptron.fit", arguments.length, 2);
    const rows = readRows("Perceptron.fit", x);
    const labels = readLabels("Perceptron.fit", y, rows.n);
    const classes = countClasses("Perceptron.fit", labels).length;
    this.#units = learn(rows, labels, classes === 2 ? 1 : classes, this.#settings);
    return this;
  }

  /** Labels, [n], int32. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity("Perceptron.predict", arguments.length, 1);
    const { width, weights, count } = this.#found();
    const rows = readRows("Perceptron.predict", x, width);
    const labels = Int32Array.from({ length: rows.n }, (_, i) => {
      if (count === 1) return Number(says(rows, i, weights, 0) > 0);
      let best = 0;
      for (let u = 1; u < count; u++) if (says(rows, i, weights, u) > says(rows, i, weights, best)) best = u;
      return best;
    });
    return asTensor(labels, [rows.n], "int32");
  }

  /** The weights, [features], or [classes, features] of more than two classes; float64. */
  get weights(): Tensor {
    const { width, weights, count } = this.#found();
    const values = weights.filter((_, i) => i % (width + 1) < width);
    return asTensor(values, count === 1 ? [width] : [count, width]);
  }

  /** The biases, [] or [classes], float64. */
  get bias(): Tensor {
    const { width, weights, count } = this.#found();
    const values = weights.filter((_, i) => i % (width + 1) === width);
    return asTensor(values, count === 1 ? [] : [count]);
  }

  /** Mistakes made while learning, each of which moved weights. */
  get mistakes(): number {
    return this.#found().mistakes;
  }

  /** Passes over the samples. */
  get epochs(): number {
    return this.#found().epochs;
  }

  /** Whether the last pass made no mistake. */
  get converged(): boolean {
    return this.#found().converged;
  }

  /**
   * Weights and, behind them, the bias before the first mistake and after each, [mistakes + 1, features + 1]; of more than two classes
   * [mistakes + 1, classes · (features + 1)].
   * @throws ArgumentError unless it was made with `keepHistory`
   */
  get history(): Tensor {
    const { history } = this.#found();
    if (history.length === 0)
      throw new ArgumentError(message("Perceptron.history", "it was not kept", "Make it with { keepHistory: true }."));
    return asTensor(
      history.flatMap((weights) => [...weights]),
      [history.length, history[0].length],
    );
  }

  #found(): Units {
    return fitted("Perceptron", this.#units);
  }
}

function learn(rows: Rows, labels: Int32Array, count: number, settings: SettingsOf<typeof PERCEPTRON>): Units {
  const { n, width, values } = rows;
  const weights = new Float64Array(count * (width + 1));
  const history: Float64Array[] = settings.keepHistory ? [weights.slice()] : [];
  const seed = seedOfFit(settings.seed);
  let [mistakes, epochs, converged] = [0, 0, false];
  while (epochs < settings.epochs && !converged) {
    const order = settings.shuffle ? underSeed(seed, () => orderOf(n, epochs)) : null;
    const before = mistakes;
    for (let step = 0; step < n; step++) {
      const i = order === null ? step : order[step];
      for (let u = 0; u < count; u++) {
        const wanted = Number(count === 1 ? labels[i] === 1 : labels[i] === u);
        const error = wanted - Number(says(rows, i, weights, u) > 0);
        if (error === 0) continue;
        const at = u * (width + 1);
        for (let j = 0; j < width; j++) weights[at + j] += settings.learningRate * error * values[i * width + j];
        if (settings.fitIntercept) weights[at + width] += settings.learningRate * error;
        mistakes++;
        if (settings.keepHistory) history.push(weights.slice());
      }
    }
    epochs++;
    converged = mistakes === before;
  }
  return { width, weights, count, mistakes, epochs, converged, history };
}

/** w_u · x_i + b_u. */
function says({ width, values }: Rows, i: number, weights: Float64Array, u: number): number {
  const at = u * (width + 1);
  let sum = weights[at + width];
  for (let j = 0; j < width; j++) sum += weights[at + j] * values[i * width + j];
  return sum;
}
