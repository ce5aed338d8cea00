import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, count } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { Classifier } from "./classifier.js";
import { Regressor } from "./regressor.js";
import { asTensor, checkAtMost, countClasses, fitted, type Rows, readLabels, readRows, readTargets, type Targets } from "./samples.js";
import { argmaxOfRows } from "./scores.js";

const NEIGHBORS = {
  /** How many samples are asked, ≥ 1 and at most as many as were fitted. Default 5. */
  k: count({ default: 5, aka: ["n_neighbors", "neighbors", "neighbours"] }),
  /** Whether all count alike ("uniform"), or by the inverse of their distance ("distance"). Default "uniform". */
  weights: choice(["uniform", "distance"], { default: "uniform" }),
  /** "euclidean" or "manhattan". Default "euclidean". */
  metric: choice(["euclidean", "manhattan"], { default: "euclidean" }),
};

const CLASSIFIER = declare("KNearestNeighborsClassifier", NEIGHBORS);

/** Options of `KNearestNeighborsClassifier`. */
export interface KNearestNeighborsOptions extends OptionsOf<typeof CLASSIFIER> {}

type Settings = SettingsOf<typeof CLASSIFIER>;

/**
 * k nearest neighbours: the class that most of the k nearest samples have; of several the least label. It learns nothing and remembers
 * all, a baseline. Features should be of one scale.
 * @param options.k default 5
 * @param options.weights "uniform" or "distance", default "uniform"
 * @param options.metric "euclidean" or "manhattan", default "euclidean"
 * @throws ArgumentError, also at `fit` for fewer samples than k; ShapeError, DTypeError
 * @example
 * const nearest = await new KNearestNeighborsClassifier({ k: 1 }).fit([[0], [1], [8], [9]], [0, 0, 1, 1]);
 * nearest.predict([[2], [7]]);    // [0, 1]
 * @see Cover and Hart, IEEE Trans. Inf. Theory 13, 1967
 */
export class KNearestNeighborsClassifier extends Classifier {
  readonly #settings: Settings;
  #known: { rows: Rows; labels: Int32Array; classes: number } | null = null;

  constructor(options?: KNearestNeighborsOptions);
  constructor() {
    super();
    this.#settings = CLASSIFIER.read(arguments);
  }

  /** @param x samples [n, features] @param y labels [n] @returns this @throws ArgumentError, ShapeError, DTypeError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    const op = `${CLASSIFIER.op}.fit`;
    checkArity(op, arguments.length, 2);
    const rows = readRows(op, x);
    checkAtMost(op, "k", this.#settings.k, rows.n);
    const labels = readLabels(op, y, rows.n);
    this.#known = { rows, labels, classes: countClasses(op, labels).length };
    return this;
  }

  /** The labels of samples, [n], int32. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity(`${CLASSIFIER.op}.predict`, arguments.length, 1);
    const { shares, rows, classes } = this.#shares("predict", x);
    return argmaxOfRows(shares, rows.n, classes);
  }

  /** The share of each class among the neighbours, [n, classes]. @throws ShapeError, ArgumentError before `fit` */
  predictProba(x: TensorLike): Tensor {
    checkArity(`${CLASSIFIER.op}.predictProba`, arguments.length, 1);
    const { shares, rows, classes } = this.#shares("predictProba", x);
    return asTensor(shares, [rows.n, classes], rows.dtype);
  }

  #shares(member: string, x: TensorLike): { shares: Float64Array; rows: Rows; classes: number } {
    const op = `${CLASSIFIER.op}.${member}`;
    const { rows: known, labels, classes } = fitted(op, this.#known);
    const rows = readRows(op, x, known.width);
    const shares = new Float64Array(rows.n * classes);
    for (let i = 0; i < rows.n; i++)
      for (const { index, weight } of neighborsOf(known, rows, i, this.#settings)) shares[i * classes + labels[index]] += weight;
    return { shares, rows, classes };
  }
}

const REGRESSOR = declare("KNearestNeighborsRegressor", NEIGHBORS);

/**
 * k nearest neighbours: the mean of the targets of the k nearest samples. Features should be of one scale.
 * @param options.k default 5
 * @param options.weights "uniform" or "distance", default "uniform"
 * @param options.metric "euclidean" or "manhattan", default "euclidean"
 * @throws ArgumentError, also at `fit` for fewer samples than k; ShapeError
 * @example
 * const nearest = await new KNearestNeighborsRegressor({ k: 2 }).fit([[0], [1], [8], [9]], [0, 2, 20, 22]);
 * nearest.predict([[2], [7]]);    // [1, 21]
 */
export class KNearestNeighborsRegressor extends Regressor {
  readonly #settings: Settings;
  #known: { rows: Rows; targets: Targets } | null = null;

  constructor(options?: KNearestNeighborsOptions);
  constructor() {
    super();
    this.#settings = REGRESSOR.read(arguments);
  }

  /** @param x samples [n, features] @param y targets [n] or [n, outputs] @returns this @throws ArgumentError, ShapeError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    const op = `${REGRESSOR.op}.fit`;
    checkArity(op, arguments.length, 2);
    const rows = readRows(op, x);
    checkAtMost(op, "k", this.#settings.k, rows.n);
    this.#known = { rows, targets: readTargets(op, y, rows.n) };
    return this;
  }

  /** Predictions [n] or [n, outputs]. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    const op = `${REGRESSOR.op}.predict`;
    checkArity(op, arguments.length, 1);
    const { rows: known, targets } = fitted(op, this.#known);
    const rows = readRows(op, x, known.width);
    const { width, values, isList } = targets;
    const out = new Float64Array(rows.n * width);
    for (let i = 0; i < rows.n; i++)
      for (const { index, weight } of neighborsOf(known, rows, i, this.#settings))
        for (let j = 0; j < width; j++) out[i * width + j] += weight * values[index * width + j];
    return asTensor(out, isList ? [rows.n] : [rows.n, width], rows.dtype);
  }
}

interface Neighbor {
  index: number;
  /** All weights sum to 1. */
  weight: number;
}

/** The k samples of `known` that are nearest to sample i, nearest first; of equal distances the first. */
function neighborsOf({ n, width, values }: Rows, rows: Rows, i: number, { k, weights, metric }: Settings): Neighbor[] {
  const nearest: number[] = [];
  const distances = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (let other = 0; other < n; other++) {
    const limit = distances[k - 1];
    let sum = 0;
    for (let j = 0; j < width && sum < limit; j++) {
      const difference = values[other * width + j] - rows.values[i * width + j];
      sum += metric === "euclidean" ? difference * difference : Math.abs(difference);
    }
    if (sum >= limit) continue;
    let at = Math.min(nearest.length, k - 1);
    for (; at > 0 && distances[at - 1] > sum; at--) [distances[at], nearest[at]] = [distances[at - 1], nearest[at - 1]];
    [distances[at], nearest[at]] = [sum, other];
  }
  const lengths = nearest.map((_, at) => (metric === "euclidean" ? Math.sqrt(distances[at]) : distances[at]));
  // A sample that is met exactly counts alone.
  const met = lengths.some((length) => length === 0);
  const own = lengths.map((length) => (weights === "uniform" ? 1 : met ? Number(length === 0) : 1 / length));
  const total = own.reduce((sum, weight) => sum + weight, 0);
  return nearest.map((index, at) => ({ index, weight: own[at] / total }));
}
