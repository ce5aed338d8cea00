import { solvePositive } from "../linalg/positive.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { KERNEL, kernelMatrix } from "./kernels.js";
import { Regressor } from "./regressor.js";
import { asTensor, fitted, type Rows, readRows, readTargets } from "./samples.js";

const KERNEL_RIDGE = declare("KernelRidge", {
  /** α, the weight of the penalty, > 0. Default 1. */
  alpha: number({ default: 1, above: 0, aka: ["lambda"] }),
  ...KERNEL,
});

/** Options of `KernelRidge`. */
export interface KernelRidgeOptions extends OptionsOf<typeof KERNEL_RIDGE> {}

/**
 * Ridge regression in the space of a kernel: predictions are Σ a_i k(x, x_i), with a = (K + αI)⁻¹ y. With n samples it solves n
 * equations; random features come near to it with fewer. There is no intercept. With ml-matrix, an optional peer.
 * @param options.alpha α > 0, default 1
 * @param options.kernel "rbf", "polynomial" or "linear", default "rbf"
 * @param options.gamma γ > 0, default 1 / features
 * @param options.degree default 3
 * @param options.offset c of "polynomial", default 1
 * @throws ArgumentError; at `fit` ShapeError, PeerError
 * @example
 * const model = await new KernelRidge({ alpha: 1e-3, gamma: 1 }).fit([[0], [1], [2]], [0, 1, 0]);
 * model.predict([[1]]).shape;    // [1]
 * @see Saunders, Gammerman and Vovk, ICML 1998
 */
export class KernelRidge extends Regressor {
  readonly #settings: SettingsOf<typeof KERNEL_RIDGE>;
  #found: { rows: Rows; dual: Float64Array; outputs: number; isList: boolean } | null = null;

  constructor(options?: KernelRidgeOptions);
  constructor() {
    super();
    this.#settings = KERNEL_RIDGE.read(arguments);
  }

  /** @param x samples [n, features] @param y targets [n] or [n, outputs] @returns this @throws ShapeError, ArgumentError, PeerError */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    checkArity("KernelRidge.fit", arguments.length, 2);
    const rows = readRows("KernelRidge.fit", x);
    const { values, width: outputs, isList } = readTargets("KernelRidge.fit", y, rows.n);
    const matrix = kernelMatrix(rows, rows, this.#settings);
    for (let i = 0; i < rows.n; i++) matrix[i * rows.n + i] += this.#settings.alpha;
    const dual = await solvePositive("KernelRidge.fit", matrix, values, rows.n, "A greater alpha helps.");
    this.#found = { rows, dual, outputs, isList };
    return this;
  }

  /** Predictions [n] or [n, outputs]. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    checkArity("KernelRidge.predict", arguments.length, 1);
    const { rows: known, dual, outputs, isList } = fitted("KernelRidge.predict", this.#found);
    const rows = readRows("KernelRidge.predict", x, known.width);
    const matrix = kernelMatrix(rows, known, this.#settings);
    const out = new Float64Array(rows.n * outputs);
    for (let i = 0; i < rows.n; i++)
      for (let k = 0; k < known.n; k++)
        for (let o = 0; o < outputs; o++) out[i * outputs + o] += matrix[i * known.n + k] * dual[k * outputs + o];
    return asTensor(out, isList ? [rows.n] : [rows.n, outputs], rows.dtype);
  }
}
