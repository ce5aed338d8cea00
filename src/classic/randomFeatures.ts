import { cos } from "../ops/elementary.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import { rand, randn } from "../tensor/random.js";
import { underSeed } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import type { LinearModel } from "./linearModel.js";
import { LinearRegression, Ridge } from "./linearRegression.js";
import { Regressor } from "./regressor.js";
import { asTensor, fitted, readRows } from "./samples.js";
import { seedOfFit, seedOption } from "./seed.js";

const FEATURES = {
  /** The number of features, ≥ 1: the hidden units. Default 100. */
  features: count({ default: 100, aka: ["n_components", "units"] }),
  /** "fourier": √(2/m) cos(w · x + b); "relu": √(2/m) max(0, w · x + b). Default "fourier". */
  kind: choice(["fourier", "relu"], { default: "fourier", aka: ["activation"] }),
  /** γ > 0 of the kernel e^(−γ|a − b|²) that "fourier" comes near to. Default null: 1 / inputs. */
  gamma: number({ default: null, above: 0 }),
  /** Seed of the weights. Default null: one that follows from the seed in force, another for each fit. */
  seed: seedOption,
};

const RANDOM_FEATURES = declare("RandomFeatures", FEATURES);

/** Options of `RandomFeatures`. */
export interface RandomFeaturesOptions extends OptionsOf<typeof RANDOM_FEATURES> {}

interface Drawn {
  readonly width: number;
  /** [width, features] */
  readonly weights: Tensor;
  /** [features] */
  readonly biases: Tensor;
}

/**
 * A hidden layer whose weights are drawn and never learned. The inner products of "fourier" features, w ~ N(0, 2γ) and b ~ U(0, 2π),
 * tend to the kernel e^(−γ|a − b|²) as there are more of them: a network of two layers comes near to a kernel. "relu" has
 * w ~ N(0, 1/inputs) and b ~ N(0, 1/inputs).
 * @param options.features default 100
 * @param options.kind "fourier" or "relu", default "fourier"
 * @param options.gamma of "fourier", default 1 / inputs
 * @param options.seed default: one that follows from the seed in force, another for each fit
 * @throws ArgumentError; at `fit` ShapeError
 * @example
 * const map = await new RandomFeatures({ features: 50, seed: 1 }).fit([[0, 0], [1, 1]]);
 * map.transform([[0.5, 0.5]]).shape;    // [1, 50]
 * @see Rahimi and Recht, Random features for large-scale kernel machines, NIPS 2007
 */
export class RandomFeatures {
  readonly #settings: SettingsOf<typeof RANDOM_FEATURES>;
  #drawn: Drawn | null = null;

  constructor(options?: RandomFeaturesOptions);
  constructor() {
    this.#settings = RANDOM_FEATURES.read(arguments);
  }

  /** Draws the weights. @param x samples [n, inputs], of which the number of inputs counts @returns this @throws ShapeError */
  async fit(x: TensorLike): Promise<this> {
    checkArity("RandomFeatures.fit", arguments.length, 1);
    const { width } = readRows("RandomFeatures.fit", x);
    const { features, kind, gamma, seed } = this.#settings;
    const deviation = Math.sqrt(kind === "fourier" ? 2 * (gamma ?? 1 / width) : 1 / width);
    this.#drawn = underSeed(seedOfFit(seed), () => ({
      width,
      weights: randn([width, features], { std: deviation, dtype: "float64" }),
      biases:
        kind === "fourier"
          ? rand([features], { high: 2 * Math.PI, dtype: "float64" })
          : randn([features], { std: deviation, dtype: "float64" }),
    }));
    return this;
  }

  /** The features of samples, [n, features]. @throws ShapeError, ArgumentError before `fit` */
  transform(x: TensorLike): Tensor {
    checkArity("RandomFeatures.transform", arguments.length, 1);
    const { width, weights, biases } = fitted("RandomFeatures.transform", this.#drawn);
    const { n, values, dtype } = readRows("RandomFeatures.transform", x, width);
    const sums = asTensor(values, [n, width], dtype).matmul(weights.cast(dtype)).add(biases.cast(dtype));
    const { features, kind } = this.#settings;
    return (kind === "fourier" ? cos(sums) : sums.relu()).mul(Math.sqrt(2 / features));
  }
}

const REGRESSION = declare("RandomFeatureRegression", {
  ...FEATURES,
  /** α of the ridge penalty, ≥ 0. Default 1. */
  alpha: number({ default: 1, min: 0, aka: ["lambda"] }),
});

/** Options of `RandomFeatureRegression`. */
export interface RandomFeatureRegressionOptions extends OptionsOf<typeof REGRESSION> {}

/**
 * A network of two layers of which only the second learns: `RandomFeatures`, then `Ridge` in closed form, or of α = 0 `LinearRegression`,
 * which of many exact fits takes that with the shortest weights: the error on new samples is worst where there are as many features as
 * samples, and falls again beyond (double descent). With ml-matrix, an optional peer.
 * @param options.features hidden units, default 100
 * @param options.kind "fourier" or "relu", default "fourier"
 * @param options.gamma of "fourier", default 1 / inputs
 * @param options.alpha α ≥ 0, default 1
 * @param options.seed default: one that follows from the seed in force, another for each fit
 * @throws ArgumentError; at `fit` ShapeError, PeerError
 * @example
 * const network = await new RandomFeatureRegression({ features: 20, alpha: 0.01, seed: 1 }).fit([[0], [1], [2]], [0, 1, 0]);
 * network.predict([[1.5]]).shape;    // [1]
 * @see Belkin, Hsu, Ma, Mandal, PNAS 116, 2019: double descent
 */
export class RandomFeatureRegression extends Regressor {
  readonly #map: RandomFeatures;
  readonly #output: LinearModel;

  constructor(options?: RandomFeatureRegressionOptions);
  constructor() {
    super();
    const { alpha, ...features } = REGRESSION.read(arguments);
    this.#map = new RandomFeatures(features as RandomFeaturesOptions);
    this.#output = alpha === 0 ? new LinearRegression() : new Ridge({ alpha });
  }

  /** @param x samples [n, inputs] @param y targets [n] or [n, outputs] @returns this @throws ShapeError, ArgumentError, PeerError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    checkArity("RandomFeatureRegression.fit", arguments.length, 2);
    await this.#map.fit(x);
    await this.#output.fit(this.#map.transform(x), y);
    return this;
  }

  /** Predictions [n] or [n, outputs]. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity("RandomFeatureRegression.predict", arguments.length, 1);
    return this.#output.predict(this.#map.transform(x));
  }
}
