import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Axes, type AxesJson, axesOfJson, axesToJson, principalAxes, project, readSamples, restore } from "./principalAxes.js";

const WHITENING = declare("Whitening", {
  /** "pca" leaves data turned to their principal directions, "zca" turns them back. Default "zca". */
  kind: choice(["pca", "zca"], { default: "zca", aka: ["method", "type"] }),
  /** Added to each variance, so that directions without any are not blown up, ≥ 0. Default 1e-5. */
  epsilon: number({ default: 1e-5, min: 0, aka: ["eps"] }),
});

/** Options of `Whitening`. */
export interface WhiteningOptions extends OptionsOf<typeof WHITENING> {}

/** What `toJSON` gives of a whitening. */
export interface WhiteningJson {
  readonly type: "Whitening";
  /** What the constructor is called with. */
  readonly config: { readonly kind: "pca" | "zca"; readonly epsilon: number };
  /** What `fit` has learned; null before. */
  readonly state: AxesJson | null;
}

/**
 * Whitening: features that are not correlated and have variance 1. With the covariance Σ = E D Eᵀ,
 *
 * pca: z = (D + ε)^−½ Eᵀ (x − m),   zca: z = E (D + ε)^−½ Eᵀ (x − m)
 *
 * Of all whitenings zca changes the data least: images stay images. Features that are not correlated may still depend on each other.
 * It scales by the root of the inverse variance; a lecture's text that says "inverse variance" means it. With ml-matrix, an optional
 * peer.
 * @param options.kind "pca" or "zca", default "zca"
 * @param options.epsilon ε ≥ 0, default 1e-5
 * @throws ArgumentError; at `fit` ShapeError, PeerError
 * @example
 * const whitening = await new Whitening({ kind: "zca" }).fit(train.x);
 * whitening.transform(test.x).shape;   // [4, 16]
 * @see Bell and Sejnowski, Vision Research 37, 1997; Kessy et al., The American Statistician 72, 2018
 */
export class Whitening {
  readonly #settings: SettingsOf<typeof WHITENING>;
  #axes: Axes | null = null;

  constructor(options?: WhiteningOptions);
  constructor() {
    this.#settings = WHITENING.read(arguments);
  }

  /** @param x training data [n, features], n ≥ 2 @returns this @throws ShapeError, ArgumentError for NaN and ±∞, PeerError */
  async fit(x: TensorLike): Promise<this> {
    checkArity("Whitening.fit", arguments.length, 1);
    this.#axes = await principalAxes("Whitening.fit", x);
    return this;
  }

  /** White samples: [n, features]; of "pca" with more features than training samples [n, samples]. @throws ShapeError, ArgumentError */
  transform(x: TensorLike): Tensor {
    checkArity("Whitening.transform", arguments.length, 1);
    const axes = this.#found("transform");
    const white = project(axes, readSamples("Whitening.transform", x, axes.mean.length), this.#scales(axes));
    return this.#settings.kind === "pca" ? white : turnedBack(axes, white);
  }

  /** Samples from white ones. @throws ShapeError, ArgumentError before `fit` */
  inverse(z: TensorLike): Tensor {
    checkArity("Whitening.inverse", arguments.length, 1);
    const axes = this.#found("inverse");
    const isPca = this.#settings.kind === "pca";
    const read = readSamples("Whitening.inverse", z, isPca ? axes.variances.length : axes.mean.length);
    const turned = isPca ? read : readSamples("Whitening.inverse", project(centred(axes), read, ones(axes)));
    return restore(axes, turned, this.#scales(axes));
  }

  /** What `Whitening.fromJSON` and `preprocessorFrom` make the same of, to be saved with a model. */
  toJSON(): WhiteningJson {
    return { type: "Whitening", config: { ...this.#settings }, state: this.#axes && axesToJson(this.#axes) };
  }

  /** A whitening from what `toJSON` gave. @throws ArgumentError */
  static fromJSON(json: WhiteningJson): Whitening {
    if (json?.type !== "Whitening") {
      throw new ArgumentError(message("Whitening.fromJSON", `it is ${kindText(json)}; expected what toJSON gave, of type "Whitening"`));
    }
    const whitening = new Whitening(json.config);
    whitening.#axes = json.state === null ? null : axesOfJson("Whitening.fromJSON", json.state);
    return whitening;
  }

  /** Whether `fit` has run. */
  get fitted(): boolean {
    return this.#axes !== null;
  }

  #scales({ variances }: Axes): Float64Array {
    return variances.map((variance) => 1 / Math.sqrt(variance + this.#settings.epsilon || 1));
  }

  #found(member: string): Axes {
    if (this.#axes !== null) return this.#axes;
    throw new ArgumentError(message(`Whitening.${member}`, "it is not fitted", "Call await whitening.fit(x) first."));
  }
}

/** The same directions around 0. */
function centred(axes: Axes): Axes {
  return { ...axes, mean: new Float64Array(axes.mean.length) };
}

function ones({ variances }: Axes): Float64Array {
  return variances.map(() => 1);
}

/** Components turned back into the directions of the features. */
function turnedBack(axes: Axes, components: Tensor): Tensor {
  return restore(centred(axes), readSamples("Whitening.transform", components), ones(axes));
}
