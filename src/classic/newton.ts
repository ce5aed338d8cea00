import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { alongHessian } from "../graph/higher.js";
import type { Parameter } from "../graph/parameter.js";
import { eigh } from "../linalg/eigen.js";
import type { FloatArray } from "../memory/views.js";
import { checkClosure, lossOf } from "../optim/closureResult.js";
import { addTo, dot, FlatParameters } from "../optim/flatParameters.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, flag, number } from "../options/kinds.js";
import { tensor } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { readTrained } from "./secondOrder.js";

const NEWTON = declare("Newton", {
  /** How far a step goes, a number > 0. Default 1. */
  learningRate: number({ default: 1, above: 0, aka: ["lr", "stepSize"] }),
  /** λ ≥ 0, added to the diagonal of the Hessian. Default 0. */
  damping: number({ default: 0, min: 0, aka: ["lambda", "ridge"] }),
  /** Whether the Hessian counts with the absolute values of its eigenvalues, so that steps leave saddles. Default false. */
  saddleFree: flag({ default: false }),
  /** The most parameters, whose square is the size of the Hessian, ≥ 1. Default 2000. */
  most: count({ default: 2000 }),
});

/** Options of `Newton`. */
export interface NewtonOptions extends OptionsOf<typeof NEWTON> {}

/**
 * Newton's method with the exact Hessian, for models of up to a few hundred parameters.
 *
 *     θ ← θ − lr · (H + λI)⁻¹ ∇          saddleFree: |H| for H
 *
 * A quadratic loss is at its least after one step. Each step takes as many backward passes as there are parameters, and the eigenvalues of
 * the Hessian, which ml-matrix computes, an optional peer. Where H + λI is not positive, the step may climb: `damping` or `saddleFree`
 * helps. Larger models: `NewtonCG`.
 *
 * Nocedal, Wright: Numerical Optimization (2006), section 3.3. Saddle-free: Dauphin et al., arXiv 1406.2572.
 * @param params parameters, twice differentiable operations on them
 * @param options.learningRate number > 0, default 1
 * @param options.damping λ ≥ 0, default 0
 * @param options.saddleFree default false
 * @param options.most the most parameters, default 2000
 * @throws ArgumentError for an unknown option or one outside its range, for too many parameters
 * @example
 * const newton = new Newton(model.parameters(), { damping: 1e-3 });
 * const loss = await newton.step(() => crossEntropy(model.forward(x), y));   // the loss before the step
 */
export class Newton {
  /** How many steps were made. */
  stepCount = 0;
  readonly #parameters: readonly Parameter[];
  readonly #options: ReturnType<typeof NEWTON.readOptions>;

  constructor(params: Parameter | Iterable<Parameter>, options?: NewtonOptions) {
    checkArity(NEWTON.op, arguments.length, 2);
    this.#options = NEWTON.readOptions(options);
    this.#parameters = readTrained(NEWTON.op, params);
    const { size } = new FlatParameters(this.#parameters);
    const { most } = this.#options;
    if (size > most)
      throw new ArgumentError(message(NEWTON.op, `${size} parameters; expected at most ${most}`, "Take NewtonCG, or raise most."));
  }

  /**
   * @param closure computes the loss; `backward` must not have consumed its graph
   * @returns the loss before the step
   * @throws ArgumentError if the Hessian is singular; PeerError without ml-matrix; the parameters are as before
   */
  async step(closure: () => Tensor): Promise<Tensor> {
    checkArity("step", arguments.length, 1);
    checkClosure(NEWTON.op, closure);
    const { learningRate, damping, saddleFree } = this.#options;
    const flat = new FlatParameters(this.#parameters);
    const before = lossOf(NEWTON.op, closure);
    const loss = tensor(before.item(), { dtype: before.dtype });
    before.backward();
    const gradient = flat.gradient();
    for (const parameter of this.#parameters) parameter.grad = null;
    const { values, vectors } = await eigh(tensor(hessianOf(flat, closure), { shape: [flat.size, flat.size], dtype: "float64" }));
    const direction = flat.zeros();
    const basis = vectors.view();
    for (const [k, value] of values.view().entries()) {
      const curvature = (saddleFree ? Math.abs(value) : value) + damping;
      if (curvature === 0) throw new ArgumentError(message(NEWTON.op, "the Hessian is singular", "Give damping: 1e-3."));
      const vector = Float64Array.from({ length: flat.size }, (_, i) => basis[i * flat.size + k]);
      addTo(direction, -dot(gradient, vector) / curvature, vector);
    }
    flat.move(learningRate, direction);
    this.stepCount++;
    return loss;
  }
}

/** The Hessian of the loss by all parameters, [n, n] in float64, symmetric. */
function hessianOf(flat: FlatParameters, closure: () => Tensor): Float64Array {
  const n = flat.size;
  const rows = new Float64Array(n * n);
  alongHessian(
    NEWTON.op,
    () => lossOf(NEWTON.op, closure),
    flat.parameters,
    (product) => {
      for (let i = 0; i < n; i++) {
        const unit: FloatArray = flat.zeros();
        unit[i] = 1;
        const vectors = flat
          .split(unit)
          .map((part, j) => tensor(part, { shape: flat.parameters[j].shape, dtype: flat.parameters[j].dtype }));
        const products = product(vectors);
        rows.set(
          flat.join((_, j) => products[j].view()),
          i * n,
        );
      }
    },
  );
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (rows[i * n + j] + rows[j * n + i]) / 2;
      rows[i * n + j] = rows[j * n + i] = mean;
    }
  }
  return rows;
}
