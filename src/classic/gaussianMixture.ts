import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { loadMlMatrix } from "../linalg/load.js";
import { ln } from "../optim/schedules/exact.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import type { TensorLike } from "../tensor/nested.js";
import { randn } from "../tensor/random.js";
import { underSeed } from "../tensor/seed.js";
import { Tensor } from "../tensor/tensor.js";
import { freeParameters, squaredDistance } from "./covariance.js";
import { drawWeighted, uniformOf } from "./draws.js";
import { expectation, type Mixture, maximization } from "./expectation.js";
import { cluster, plusPlus } from "./kMeans.js";
import { asTensor, checkAtMost, fitted, type Rows, readRows } from "./samples.js";
import { argmaxOfRows } from "./scores.js";
import { seedOfFit, seedOption } from "./seed.js";

const MIXTURE = declare("GaussianMixture", {
  /** The number of Gaussians k, ≥ 1 and at most that of the samples. Default 1. */
  components: count({ default: 1, aka: ["n_components", "k", "clusters"] }),
  /** The form of the covariances: "spherical" has one variance a component, "diagonal" one a feature, "full" a matrix. Default "full". */
  covariance: choice(["spherical", "diagonal", "full"], { default: "full", aka: ["covariance_type", "covarianceType"] }),
  /** How it starts: by "kmeans", which starts by k-means++; or from the centres of "kmeans++" alone. Default "kmeans". */
  init: choice(["kmeans", "kmeans++"], { default: "kmeans", aka: ["init_params"] }),
  /** Means to start from in place of `init`, [components, features]. Default null. */
  means: option<TensorLike, { default: null; aka: string[] }>(
    "a tensor or nested arrays",
    (value) => Array.isArray(value) || value instanceof Tensor,
    {
      default: null,
      aka: ["means_init", "meansInit"],
    },
  ),
  /** Starts, of which the likeliest counts. Default 1. */
  starts: count({ default: 1, aka: ["n_init"] }),
  /** Steps of EM at most. Default 100. */
  maxIterations: count({ default: 100, aka: ["max_iter"] }),
  /** It ends when the mean log-likelihood rises by less, > 0. Default 1e-3. */
  tolerance: number({ default: 1e-3, above: 0, aka: ["tol"] }),
  /** Added to every variance, ≥ 0. Default 1e-6. */
  regularization: number({ default: 1e-6, min: 0, aka: ["reg_covar"] }),
  /** Seed of starts and samples. Default null: one that follows from the seed in force, another for each fit. */
  seed: seedOption,
});

/** Options of `GaussianMixture`. */
export interface GaussianMixtureOptions extends OptionsOf<typeof MIXTURE> {}

type Settings = SettingsOf<typeof MIXTURE>;

interface Fit {
  readonly mixture: Mixture;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * A mixture of Gaussians p(x) = Σ w_j N(x; μ_j, Σ_j), fitted by expectation and maximization. Each step weighs every sample by how much
 * each Gaussian explains it, and gives the Gaussian the weighted mean and covariance:
 *
 * r_ij = w_j N(x_i; μ_j, Σ_j) / Σ_k …,   w_j = Σ r_ij / n,   μ_j = Σ r_ij x_i / Σ r_ij,   Σ_j = Σ r_ij (x_i − μ_j)(x_i − μ_j)ᵀ / Σ r_ij
 *
 * The likelihood never falls. "spherical" and "diagonal" covariances have fewer parameters, and overfit less; whitening the data first
 * makes them fit better. "full" needs ml-matrix, an optional peer.
 * @param options.components k ≥ 1, default 1
 * @param options.covariance "spherical", "diagonal" or "full", default "full"
 * @param options.init "kmeans" or "kmeans++", default "kmeans"
 * @param options.means means to start from, [components, features]
 * @param options.starts default 1
 * @param options.maxIterations default 100
 * @param options.tolerance of the mean log-likelihood, default 1e-3
 * @param options.regularization added to every variance, default 1e-6
 * @param options.seed default: one that follows from the seed in force, another for each fit
 * @throws ArgumentError, also at `fit` for fewer samples than components; ShapeError, PeerError
 * @example
 * const mixture = new GaussianMixture({ components: 2, covariance: "diagonal", seed: 1 });
 * await mixture.fit([[0], [0.2], [-0.2], [5], [5.1], [4.9]]);
 * mixture.weights;           // [0.5, 0.5]
 * mixture.parameterCount;    // 5
 * @see Dempster, Laird and Rubin, J. R. Stat. Soc. B 39, 1977
 */
export class GaussianMixture {
  readonly #settings: Settings;
  #found: Fit | null = null;

  constructor(options?: GaussianMixtureOptions);
  constructor() {
    this.#settings = MIXTURE.read(arguments);
  }

  /** @param x samples [n, features] @returns this @throws ArgumentError for fewer samples than components, ShapeError, PeerError */
  async fit(x: TensorLike): Promise<this> {
    checkArity("GaussianMixture.fit", arguments.length, 1);
    const op = "GaussianMixture.fit";
    const rows = readRows(op, x);
    const { components, covariance, regularization, starts } = this.#settings;
    checkAtMost(op, "components", components, rows.n);
    const library = covariance === "full" ? await loadMlMatrix(op) : null;
    const maximize = (shares: Float64Array) => maximization(rows, shares, components, covariance, regularization, library);
    let best: Fit | null = null;
    for (let start = 0; start < starts; start++) {
      const found = climb(rows, maximize, firstShares(op, rows, this.#settings, start), this.#settings);
      if (best === null || found.logLikelihood > best.logLikelihood) best = found;
    }
    this.#found = best;
    return this;
  }

  /** The likeliest component of each sample, [n], int32. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity("GaussianMixture.predict", arguments.length, 1);
    const { mixture } = this.#of("predict");
    const rows = this.#rows("predict", x);
    const { shares } = expectation(rows, mixture);
    return argmaxOfRows(shares, rows.n, mixture.weights.length);
  }

  /** The probability of each component, given the sample, [n, components]. @throws ShapeError, ArgumentError before `fit` */
  predictProba(x: TensorLike): Tensor {
    checkArity("GaussianMixture.predictProba", arguments.length, 1);
    const { mixture } = this.#of("predictProba");
    const rows = this.#rows("predictProba", x);
    return asTensor(expectation(rows, mixture).shares, [rows.n, mixture.weights.length], rows.dtype);
  }

  /** ln p(x) of each sample, [n]. @throws ShapeError, ArgumentError before `fit` */
  logLikelihood(x: TensorLike): Tensor {
    checkArity("GaussianMixture.logLikelihood", arguments.length, 1);
    const { mixture } = this.#of("logLikelihood");
    const rows = this.#rows("logLikelihood", x);
    return asTensor(expectation(rows, mixture).logs, [rows.n], rows.dtype);
  }

  /** The mean of ln p(x). @throws ShapeError, ArgumentError before `fit` */
  score(x: TensorLike): number {
    checkArity("GaussianMixture.score", arguments.length, 1);
    return expectation(this.#rows("score", x), this.#of("score").mixture).mean;
  }

  /** Akaike's criterion 2p − 2 Σ ln p(x): the least is the best number of components. @throws ShapeError, ArgumentError */
  aic(x: TensorLike): number {
    checkArity("GaussianMixture.aic", arguments.length, 1);
    const { n } = this.#rows("aic", x);
    return 2 * this.parameterCount - 2 * n * this.score(x);
  }

  /** The Bayesian criterion p ln n − 2 Σ ln p(x), which punishes parameters more. @throws ShapeError, ArgumentError before `fit` */
  bic(x: TensorLike): number {
    checkArity("GaussianMixture.bic", arguments.length, 1);
    const { n } = this.#rows("bic", x);
    return this.parameterCount * ln(n) - 2 * n * this.score(x);
  }

  /**
   * New samples of the mixture.
   * @param n how many, ≥ 1
   * @param seed default: one that follows from the seed in force, another for each call
   * @returns x [n, features], and the component that each comes from, [n], int32
   * @throws ArgumentError
   */
  sample(n: number, seed?: number): { x: Tensor; components: Tensor };
  sample(): { x: Tensor; components: Tensor } {
    const { n, seed } = SAMPLE.read(arguments);
    const { mixture } = this.#of("sample");
    const drawn = seedOfFit(seed);
    const uniform = uniformOf(drawn);
    const { width } = mixture;
    const normal = underSeed(drawn, () => randn([n, width], { dtype: "float64" })).view();
    const components = Int32Array.from({ length: n }, () => drawWeighted(mixture.weights, uniform()));
    const x = new Float64Array(n * width);
    components.forEach((c, i) => {
      const { factor } = mixture.covariances[c];
      for (let j = 0; j < width; j++) {
        let sum = mixture.means[c][j];
        if (mixture.kind === "full") for (let k = 0; k <= j; k++) sum += factor[j * width + k] * normal[i * width + k];
        else sum += factor[mixture.kind === "diagonal" ? j : 0] * normal[i * width + j];
        x[i * width + j] = sum;
      }
    });
    return { x: asTensor(x, [n, width], "float32"), components: asTensor(components, [n], "int32") };
  }

  /** w, [components], float64. */
  get weights(): Tensor {
    const { weights } = this.#of("weights").mixture;
    return asTensor(weights, [weights.length]);
  }

  /** μ, [components, features], float64. */
  get means(): Tensor {
    const { means, width } = this.#of("means").mixture;
    return asTensor(
      means.flatMap((mean) => [...mean]),
      [means.length, width],
    );
  }

  /** Σ: [components, features, features] of "full", [components, features] of "diagonal", [components] of "spherical"; float64. */
  get covariances(): Tensor {
    const { covariances, width, kind } = this.#of("covariances").mixture;
    const shape = { full: [width, width], diagonal: [width], spherical: [] }[kind];
    return asTensor(
      covariances.flatMap(({ values }) => [...values]),
      [covariances.length, ...shape],
    );
  }

  /** Free parameters: of the weights k − 1, of the means, and of the covariances. */
  get parameterCount(): number {
    const { weights, width, kind } = this.#of("parameterCount").mixture;
    return weights.length - 1 + weights.length * (width + freeParameters(kind, width));
  }

  /** Steps of EM. */
  get iterations(): number {
    return this.#of("iterations").iterations;
  }

  /** Whether the last fit ended by the tolerance. */
  get converged(): boolean {
    return this.#of("converged").converged;
  }

  #of(member: string): Fit {
    return fitted(`GaussianMixture.${member}`, this.#found);
  }

  #rows(member: string, x: TensorLike): Rows {
    return readRows(`GaussianMixture.${member}`, x, this.#of(member).mixture.width);
  }
}

const SAMPLE = declare("GaussianMixture.sample", {}, { n: count({ required: true }), seed: seedOption });

/** Steps of EM from the shares that components have in the samples. */
function climb(rows: Rows, maximize: (shares: Float64Array) => Mixture, first: Float64Array, { maxIterations, tolerance }: Settings): Fit {
  let mixture = maximize(first);
  let last = Number.NEGATIVE_INFINITY;
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const { shares, mean } = expectation(rows, mixture);
    mixture = maximize(shares);
    if (Math.abs(mean - last) < tolerance) return { mixture, logLikelihood: mean, iterations, converged: true };
    last = mean;
  }
  return { mixture, logLikelihood: last, iterations: maxIterations, converged: false };
}

/** The shares [n, k] to start from: each sample belongs to one component. */
function firstShares(op: string, rows: Rows, { components, init, means, seed }: Settings, start: number): Float64Array {
  const own = seed === null ? null : seed + start;
  if (means === null && init === "kmeans") {
    const { labels } = cluster(op, rows, { clusters: components, starts: 1, maxIterations: 300, tolerance: 1e-4, seed: own });
    return oneHot(labels, components);
  }
  const centers = means === null ? plusPlus(rows, components, uniformOf(seedOfFit(own))) : readMeans(op, means, components, rows.width);
  const unit = { values: Float64Array.of(1), factor: Float64Array.of(1), logDet: 0 };
  const labels = Int32Array.from({ length: rows.n }, (_, i) => {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let c = 0; c < components; c++) {
      const center = centers.subarray(c * rows.width, (c + 1) * rows.width);
      const found = squaredDistance("spherical", rows, i, center, unit, center);
      if (found < least) [best, least] = [c, found];
    }
    return best;
  });
  return oneHot(labels, components);
}

function readMeans(op: string, means: TensorLike, components: number, width: number): Float64Array {
  const { n, values } = readRows(op, means, width);
  if (n === components) return values;
  throw new ShapeError(
    message(op, `means is ${shapeText([n, width])}; expected one for each component, ${shapeText([components, width])}`),
  );
}

function oneHot(labels: Int32Array, k: number): Float64Array {
  const shares = new Float64Array(labels.length * k);
  labels.forEach((label, i) => {
    shares[i * k + label] = 1;
  });
  return shares;
}
