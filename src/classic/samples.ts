import { ArgumentError, DTypeError, IndexError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import type { DType } from "../memory/views.js";
import { isPlain } from "../options/plain.js";
import { tensor } from "../tensor/creation.js";
import { isFloating } from "../tensor/dtype.js";
import type { TensorLike } from "../tensor/nested.js";
import type { Shape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/** Samples [n, width] in float64, row by row. */
export interface Rows {
  readonly n: number;
  readonly width: number;
  readonly values: Float64Array;
  /** The element type of results: float64 for samples in float64, else float32. */
  readonly dtype: DType;
}

/**
 * The samples of an argument x [n, width].
 * @param width as many features as the model was fitted on; undefined: any
 * @throws ShapeError, ArgumentError for NaN and ±∞
 */
export function readRows(op: string, x: TensorLike, width?: number): Rows {
  const { values, shape, dtype } = numbersOf(op, "x", x);
  if (shape.length !== 2) {
    const mend =
      shape.length === 1 ? "Write x.reshape([-1, 1]) for one feature, x.reshape([1, -1]) for one sample." : "Write x.flatten(1).";
    throw new ShapeError(message(op, `x is ${shapeText(shape)}; expected samples [n, features]`, mend));
  }
  if (values.length === 0) throw new ShapeError(message(op, `x is ${shapeText(shape)}; expected a sample and a feature at least`));
  if (width !== undefined && shape[1] !== width) {
    throw new ShapeError(message(op, `x is ${shapeText(shape)}; expected [n, ${width}], as it was fitted`));
  }
  return { n: shape[0], width: shape[1], values, dtype };
}

/** Targets of a regression: [n] has one column. */
export interface Targets extends Rows {
  /** Whether they were given as a list [n], as predictions then are, too. */
  readonly isList: boolean;
}

/** The targets of an argument y [n] or [n, outputs]. @throws ShapeError, ArgumentError for NaN and ±∞ */
export function readTargets(op: string, y: TensorLike, n: number): Targets {
  const { values, shape, dtype } = numbersOf(op, "y", y);
  const isList = shape.length === 1;
  if ((!isList && shape.length !== 2) || shape[0] !== n || values.length === 0) {
    throw new ShapeError(message(op, `x has ${n} samples, y is ${shapeText(shape)}; expected [${n}] or [${n}, outputs]`));
  }
  return { n, width: isList ? 1 : shape[1], values, dtype, isList };
}

/**
 * The labels of an argument y [n].
 * @param classes as many as the model was fitted on; undefined: any
 * @throws ShapeError, DTypeError unless they are whole, IndexError for a label below 0 or above the last
 */
export function readLabels(op: string, y: TensorLike, n: number, classes?: number): Int32Array {
  const { values, shape } = numbersOf(op, "y", y);
  if (values.length !== n || shape[0] !== n) {
    throw new ShapeError(message(op, `x has ${n} samples, y is ${shapeText(shape)}; expected labels [${n}]`));
  }
  const broken = values.find((value) => !Number.isInteger(value));
  if (broken !== undefined) throw new DTypeError(message(op, `y holds ${broken}; expected labels 0, 1, 2, …`));
  const outside = values.findIndex((value) => value < 0 || value >= (classes ?? MOST_CLASSES));
  if (outside >= 0) {
    const mend = values[outside] === -1 ? "Labels count from 0: of two classes, 0 stands for −1." : "";
    const most = (classes ?? MOST_CLASSES) - 1;
    throw new IndexError(message(op, `label ${values[outside]} at sample ${outside} is outside 0 … ${most}`, mend));
  }
  return Int32Array.from(values);
}

/** Labels are indices: one far above the number of classes is a mistake. */
const MOST_CLASSES = 1_000_000;

/**
 * How many samples each class has; there are as many classes as the greatest label says.
 * @throws ArgumentError if there are fewer than two, or one has no samples
 */
export function countClasses(op: string, labels: Int32Array): Float64Array {
  const counts = new Float64Array(labels.reduce((most, label) => Math.max(most, label), 0) + 1);
  for (const label of labels) counts[label]++;
  if (counts.length < 2) throw new ArgumentError(message(op, "y holds label 0 alone; expected two classes at least"));
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    const mend = "Labels are 0, 1, 2, … without a gap.";
    throw new ArgumentError(message(op, `class ${empty} of ${counts.length} has no samples`, mend));
  }
  return counts;
}

/** @throws ArgumentError unless k things can be made of n samples; `name` is the option */
export function checkAtMost(op: string, name: string, k: number, n: number): void {
  if (k <= n) return;
  throw new ArgumentError(message(op, `${name} is ${k}, x has ${n} sample${n === 1 ? "" : "s"}; expected at most as many`));
}

/** What a fit has found. @throws ArgumentError before `fit` */
export function fitted<T>(op: string, found: T | null): T {
  if (found !== null) return found;
  throw new ArgumentError(message(op, "it is not fitted", "Call await model.fit(x, y) first."));
}

/** A tensor of numbers in float64, as data. */
export function asTensor(values: ArrayLike<number>, shape: Shape, dtype: DType = "float64"): Tensor {
  const elements =
    dtype === "float64" ? Float64Array.from(values) : dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
  return new Tensor(dataStorage(dtype, elements, "classic"), Object.freeze([...shape]));
}

function numbersOf(op: string, name: string, x: TensorLike): { values: Float64Array; shape: Shape; dtype: DType } {
  if (typeof x !== "object" || x === null) {
    throw new ArgumentError(message(op, `${name} is ${kindText(x)}; expected a tensor or nested arrays of numbers`));
  }
  if (isPlain(x)) {
    throw new ArgumentError(
      message(op, `${name} is ${kindText(x)}; expected a tensor or nested arrays of numbers`, "Write data.x, data.y."),
    );
  }
  const given = x instanceof Tensor ? x : tensor(x, { dtype: "float64" });
  const values = new Float64Array(given.view());
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new ArgumentError(message(op, `element ${wrong} of ${name} is ${values[wrong]}; expected finite numbers`));
  const dtype = x instanceof Tensor && isFloating(x.dtype) ? x.dtype : "float32";
  return { values, shape: given.shape, dtype };
}
