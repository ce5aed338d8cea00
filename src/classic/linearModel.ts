import { checkArity } from "../options/arity.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Tensor } from "../tensor/tensor.js";
import { meansOf } from "./moments.js";
import { Regressor } from "./regressor.js";
import { asTensor, fitted, type Rows, readRows, readTargets } from "./samples.js";

/** Samples and targets, from which the means are subtracted where there is an intercept. */
export interface Centred {
  readonly n: number;
  readonly width: number;
  /** [n, width] */
  readonly x: Float64Array;
  readonly outputs: number;
  /** [n, outputs] */
  readonly y: Float64Array;
}

interface Line {
  readonly width: number;
  readonly outputs: number;
  readonly isList: boolean;
  /** [width, outputs] */
  readonly coefficients: Float64Array;
  readonly intercept: Float64Array;
}

/** A regression whose predictions are x · w + b. */
export abstract class LinearModel extends Regressor {
  #line: Line | null = null;
  readonly #op: string;
  readonly #fitIntercept: boolean;

  protected constructor(op: string, fitIntercept: boolean) {
    super();
    this.#op = op;
    this.#fitIntercept = fitIntercept;
  }

  /** The coefficients [width, outputs] for centred data. */
  protected abstract solve(op: string, data: Centred): Promise<Float64Array>;

  /**
   * @param x samples [n, features] @param y targets [n] or [n, outputs]
   * @returns this @throws ShapeError, ArgumentError for NaN and ±∞
   */
  async fit(x: TensorLike, y: TensorLike): Promise<this> {
    const op = `${this.#op}.fit`;
    checkArity(op, arguments.length, 2);
    const rows = readRows(op, x);
    const targets = readTargets(op, y, rows.n);
    const [middle, level] = [rows, targets].map((part) => (this.#fitIntercept ? meansOf(part) : new Float64Array(part.width)));
    const { n, width } = rows;
    const outputs = targets.width;
    const coefficients = await this.solve(op, { n, width, x: less(rows, middle), outputs, y: less(targets, level) });
    const intercept = level;
    for (let j = 0; j < width; j++) for (let k = 0; k < outputs; k++) intercept[k] -= middle[j] * coefficients[j * outputs + k];
    this.#line = { width, outputs, isList: targets.isList, coefficients, intercept };
    return this;
  }

  /** x · w + b, [n] or [n, outputs]. @throws ShapeError, ArgumentError before `fit` */
  predict(x: TensorLike): Tensor {
    const op = `${this.#op}.predict`;
    checkArity(op, arguments.length, 1);
    const { width, outputs, isList, coefficients, intercept } = fitted(op, this.#line);
    const { n, values, dtype } = readRows(op, x, width);
    const out = new Float64Array(n * outputs);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < outputs; k++) {
        let sum = intercept[k];
        for (let j = 0; j < width; j++) sum += values[i * width + j] * coefficients[j * outputs + k];
        out[i * outputs + k] = sum;
      }
    }
    return asTensor(out, isList ? [n] : [n, outputs], dtype);
  }

  /** w: [features], or [features, outputs] of several targets; float64. */
  get coefficients(): Tensor {
    const { width, outputs, isList, coefficients } = fitted(this.#op, this.#line);
    return asTensor(coefficients, isList ? [width] : [width, outputs]);
  }

  /** b: [], or [outputs] of several targets; float64. */
  get intercept(): Tensor {
    const { outputs, isList, intercept } = fitted(this.#op, this.#line);
    return asTensor(intercept, isList ? [] : [outputs]);
  }
}

function less({ width, values }: Rows, means: Float64Array): Float64Array {
  return values.map((value, i) => value - means[i % width]);
}
