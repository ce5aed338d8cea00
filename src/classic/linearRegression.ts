import { lstsq } from "../linalg/leastSquares.js";
import { gram, solvePositive } from "../linalg/positive.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { type Centred, LinearModel } from "./linearModel.js";
import { asTensor } from "./samples.js";

/** Whether predictions have an intercept. */
export const INTERCEPT = {
  /** Whether there is an intercept b, which no penalty counts. Default true. */
  fitIntercept: flag({ default: true, aka: ["fit_intercept", "bias"] }),
};

const LINEAR = declare("LinearRegression", INTERCEPT);

/** Options of `LinearRegression`. */
export interface LinearRegressionOptions extends OptionsOf<typeof LINEAR> {}

/**
 * Least squares in closed form: the w and b that make Σ(x · w + b − y)² least; of several the shortest w. They are also the likeliest
 * where y is x · w + b with normal noise of one variance. By a singular value decomposition, with ml-matrix, an optional peer.
 * @param options.fitIntercept default true
 * @throws ArgumentError; at `fit` PeerError, ShapeError
 * @example
 * const line = await new LinearRegression().fit([[0], [1], [2]], [1, 3, 5]);
 * line.coefficients;     // [2]
 * line.predict([[10]]);  // [21]
 */
export class LinearRegression extends LinearModel {
  constructor(options?: LinearRegressionOptions);
  constructor() {
    super(LINEAR.op, LINEAR.read(arguments).fitIntercept);
  }

  protected override async solve(_op: string, { n, width, x, outputs, y }: Centred): Promise<Float64Array> {
    const { solution } = await lstsq(asTensor(x, [n, width]), asTensor(y, [n, outputs]));
    return new Float64Array(solution.view());
  }
}

const RIDGE = declare("Ridge", {
  /** α, the weight of the penalty, > 0. Default 1. */
  alpha: number({ default: 1, above: 0, aka: ["lambda", "l2"] }),
  ...INTERCEPT,
});

/** Options of `Ridge`. */
export interface RidgeOptions extends OptionsOf<typeof RIDGE> {}

/**
 * Ridge regression in closed form: the w that makes Σ(x · w + b − y)² + α|w|² least, w = (XᵀX + αI)⁻¹ Xᵀy; with more features than
 * samples Xᵀ(XXᵀ + αI)⁻¹ y, which is the same. It is the most probable w where each has a normal prior: α is the noise's variance over
 * the prior's. By Cholesky's factor, with ml-matrix, an optional peer.
 *
 * The penalty stands beside the sum of squares, as in scikit-learn; beside their mean, as a loss has it, it is α/n.
 * @param options.alpha α > 0, default 1
 * @param options.fitIntercept default true
 * @throws ArgumentError; at `fit` PeerError, ShapeError
 * @example
 * const ridge = await new Ridge({ alpha: 2 }).fit([[0], [1], [2]], [1, 3, 5]);
 * ridge.coefficients;    // [1]
 * ridge.intercept;       // 2
 * @see Hoerl and Kennard, Technometrics 12, 1970
 */
export class Ridge extends LinearModel {
  readonly #alpha: number;

  constructor(options?: RidgeOptions);
  constructor() {
    const { alpha, fitIntercept } = RIDGE.read(arguments);
    super(RIDGE.op, fitIntercept);
    this.#alpha = alpha;
  }

  protected override async solve(op: string, { n, width, x, outputs, y }: Centred): Promise<Float64Array> {
    const byColumns = width <= n;
    const matrix = gram(x, n, width, byColumns, this.#alpha);
    const mend = "A greater alpha helps.";
    if (byColumns) return solvePositive(op, matrix, transposeTimes(x, y, n, width, outputs), width, mend);
    const dual = await solvePositive(op, matrix, y, n, mend);
    return transposeTimes(x, dual, n, width, outputs);
  }
}

/** Xᵀ · Y, [width, outputs]. */
function transposeTimes(x: Float64Array, y: Float64Array, n: number, width: number, outputs: number): Float64Array {
  const out = new Float64Array(width * outputs);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++) for (let k = 0; k < outputs; k++) out[j * outputs + k] += x[i * width + j] * y[i * outputs + k];
  return out;
}
