import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { eigh } from "../linalg/eigen.js";
import { gram } from "../linalg/positive.js";
import { svd } from "../linalg/svd.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import { Tensor } from "../tensor/tensor.js";

/** The directions in which data vary, by descending variance. */
export interface Axes {
  readonly mean: Float64Array;
  /** A direction in each row, [components, features]. */
  readonly axes: Float64Array;
  /** Divided by n − 1, [components]. */
  readonly variances: Float64Array;
  /** The sum of the variances of all features. */
  readonly total: number;
  /** The number of training samples. */
  readonly samples: number;
}

/** Samples [n, width] in float64. */
export interface Samples {
  readonly n: number;
  readonly width: number;
  readonly values: Float64Array;
  /** The element type of what is made of them. */
  readonly dtype: "float32" | "float64";
}

/** The samples of an argument. @param width as many features as were fitted; undefined: any @throws ShapeError, ArgumentError */
export function readSamples(op: string, given: TensorLike, width?: number): Samples {
  // Nested numbers are read in float64, so that large ones keep their digits.
  const x = given instanceof Tensor ? given : tensor(given, { dtype: "float64" });
  const { shape } = x;
  if (shape.length !== 2 || (width !== undefined && shape[1] !== width)) {
    const mend = shape.length > 2 ? "Write x.flatten(1)." : undefined;
    throw new ShapeError(message(op, `x is ${shapeText(shape)}; expected samples [n, ${width ?? "features"}]`, mend));
  }
  const values = new Float64Array(x.view());
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new ArgumentError(message(op, `element ${wrong} of x is ${values[wrong]}; expected finite numbers`));
  return { n: shape[0], width: shape[1], values, dtype: given instanceof Tensor && given.dtype === "float64" ? "float64" : "float32" };
}

/** All min(n, features) directions of training data. @throws ShapeError for fewer than two samples */
export async function principalAxes(op: string, x: TensorLike): Promise<Axes> {
  const { n, width, values } = readSamples(op, x);
  if (n < 2 || width === 0) throw new ShapeError(message(op, `x is ${shapeText([n, width])}; expected two samples and a feature at least`));
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width] += values[i] / n;
  const centred = values.map((value, i) => value - mean[i % width]);
  const total = centred.reduce((sum, value) => sum + value * value, 0) / (n - 1);
  const found = n < width ? await bySamples(centred, n, width) : await byFeatures(centred, n, width);
  return { mean, ...found, total, samples: n };
}

async function bySamples(centred: Float64Array, n: number, width: number): Promise<Pick<Axes, "axes" | "variances">> {
  const { s, vh } = await svd(tensor(centred, { shape: [n, width] }));
  return { axes: new Float64Array(vh.view()), variances: new Float64Array(s.view()).map((value) => (value * value) / (n - 1)) };
}

async function byFeatures(centred: Float64Array, n: number, width: number): Promise<Pick<Axes, "axes" | "variances">> {
  const { values, vectors } = await eigh(tensor(gram(centred, n, width, true, 0), { shape: [width, width] }));
  const [squares, columns] = [values.view(), vectors.view()];
  const axes = new Float64Array(width * width);
  const variances = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    // Eigenvalues ascend. Those of 0 may come out below it.
    const from = width - 1 - k;
    variances[k] = Math.max(squares[from], 0) / (n - 1);
    for (let j = 0; j < width; j++) axes[k * width + j] = columns[j * width + from];
  }
  return { axes, variances };
}

/** Each component of samples times its scale, [n, components]. */
export function project({ mean, axes, variances }: Axes, { n, width, values, dtype }: Samples, scales: Float64Array): Tensor {
  const count = variances.length;
  const out = new Float64Array(n * count);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < count; k++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += axes[k * width + j] * (values[i * width + j] - mean[j]);
      out[i * count + k] = sum * scales[k];
    }
  }
  return tensor(out, { shape: [n, count], dtype });
}

/** Samples [n, features] of components that were scaled. */
export function restore({ mean, axes, variances }: Axes, { n, values, dtype }: Samples, scales: Float64Array): Tensor {
  const [count, width] = [variances.length, mean.length];
  const out = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < width; j++) {
      let sum = mean[j];
      for (let k = 0; k < count; k++) sum += (values[i * count + k] / scales[k]) * axes[k * width + j];
      out[i * width + j] = sum;
    }
  }
  return tensor(out, { shape: [n, width], dtype });
}

/** Directions as they are saved. */
export interface AxesJson {
  mean: number[];
  /** [components][features] */
  axes: number[][];
  variances: number[];
  total: number;
  samples: number;
}

/** Directions as plain arrays. */
export function axesToJson({ mean, axes, variances, total, samples }: Axes): AxesJson {
  const rows = Array.from(variances, (_, k) => [...axes.subarray(k * mean.length, (k + 1) * mean.length)]);
  return { mean: [...mean], axes: rows, variances: [...variances], total, samples };
}

/** Directions from plain arrays. @throws ArgumentError if they are damaged */
export function axesOfJson(op: string, json: AxesJson): Axes {
  const { mean, axes, variances, total, samples } = json ?? {};
  const isNumbers = (value: unknown, length: number): boolean =>
    Array.isArray(value) && value.length === length && value.every(Number.isFinite);
  const sound =
    isNumbers(mean, mean?.length) &&
    isNumbers(variances, variances?.length) &&
    Array.isArray(axes) &&
    axes.length === variances.length &&
    axes.every((row) => isNumbers(row, mean.length)) &&
    isNumbers([total, samples], 2);
  if (!sound) throw new ArgumentError(message(op, "its state has no mean, axes and variances that fit", "Pass what toJSON gave."));
  const [m, v] = [mean, variances].map((list) => Float64Array.from(list));
  return { mean: m, axes: Float64Array.from(axes.flat()), variances: v, total, samples };
}
