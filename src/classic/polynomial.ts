import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, flag, number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { LinearRegression, Ridge } from "./linearRegression.js";
import { Regressor } from "./regressor.js";
import { asTensor, readRows } from "./samples.js";

const FEATURES = declare("polynomialFeatures", {
  /** The highest degree, ≥ 1. Default 2. */
  degree: count({ default: 2 }),
  /** Whether the first feature is 1. Default true. */
  bias: flag({ default: true, aka: ["include_bias", "includeBias"] }),
  /** Only products of different features. Default false. */
  interactionOnly: flag({ default: false, aka: ["interaction_only"] }),
});

/** Options of `polynomialFeatures`. */
export interface PolynomialFeaturesOptions extends OptionsOf<typeof FEATURES> {}

/** More products than this for one sample are a mistake. */
const MOST = 100_000;

/**
 * All products of up to `degree` features, by degree, in scikit-learn's order: of (a, b) and degree 2 these are 1, a, b, a², ab, b².
 *
 * Shape: x [n, features] → [n, C(features + degree, degree)]
 * @param options.degree ≥ 1, default 2
 * @param options.bias whether the first is 1, default true
 * @param options.interactionOnly only products of different features, default false
 * @throws ShapeError, ArgumentError for more than 100,000 products
 * @example polynomialFeatures([[2, 3]])   // [[1, 2, 3, 4, 6, 9]]
 */
export function polynomialFeatures(x: TensorLike, options?: PolynomialFeaturesOptions): Tensor {
  checkArity(FEATURES.op, arguments.length, 2);
  const { degree, bias, interactionOnly } = FEATURES.readOptions(options);
  const { n, width, values, dtype } = readRows(FEATURES.op, x);
  const products = productsOf(width, degree, interactionOnly);
  const all = bias ? [[], ...products] : products;
  const out = new Float64Array(n * all.length);
  for (let i = 0; i < n; i++)
    all.forEach((factors, k) => {
      out[i * all.length + k] = factors.reduce((product, j) => product * values[i * width + j], 1);
    });
  return asTensor(out, [n, all.length], dtype);
}

/** The factors of each product, from degree 1 on. */
function productsOf(width: number, degree: number, interactionOnly: boolean): number[][] {
  const all: number[][] = [];
  let last: number[][] = [[]];
  for (let power = 1; power <= degree && last.length > 0; power++) {
    last = last.flatMap((factors) => {
      const from = factors.length === 0 ? 0 : factors[factors.length - 1] + Number(interactionOnly);
      return Array.from({ length: Math.max(width - from, 0) }, (_, j) => [...factors, from + j]);
    });
    all.push(...last.slice(0, MOST));
    if (all.length >= MOST) {
      const found = `${width} features and degree ${degree} give more than ${MOST} products`;
      throw new ArgumentError(message(FEATURES.op, found, "Lower the degree."));
    }
  }
  return all;
}

const POLYNOMIAL = declare("PolynomialRegression", {
  /** The highest degree, ≥ 1. Default 2. */
  degree: count({ default: 2 }),
  /** α of a ridge penalty, ≥ 0. Default 0: least squares. */
  alpha: number({ default: 0, min: 0, aka: ["lambda", "l2"] }),
});

/** Options of `PolynomialRegression`. */
export interface PolynomialRegressionOptions extends OptionsOf<typeof POLYNOMIAL> {}

/**
 * Linear regression on the products of features. Its degree is its capacity: too low it underfits, too high it overfits, which α of a
 * ridge penalty tames. With ml-matrix, an optional peer.
 * @param options.degree ≥ 1, default 2
 * @param options.alpha ≥ 0, default 0
 * @throws ArgumentError; at `fit` PeerError, ShapeError
 * @example
 * const parabola = await new PolynomialRegression({ degree: 2 }).fit([[-1], [0], [1], [2]], [1, 0, 1, 4]);
 * parabola.predict([[3]]);   // [9]
 */
export class PolynomialRegression extends Regressor {
  readonly #degree: number;
  readonly #line: LinearRegression | Ridge;

  constructor(options?: PolynomialRegressionOptions);
  constructor() {
    super();
    const { degree, alpha } = POLYNOMIAL.read(arguments);
    this.#degree = degree;
    this.#line = alpha > 0 ? new Ridge({ alpha }) : new LinearRegression();
  }

  /** @param x samples [n, features] @param y targets [n] or [n, outputs] @returns this @throws ShapeError, ArgumentError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    checkArity("PolynomialRegression.fit", arguments.length, 2);
    await this.#line.fit(this.#features("PolynomialRegression.fit", x), y);
    return this;
  }

  /** Predictions [n] or [n, outputs]. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity("PolynomialRegression.predict", arguments.length, 1);
    const predicted = this.#line.predict(this.#features("PolynomialRegression.predict", x));
    return asTensor(predicted.view(), predicted.shape, readRows("PolynomialRegression.predict", x).dtype);
  }

  /** A coefficient for each product, in the order of `polynomialFeatures` without its 1; float64. */
  get coefficients(): Tensor {
    return this.#line.coefficients;
  }

  /** b, float64. */
  get intercept(): Tensor {
    return this.#line.intercept;
  }

  /** In float64: high powers of float32 would lose their digits. */
  #features(op: string, x: TensorLike): Tensor {
    const { n, width, values } = readRows(op, x);
    return polynomialFeatures(asTensor(values, [n, width]), { degree: this.#degree, bias: false });
  }
}
