import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { checkTensor } from "../tensor/check.js";
import { isFloating } from "../tensor/dtype.js";
import { normalizeAxes, type Shape, sameShape, sizeOf } from "../tensor/shape.js";
import { dataStorage, hostArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

const STANDARDIZE = declare("standardize", {
  /** Axes that one mean and one deviation is taken over; 0, the samples, must be among them. Default 0: each feature on its own. */
  axes: option<number | readonly number[], { default: 0; aka: string[] }>("an axis or an array of axes", isAxes, {
    default: 0,
    aka: ["axis", "dim"],
  }),
});

/** Options of `standardize`. */
export interface StandardizeOptions extends OptionsOf<typeof STANDARDIZE> {}

function isAxes(value: unknown): boolean {
  return [value].flat().every((axis) => typeof axis === "number");
}

/** The means and deviations of training data, which standardize any data of the same features. */
export interface Standardizer {
  /** Means, float64. The shape is that of the data, with extent 1 along the averaged axes. */
  readonly mean: Tensor;
  /** Standard deviations, float64, of the same shape as `mean`; 1 where the data do not vary. */
  readonly std: Tensor;
  /** Replaces the means and deviations by those of other data of the same features. @returns this @throws ShapeError, ArgumentError */
  fit(x: Tensor): this;
  /** (x − mean) / std, in float64 for float64 data, else in float32. @throws ShapeError unless x has the features of the training data */
  transform(x: Tensor): Tensor;
  /** z · std + mean. @throws ShapeError */
  inverse(z: Tensor): Tensor;
}

/**
 * Makes a transformation by which each feature of the training data has mean 0 and standard deviation 1. The same transformation can
 * be applied to any other data:
 *
 * z = (x − mean) / std, std² = Σ(x − mean)² / n
 *
 * It is computed in float64, by Welford's running sums (Technometrics 4, 1962). A feature that does not vary is only shifted.
 *
 * @param x training data [n, …], n ≥ 1, of any type but bool
 * @param options.axes axes to average over, default 0; [0, 2, 3] gives one mean for each channel of images [n, c, h, w]
 * @throws ArgumentError if x holds NaN or ±∞; ShapeError, IndexError for axes that x does not have
 * @example
 * const scale = standardize(train.x);
 * await model.fit({ x: scale.transform(train.x), y: train.y });
 * await model.predict(scale.transform(test.x));
 */
export function standardize(x: Tensor, options?: StandardizeOptions): Standardizer {
  checkArity("standardize", arguments.length, 2);
  checkTensor("standardize", "x", x);
  const axes = normalizeAxes("standardize", STANDARDIZE.readOptions(options).axes, x.shape);
  if (axes[0] !== 0) throw new ShapeError(message("standardize", `the axes are ${shapeText(axes)}; 0, the samples, must be among them`));
  return new Fitted(x, axes);
}

class Fitted implements Standardizer {
  mean!: Tensor;
  std!: Tensor;
  /** The extents of one sample. */
  readonly #features: Shape;
  /** For each element of a sample the position of its mean in `mean`. */
  readonly #places: Int32Array;

  constructor(
    x: Tensor,
    readonly axes: readonly number[],
  ) {
    this.#features = x.shape.slice(1);
    this.#places = placesOf(x.shape, axes);
    this.fit(x);
  }

  fit(x: Tensor): this {
    this.#check("fit", x);
    const shape = Object.freeze(x.shape.map((extent, axis) => (this.axes.includes(axis) ? 1 : extent)));
    const mean = new Float64Array(sizeOf(shape));
    const std = new Float64Array(mean.length);
    const [values, places] = [x.view(), this.#places];
    const width = places.length;
    const counts = new Float64Array(mean.length);
    // Running means do not drift: a feature that does not vary has deviation 0 exactly.
    for (let i = 0; i < values.length; i++) {
      const place = places[i % width];
      const difference = values[i] - mean[place];
      mean[place] += difference / ++counts[place];
      std[place] += difference * (values[i] - mean[place]);
    }
    const bad = std.findIndex((sum) => !Number.isFinite(sum));
    if (bad >= 0) {
      const at = Array.prototype.findIndex.call(values, (value: number, i) => places[i % width] === bad && !Number.isFinite(value));
      const where = at < 0 ? "numbers too large to square" : `${values[at]} at sample ${Math.floor(at / width)}, element ${at % width}`;
      throw new ArgumentError(message("standardize", `x holds ${where}; expected finite numbers`, "Fill or drop what is missing first."));
    }
    for (let i = 0; i < std.length; i++) std[i] = Math.sqrt(std[i] / counts[i]) || 1;
    this.mean = new Tensor(dataStorage("float64", mean, "standardize"), shape);
    this.std = new Tensor(dataStorage("float64", std, "standardize"), shape);
    return this;
  }

  transform(x: Tensor): Tensor {
    return this.#map("transform", x, (value, mean, std) => (value - mean) / std);
  }

  inverse(z: Tensor): Tensor {
    return this.#map("inverse", z, (value, mean, std) => value * std + mean);
  }

  #map(op: string, x: Tensor, formula: (value: number, mean: number, std: number) => number): Tensor {
    this.#check(op, x);
    const [values, mean, std, places] = [x.view(), this.mean.view(), this.std.view(), this.#places];
    const dtype = isFloating(x.dtype) ? x.dtype : "float32";
    const out = hostArray(`standardize.${op}`, dtype, values.length);
    for (let i = 0; i < values.length; i++) {
      const place = places[i % places.length];
      out[i] = formula(values[i], mean[place], std[place]);
    }
    return new Tensor(dataStorage(dtype, out, `standardize.${op}`), x.shape);
  }

  #check(op: string, x: Tensor): void {
    checkTensor(`standardize.${op}`, "x", x);
    const wanted = `[n, ${[...this.#features].join(", ")}]`.replace(", ]", "]");
    if (x.rank === 0 || !sameShape(x.shape.slice(1), this.#features)) {
      throw new ShapeError(message(`standardize.${op}`, `x has shape ${shapeText(x.shape)}; expected ${wanted}, as of the training data`));
    }
    if (op === "fit" && x.size === 0)
      throw new ShapeError(message("standardize", `x has shape ${shapeText(x.shape)}; expected a sample at least`));
  }
}

/** For each element of a sample the position of its mean, in which averaged axes do not count. */
export function placesOf(shape: Shape, axes: readonly number[]): Int32Array {
  const strides = new Int32Array(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis > 0; axis--) {
    if (axes.includes(axis)) continue;
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return Int32Array.from({ length: sizeOf(shape.slice(1)) }, (_, i) => {
    let place = 0;
    for (let axis = shape.length - 1, rest = i; axis > 0; axis--) {
      place += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return place;
  });
}
