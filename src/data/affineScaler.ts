import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { placesOf } from "../io/standardize.js";
import { checkArity } from "../options/arity.js";
import type { AnyDeclaration } from "../options/declare.js";
import { option } from "../options/option.js";
import { tensor } from "../tensor/creation.js";
import { isFloating } from "../tensor/dtype.js";
import type { TensorLike } from "../tensor/nested.js";
import { normalizeAxes, type Shape, sameShape } from "../tensor/shape.js";
import { dataStorage, hostArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { Preprocessor } from "./preprocessor.js";

/** Samples of numbers along the first axis. */
export type Numbers = TensorLike | Tensor;

const isAxes = (value: unknown): boolean => [value].flat().every(Number.isSafeInteger);

export const AXES = {
  /** Axes that are measured together; 0, the samples, must be among them: [0, 2, 3] measures channels of images. Default 0: each feature. */
  axes: option<number | readonly number[], { default: 0; aka: string[] }>("an axis or an array of axes", isAxes, {
    default: 0,
    aka: ["axis", "dim"],
  }),
};

/** What a feature is scaled by: z = (x − shift) / scale + offset. */
export interface Affine {
  readonly shift: number;
  /** Not 0. */
  readonly scale: number;
  readonly offset?: number;
}

/** A preprocessor that shifts and scales each feature by what it has measured of it. It computes in float64. */
export abstract class AffineScaler<D extends AnyDeclaration> extends Preprocessor<Numbers, Tensor, D> {
  /** The extents of a sample; null before `fit`. */
  #features: Shape | null = null;
  /** For each element of a sample the position of its measures; null until samples are seen, whose extents a saved state only claims. */
  #places: Int32Array | null = null;
  #affine: readonly Required<Affine>[] = [];

  /** The measures of a feature. @param values of all samples, finite; they may be sorted in place */
  protected abstract measure(values: Float64Array): Affine;

  /** What becomes of a scaled number. */
  protected finish(z: number): number {
    return z;
  }

  get fitted(): boolean {
    return this.#features !== null;
  }

  /** What is subtracted from each feature, float64. @throws ArgumentError before `fit` */
  get shift(): Tensor {
    return this.#measures(({ shift }) => shift);
  }

  /** What each feature is divided by, float64. @throws ArgumentError before `fit` */
  get scale(): Tensor {
    return this.#measures(({ scale }) => scale);
  }

  fit(x: Numbers): this {
    checkArity("fit", arguments.length, 1);
    const { op } = this;
    const given = this.#read(x);
    if (given.rank === 0 || given.size === 0)
      throw new ShapeError(
        message(`${op}.fit`, `x has shape ${shapeText(given.shape)}; expected at least one sample along the first axis`),
      );
    const places = placesOf(given.shape, this.#axesOf(given.shape));
    const affine = columns(op, given, places).map((values) => ({ offset: 0, ...this.measure(values) }));
    this.#places = places;
    this.#affine = affine;
    this.#features = Object.freeze(given.shape.slice(1));
    return this;
  }

  transform(x: Numbers): Tensor {
    checkArity("transform", arguments.length, 1);
    return this.#map("transform", x, (value, { shift, scale, offset }) => this.finish((value - shift) / scale + offset));
  }

  override inverse(z: Numbers): Tensor {
    checkArity("inverse", arguments.length, 1);
    return this.#map("inverse", z, (value, { shift, scale, offset }) => (value - offset) * scale + shift);
  }

  protected state(): Record<string, unknown> {
    return { features: this.#features, measures: this.#affine.map(({ shift, scale, offset }) => [shift, scale, offset]) };
  }

  protected restore({ features, measures }: Readonly<Record<string, unknown>>): void {
    const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every(Number.isFinite);
    if (
      !isNumbers(features) ||
      !features.every((extent) => Number.isSafeInteger(extent) && extent > 0) ||
      !Array.isArray(measures) ||
      !measures.every((each) => isNumbers(each) && each.length === 3 && each[1] !== 0)
    )
      throw this.damaged("its state has no features and measures");
    const axes = this.#axesOf([1, ...features]);
    if (features.reduce((n, extent, i) => (axes.includes(i + 1) ? n : n * extent), 1) !== measures.length)
      throw this.damaged(`${measures.length} measures do not fit samples of shape ${shapeText(features)}`);
    this.#places = null;
    this.#affine = measures.map(([shift, scale, offset]) => ({ shift, scale, offset }));
    this.#features = Object.freeze(features);
  }

  #axesOf(shape: Shape): readonly number[] {
    const axes = normalizeAxes(this.op, (this.settings as unknown as { axes: number | readonly number[] }).axes, shape);
    if (axes[0] === 0) return axes;
    throw new ShapeError(message(this.op, `the axes are ${shapeText(axes)}; 0, the samples, must be among them`));
  }

  /** Nested numbers are read in float64, so that large ones keep their digits. */
  #read(x: Numbers): Tensor {
    return x instanceof Tensor ? x : tensor(x, { dtype: "float64" });
  }

  #map(method: string, x: Numbers, formula: (value: number, affine: Required<Affine>) => number): Tensor {
    this.needFit(method);
    const given = this.#read(x);
    const features = this.#features as Shape;
    if (given.rank === 0 || !sameShape(given.shape.slice(1), features)) {
      const wanted = `[n${features.map((extent) => `, ${extent}`).join("")}], as of the training data`;
      throw new ShapeError(message(`${this.op}.${method}`, `x has shape ${shapeText(given.shape)}; expected ${wanted}`));
    }
    this.#places ??= placesOf(given.shape, this.#axesOf(given.shape));
    const places = this.#places;
    const values = given.view();
    const dtype = x instanceof Tensor && isFloating(x.dtype) ? x.dtype : "float32";
    const out = hostArray(`${this.op}.${method}`, dtype, values.length);
    for (let i = 0; i < values.length; i++) out[i] = formula(values[i], this.#affine[places[i % places.length]]);
    return new Tensor(dataStorage(dtype, out, `${this.op}.${method}`), given.shape);
  }

  #measures(of: (affine: Required<Affine>) => number): Tensor {
    this.needFit("fit");
    return tensor(Float64Array.from(this.#affine, of));
  }
}

/** The values that are measured together. @throws ArgumentError for what is not finite */
function columns(op: string, x: Tensor, places: Int32Array): Float64Array[] {
  const values = x.view();
  const counts = new Int32Array(places.reduce((most, place) => Math.max(most, place), -1) + 1);
  for (const place of places) counts[place] += x.shape[0];
  const found = Array.from(counts, (count) => new Float64Array(count));
  counts.fill(0);
  for (let i = 0; i < values.length; i++) {
    const place = places[i % places.length];
    if (!Number.isFinite(values[i])) {
      const where = `${values[i]} at sample ${Math.floor(i / places.length)}, element ${i % places.length}`;
      throw new ArgumentError(message(`${op}.fit`, `x holds ${where}; expected finite numbers`, "Fill or drop what is missing first."));
    }
    found[place][counts[place]++] = values[i];
  }
  return found;
}
