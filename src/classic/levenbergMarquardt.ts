import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { jacobian } from "../graph/jacobian.js";
import { noGrad } from "../graph/mode.js";
import type { Parameter } from "../graph/parameter.js";
import { solve } from "../linalg/solve.js";
import { checkClosure, resultOf } from "../optim/closureResult.js";
import { FlatParameters } from "../optim/flatParameters.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { tensor } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { readTrained } from "./secondOrder.js";

const LEVENBERG_MARQUARDT = declare("LevenbergMarquardt", {
  /** λ > 0 of the first trial. Default 1e-3. */
  damping: number({ default: 1e-3, above: 0, aka: ["lambda", "mu"] }),
  /** What λ is multiplied with where a trial makes the residuals larger, > 1. Default 10. */
  raise: number({ default: 10, above: 1, aka: ["increase"] }),
  /** What λ is divided by after a trial that made them smaller, > 1. Default 10. */
  lower: number({ default: 10, above: 1, aka: ["decrease"] }),
  /** The most trials in a step, ≥ 1. Default 10. */
  maxTrials: count({ default: 10 }),
});

/** Options of `LevenbergMarquardt`. */
export interface LevenbergMarquardtOptions extends OptionsOf<typeof LEVENBERG_MARQUARDT> {}

/**
 * Levenberg–Marquardt: least squares ½ Σ rᵢ² of residuals r(θ), by steps between Gauss–Newton's (λ → 0) and short ones along the gradient.
 *
 *     (JᵀJ + λ diag(JᵀJ)) δ = −Jᵀr,  J = ∂r/∂θ
 *     Σ r(θ + δ)² < Σ r(θ)²:  θ ← θ + δ, λ ← λ / lower;  else λ ← λ · raise, and another trial
 *
 * For models of up to a few hundred parameters: the Jacobian has as many rows as residuals, each of which takes a backward pass. The
 * equations are solved by ml-matrix, an optional peer. Where no trial is better, the parameters stay. λ grows
 * to 1e10 at most.
 *
 * Levenberg (1944), Marquardt (1963): An algorithm for least-squares estimation of nonlinear parameters.
 * @param params parameters
 * @param options.damping λ > 0 of the first trial, default 1e-3
 * @param options.raise factor > 1, default 10
 * @param options.lower divisor > 1, default 10
 * @param options.maxTrials ≥ 1, default 10
 * @throws ArgumentError for an unknown option or one outside its range
 * @example
 * const fitting = new LevenbergMarquardt(model.parameters());
 * const loss = await fitting.step(() => model.forward(x).sub(logits).flatten());   // ½ Σ r² before the step
 */
export class LevenbergMarquardt {
  /** How many steps were made. */
  stepCount = 0;
  /** λ of the next trial; it may be set, after a pause for one. */
  damping: number;
  readonly #parameters: readonly Parameter[];
  readonly #options: ReturnType<typeof LEVENBERG_MARQUARDT.readOptions>;

  constructor(params: Parameter | Iterable<Parameter>, options?: LevenbergMarquardtOptions) {
    checkArity(LEVENBERG_MARQUARDT.op, arguments.length, 2);
    this.#options = LEVENBERG_MARQUARDT.readOptions(options);
    this.#parameters = readTrained(LEVENBERG_MARQUARDT.op, params);
    this.damping = this.#options.damping;
  }

  /**
   * @param closure computes the residuals, a tensor of one axis: `() => model.forward(x).sub(y).flatten()`
   * @returns ½ Σ r² before the step
   * @throws ArgumentError, ShapeError; PeerError without ml-matrix; the parameters are as before
   */
  async step(closure: () => Tensor): Promise<Tensor> {
    checkArity("step", arguments.length, 1);
    checkClosure(LEVENBERG_MARQUARDT.op, closure);
    const { raise, lower, maxTrials } = this.#options;
    const flat = new FlatParameters(this.#parameters);
    const n = flat.size;
    const residuals = noGrad(() => residualsOf(closure).data);
    const start = halfSquare(residuals);
    const parts = jacobian(() => residualsOf(closure), this.#parameters).map((part) => part.view().slice());
    const m = residuals.length;
    const rows = new Float64Array(m * n);
    for (let i = 0; i < m; i++) {
      const row = flat.join((parameter, j) => parts[j].subarray(i * parameter.size, (i + 1) * parameter.size));
      rows.set(row, i * n);
    }
    const { gram, right } = normalEquations(rows, residuals, n);
    const before = flat.read();
    for (let trial = 0; trial < maxTrials; trial++) {
      const damped = gram.slice();
      // A parameter that no residual depends on has 0 on the diagonal.
      for (let i = 0; i < n; i++) damped[i * (n + 1)] += this.damping * Math.max(gram[i * (n + 1)], Number.EPSILON);
      const delta = (await solve(tensor(damped, { shape: [n, n], dtype: "float64" }), tensor(right, { dtype: "float64" })))
        .data as Float64Array;
      let found = Number.NaN;
      try {
        flat.move(1, delta);
        found = halfSquare(noGrad(() => residualsOf(closure).data));
      } finally {
        // Also where the closure throws.
        if (!(found < start)) flat.write(before);
      }
      if (found < start) {
        this.damping /= lower;
        break;
      }
      this.damping = Math.min(this.damping * raise, LARGEST);
    }
    this.stepCount++;
    return tensor(start, { dtype: "float64" });
  }
}

/** The largest λ: a step is then as good as none. */
const LARGEST = 1e10;

function residualsOf(closure: () => Tensor): Tensor {
  const residuals = resultOf(LEVENBERG_MARQUARDT.op, closure, "the residuals, a tensor");
  if (residuals.rank === 1 && residuals.size > 0) return residuals;
  const problem = `the closure returned shape ${shapeText(residuals.shape)}; expected the residuals, [m]`;
  throw new ShapeError(message(LEVENBERG_MARQUARDT.op, problem, "Write model.forward(x).sub(y).flatten()."));
}

function halfSquare(residuals: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += residuals[i] * residuals[i];
  return sum / 2;
}

/** JᵀJ, and −Jᵀr. */
function normalEquations(rows: Float64Array, residuals: ArrayLike<number>, n: number): { gram: Float64Array; right: Float64Array } {
  const [gram, right] = [new Float64Array(n * n), new Float64Array(n)];
  for (let k = 0; k < residuals.length; k++) {
    for (let i = 0; i < n; i++) {
      const value = rows[k * n + i];
      right[i] -= value * residuals[k];
      for (let j = 0; j < n; j++) gram[i * n + j] += value * rows[k * n + j];
    }
  }
  return { gram, right };
}
