import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { flag, isInRange } from "../options/kinds.js";
import { option } from "../options/option.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Axes, type AxesJson, axesOfJson, axesToJson, principalAxes, project, readSamples, restore } from "./principalAxes.js";

const PCA_OPTIONS = declare("PCA", {
  /** How many components, ≥ 1; or the share of the variance, between 0 and 1, that they shall explain at least. Default null: all. */
  components: option<number, { default: null; aka: string[] }>(
    "a whole number ≥ 1, or a share above 0 and below 1",
    (value) => isInRange(value, { min: 1, whole: true }) || isInRange(value, { above: 0, below: 1 }),
    { default: null, aka: ["n_components"] },
  ),
  /** Whether each component is divided by its standard deviation. Default false. */
  whiten: flag({ default: false }),
});

/** Options of `PCA`. */
export interface PCAOptions extends OptionsOf<typeof PCA_OPTIONS> {}

/** What `toJSON` gives of principal components. */
export interface PCAJson {
  readonly type: "PCA";
  /** What the constructor is called with. */
  readonly config: { readonly components: number | null; readonly whiten: boolean };
  /** What `fit` has learned; null before. */
  readonly state: AxesJson | null;
}

/**
 * Principal components: the directions in which data vary most, E of the covariance Σ = E D Eᵀ, by descending variance. `transform`
 * turns data into these directions, z = Eᵀ(x − m), where features are not correlated any more; with `whiten` each is divided by its
 * standard deviation, z = D^−½ Eᵀ(x − m). It is often good to standardize features first.
 *
 * With ml-matrix, an optional peer: by the eigenvectors of the covariance, or by singular values where there are more features than
 * samples. Variances are divided by n − 1, and the greatest weight of each direction is positive, as in scikit-learn.
 * @param options.components how many; or a share of the variance between 0 and 1; default all
 * @param options.whiten default false
 * @throws ArgumentError, also at `fit` for more components than min(n, features); ShapeError, PeerError
 * @example
 * const pca = await new PCA({ components: 1 }).fit(tensor([[0, 0], [1, 1], [2, 2]]));
 * pca.explainedVarianceRatio;          // [1]
 * pca.transform(tensor([[2, 2]]));     // [[1.4142]]
 */
export class PCA {
  readonly #settings: SettingsOf<typeof PCA_OPTIONS>;
  #axes: Axes | null = null;

  constructor(options?: PCAOptions);
  constructor() {
    this.#settings = PCA_OPTIONS.read(arguments);
  }

  /**
   * @param x training data [n, features], n ≥ 2
   * @returns this
   * @throws ArgumentError for too many components, NaN and ±∞; ShapeError, PeerError
   */
  async fit(x: TensorLike): Promise<this> {
    checkArity("PCA.fit", arguments.length, 1);
    this.#axes = kept("PCA.fit", await principalAxes("PCA.fit", x), this.#settings.components);
    return this;
  }

  /** The components of samples, [n, components]. @throws ShapeError, ArgumentError before `fit` */
  transform(x: TensorLike): Tensor {
    checkArity("PCA.transform", arguments.length, 1);
    const axes = this.#found("transform");
    return project(axes, readSamples("PCA.transform", x, axes.mean.length), this.#scales(axes));
  }

  /** Samples [n, features] from their components, as near as the components that were left out let them be. @throws ShapeError */
  inverse(z: TensorLike): Tensor {
    checkArity("PCA.inverse", arguments.length, 1);
    const axes = this.#found("inverse");
    return restore(axes, readSamples("PCA.inverse", z, axes.variances.length), this.#scales(axes));
  }

  /** The means of the features, [features], float64. */
  get mean(): Tensor {
    return tensor(this.#found("mean").mean);
  }

  /** A direction of length 1 in each row, [components, features], float64. */
  get components(): Tensor {
    const { axes, mean, variances } = this.#found("components");
    return tensor(axes, { shape: [variances.length, mean.length] });
  }

  /** The variance of each component, [components], float64. */
  get explainedVariance(): Tensor {
    return tensor(this.#found("explainedVariance").variances);
  }

  /** The share of each component in the variance of the data, [components], float64. */
  get explainedVarianceRatio(): Tensor {
    const { variances, total } = this.#found("explainedVarianceRatio");
    return tensor(variances.map((variance) => (total > 0 ? variance / total : 0)));
  }

  /** The singular values of the centred training data, [components], float64. */
  get singularValues(): Tensor {
    const { variances, samples } = this.#found("singularValues");
    return tensor(variances.map((variance) => Math.sqrt(variance * (samples - 1))));
  }

  /** What `PCA.fromJSON` and `preprocessorFrom` make the same of, to be saved with a model. */
  toJSON(): PCAJson {
    return { type: "PCA", config: { ...this.#settings }, state: this.#axes && axesToJson(this.#axes) };
  }

  /** Principal components from what `toJSON` gave. @throws ArgumentError */
  static fromJSON(json: PCAJson): PCA {
    if (json?.type !== "PCA") {
      throw new ArgumentError(message("PCA.fromJSON", `it is ${kindText(json)}; expected what toJSON gave, of type "PCA"`));
    }
    const pca = new PCA(json.config);
    pca.#axes = json.state === null ? null : axesOfJson("PCA.fromJSON", json.state);
    return pca;
  }

  /** Whether `fit` has run. */
  get fitted(): boolean {
    return this.#axes !== null;
  }

  #scales({ variances }: Axes): Float64Array {
    return this.#settings.whiten ? variances.map((variance) => 1 / Math.sqrt(variance || 1)) : variances.map(() => 1);
  }

  #found(member: string): Axes {
    if (this.#axes !== null) return this.#axes;
    throw new ArgumentError(message(`PCA.${member}`, "it is not fitted", "Call await pca.fit(x) first."));
  }
}

/** The first axes: a number of them, or as many as explain a share of the variance. */
function kept(op: string, all: Axes, components: number | null): Axes {
  const most = all.variances.length;
  if (components === null) return all;
  if (components > most) {
    const found = `components is ${components}, x is [${all.samples}, ${all.mean.length}]`;
    throw new ArgumentError(message(op, `${found}; expected at most min(n, features) = ${most}`));
  }
  let count = components;
  if (components < 1) {
    let explained = 0;
    for (count = 0; count < most && explained < components * all.total; count++) explained += all.variances[count];
  }
  return { ...all, axes: all.axes.slice(0, count * all.mean.length), variances: all.variances.slice(0, count) };
}
