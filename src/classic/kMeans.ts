import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { drawWeighted, uniformOf } from "./draws.js";
import { variancesOf } from "./moments.js";
import { asTensor, checkAtMost, fitted, type Rows, readRows } from "./samples.js";
import { indexOfGreatest } from "./scores.js";
import { seedOfFit, seedOption } from "./seed.js";

const K_MEANS = declare("KMeans", {
  /** The number of clusters k, ≥ 1 and at most that of the samples. */
  clusters: count({ required: true, aka: ["n_clusters", "k", "components"] }),
  /** Starts, of which the best counts. Default 10. */
  starts: count({ default: 10, aka: ["n_init", "initialisations"] }),
  /** Steps of each start at most. Default 300. */
  maxIterations: count({ default: 300, aka: ["max_iter"] }),
  /** It ends when the centres move by no more than this share of the features' mean variance, squared, ≥ 0. Default 1e-4. */
  tolerance: number({ default: 1e-4, min: 0, aka: ["tol"] }),
  /** Seed of the starts. Default null: one that follows from the seed in force, another for each fit. */
  seed: seedOption,
});

/** Options of `KMeans`. */
export interface KMeansOptions extends OptionsOf<typeof K_MEANS> {}

interface Clusters {
  readonly width: number;
  /** [k, width] */
  readonly centers: Float64Array;
  readonly labels: Int32Array;
  readonly inertia: number;
  readonly iterations: number;
}

/**
 * k-means: centres that make the sum of squared distances of samples to their nearest centre small. Lloyd's steps, in turn each sample
 * to its nearest centre and each centre to the mean of its samples, from starts by k-means++: each next centre is a sample, drawn in
 * proportion to its squared distance from those before it. A centre without samples goes to the sample that is farthest from its own.
 * @param options.clusters k ≥ 1
 * @param options.starts default 10, of which the best counts
 * @param options.maxIterations default 300
 * @param options.tolerance default 1e-4
 * @param options.seed default: one that follows from the seed in force, another for each fit
 * @throws ArgumentError, also at `fit` for fewer samples than clusters; ShapeError
 * @example
 * const model = await new KMeans({ clusters: 2, seed: 1 }).fit([[0], [1], [10], [11]]);
 * model.inertia;    // 1
 * @see Lloyd, IEEE Trans. Inf. Theory 28, 1982; Arthur and Vassilvitskii, SODA 2007
 */
export class KMeans {
  readonly #settings: SettingsOf<typeof K_MEANS>;
  #found: Clusters | null = null;

  constructor(options: KMeansOptions);
  constructor() {
    this.#settings = K_MEANS.read(arguments);
  }

  /** @param x samples [n, features] @returns this @throws ArgumentError for fewer samples than clusters, ShapeError */
  async fit(x: TensorLike): Promise<this> {
    checkArity("KMeans.fit", arguments.length, 1);
    const rows = readRows("KMeans.fit", x);
    this.#found = cluster("KMeans.fit", rows, this.#settings);
    return this;
  }

  /** The nearest centre of each sample, [n], int32. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity("KMeans.predict", arguments.length, 1);
    const { width, centers } = fitted("KMeans.predict", this.#found);
    const rows = readRows("KMeans.predict", x, width);
    return asTensor(assign(rows, centers).labels, [rows.n], "int32");
  }

  /** Minus the sum of squared distances of samples to their nearest centre: greater is better. @throws ShapeError */
  score(x: TensorLike): number {
    checkArity("KMeans.score", arguments.length, 1);
    const { width, centers } = fitted("KMeans.score", this.#found);
    return -assign(readRows("KMeans.score", x, width), centers).inertia;
  }

  /** [clusters, features], float64. */
  get centers(): Tensor {
    const { width, centers } = fitted("KMeans.centers", this.#found);
    return asTensor(centers, [centers.length / width, width]);
  }

  /** The cluster of each sample of `fit`, [n], int32. */
  get labels(): Tensor {
    const { labels } = fitted("KMeans.labels", this.#found);
    return asTensor(labels, [labels.length], "int32");
  }

  /** The sum of squared distances of the samples of `fit` to their centres. */
  get inertia(): number {
    return fitted("KMeans.inertia", this.#found).inertia;
  }

  /** Steps of the best start. */
  get iterations(): number {
    return fitted("KMeans.iterations", this.#found).iterations;
  }
}

/** @internal the best of several starts. @throws ArgumentError for fewer samples than clusters */
export function cluster(op: string, rows: Rows, settings: SettingsOf<typeof K_MEANS>): Clusters {
  checkAtMost(op, "clusters", settings.clusters, rows.n);
  const uniform = uniformOf(seedOfFit(settings.seed));
  const limit = (settings.tolerance * variancesOf(rows).reduce((sum, variance) => sum + variance, 0)) / rows.width;
  let best: Clusters | null = null;
  for (let start = 0; start < settings.starts; start++) {
    const found = lloyd(rows, plusPlus(rows, settings.clusters, uniform), settings.maxIterations, limit);
    if (best === null || found.inertia < best.inertia) best = found;
  }
  return best as Clusters;
}

/** @internal centres [k, width] by k-means++ */
export function plusPlus({ n, width, values }: Rows, k: number, uniform: () => number): Float64Array {
  const centers = new Float64Array(k * width);
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  for (let c = 0; c < k; c++) {
    // Where all samples stand on centres, any will do.
    const alike = c === 0 || nearest.every((distance) => distance === 0);
    const chosen = alike ? Math.floor(uniform() * n) : drawWeighted(nearest, uniform());
    centers.set(values.subarray(chosen * width, (chosen + 1) * width), c * width);
    for (let i = 0; i < n; i++) nearest[i] = Math.min(nearest[i], distance(values, i * width, centers, c * width, width));
  }
  return centers;
}

function lloyd(rows: Rows, start: Float64Array, maxIterations: number, limit: number): Clusters {
  const { n, width, values } = rows;
  let centers = start;
  let iterations = 0;
  for (let moved = Number.POSITIVE_INFINITY; iterations < maxIterations && moved > limit; iterations++) {
    const { labels, distances } = assign(rows, centers);
    const next = new Float64Array(centers.length);
    const counts = new Float64Array(centers.length / width);
    for (let i = 0; i < n; i++) {
      counts[labels[i]]++;
      for (let j = 0; j < width; j++) next[labels[i] * width + j] += values[i * width + j];
    }
    for (let c = 0; c < counts.length; c++) {
      const far = counts[c] === 0 ? indexOfGreatest(distances) : -1;
      if (far >= 0) distances[far] = 0;
      for (let j = 0; j < width; j++) next[c * width + j] = far < 0 ? next[c * width + j] / counts[c] : values[far * width + j];
    }
    moved = distance(next, 0, centers, 0, next.length);
    centers = next;
  }
  const { labels, inertia } = assign(rows, centers);
  return { width, centers, labels, inertia, iterations };
}

function assign({ n, width, values }: Rows, centers: Float64Array): { labels: Int32Array; distances: Float64Array; inertia: number } {
  const labels = new Int32Array(n);
  const distances = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  let inertia = 0;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c * width < centers.length; c++) {
      const found = distance(values, i * width, centers, c * width, width);
      if (found < distances[i]) [distances[i], labels[i]] = [found, c];
    }
    inertia += distances[i];
  }
  return { labels, distances, inertia };
}

/** The squared distance of `width` numbers of a from those of b. */
function distance(a: Float64Array, i: number, b: Float64Array, k: number, width: number): number {
  let sum = 0;
  for (let j = 0; j < width; j++) sum += (a[i + j] - b[k + j]) * (a[i + j] - b[k + j]);
  return sum;
}
