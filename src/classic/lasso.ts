import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { CoordinateDescent } from "./coordinateDescent.js";
import { INTERCEPT } from "./linearRegression.js";

const DESCENT = {
  /** α, the weight of the penalty, > 0. Default 1. */
  alpha: number({ default: 1, above: 0, aka: ["lambda"] }),
  ...INTERCEPT,
  /** Passes over the coefficients at most. Default 1000. */
  maxIterations: count({ default: 1000, aka: ["max_iter", "epochs"] }),
  /** It ends when the duality gap is at most tolerance · |y|², > 0. Default 1e-4. */
  tolerance: number({ default: 1e-4, above: 0, aka: ["tol"] }),
};

const ELASTIC_NET = declare("ElasticNet", {
  ...DESCENT,
  /** The share of |w|₁ in the penalty, from above 0 to 1. Default 0.5. */
  l1Ratio: number({ default: 0.5, above: 0, max: 1, aka: ["l1_ratio"] }),
});

/** Options of `ElasticNet`. */
export interface ElasticNetOptions extends OptionsOf<typeof ELASTIC_NET> {}

/**
 * Linear regression with both penalties: the w that makes
 *
 * Σ(x · w + b − y)² / 2n + α (ρ|w|₁ + (1 − ρ)|w|² / 2)
 *
 * least, by coordinate descent: each coefficient in turn is set to its best value, which is 0 where its correlation with what the others
 * leave is below nαρ. Lectures print λ(βΣw² + Σ|w|) beside the mean of squares, which is αρ = λ/2 and
 * α(1 − ρ) = λβ.
 * @param options.alpha α > 0, default 1
 * @param options.l1Ratio ρ, from above 0 to 1, default 0.5
 * @param options.fitIntercept default true
 * @param options.maxIterations default 1000
 * @param options.tolerance of the duality gap, default 1e-4
 * @throws ArgumentError; at `fit` ShapeError
 * @example
 * const net = await new ElasticNet({ alpha: 0.1 }).fit([[0, 1], [1, 0], [2, 1]], [1, 3, 5]);
 * net.converged;   // true
 * @see Zou and Hastie, J. R. Stat. Soc. B 67, 2005; Friedman et al., J. Stat. Softw. 33, 2010
 */
export class ElasticNet extends CoordinateDescent {
  constructor(options?: ElasticNetOptions);
  constructor() {
    super(ELASTIC_NET.op, ELASTIC_NET.read(arguments));
  }
}

const LASSO = declare("Lasso", DESCENT);

/** Options of `Lasso`. */
export interface LassoOptions extends OptionsOf<typeof LASSO> {}

/**
 * Linear regression with an L1 penalty, which makes coefficients exactly 0: the w that makes Σ(x · w + b − y)² / 2n + α|w|₁ least. It is
 * `ElasticNet` with l1Ratio 1.
 * @param options.alpha α > 0, default 1
 * @param options.fitIntercept default true
 * @param options.maxIterations default 1000
 * @param options.tolerance of the duality gap, default 1e-4
 * @throws ArgumentError; at `fit` ShapeError
 * @example
 * const lasso = await new Lasso({ alpha: 0.5 }).fit([[-1, 1], [0, -2], [1, 1]], [-3, 0, 3]);
 * lasso.coefficients;    // [2.25, 0]
 * @see Tibshirani, J. R. Stat. Soc. B 58, 1996
 */
export class Lasso extends CoordinateDescent {
  constructor(options?: LassoOptions);
  constructor() {
    super(LASSO.op, { ...LASSO.read(arguments), l1Ratio: 1 });
  }
}
