import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { listText, message, shapeText } from "../../errors/message.js";
import { defineOp } from "../../graph/define.js";
import * as kernels from "../../kernels/generated.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { checkValue, type OptionOf, option } from "../../options/option.js";
import { checkTensorArity } from "../../tensor/check.js";
import { rand } from "../../tensor/random.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { checkTensor } from "../operands.js";
import { type Extents, each, extents } from "../window.js";
import { type Pooled, RETURN_INDICES, taken, type WithIndices } from "./indices.js";
import { kernelSize } from "./max.js";
import { checkPooled, spatialExtents } from "./pooling.js";

/** A ratio of extents for all spatial axes, or one for each. */
export type Ratios = number | readonly number[];

/** Options of fractional max pooling over a number of axes. */
export function fractionalOptions(axes: number) {
  const holds = (value: unknown): boolean => typeof value === "number" && value > 0 && value < 1;
  const all = (value: unknown): boolean => holds(value) || (Array.isArray(value) && value.length === axes && value.every(holds));
  const ratio: OptionOf<Ratios, { default: null }> = option(`a number from above 0 to below 1, or ${axes === 2 ? "two" : "three"}`, all, {
    default: null,
  });
  return {
    /** Extents of the result, whole numbers ≥ 1; or outputRatio is given. Default null. */
    outputSize: extents(axes, 1, { default: null }),
    /** Extents of the result as parts of the input's, above 0 and below 1; or outputSize is given. Default null. */
    outputRatio: ratio,
    ...RETURN_INDICES,
  };
}

const SAMPLES = option<Tensor, object>("a tensor", () => true, {});
const OPTIONS = [2, 3].map((axes) =>
  declare(`fractionalMaxPool${axes}d`, {
    ...fractionalOptions(axes),
    /** Where windows lie: numbers in [0, 1) [n, c, 2] or [n, c, 3]. Default: random ones. */
    samples: SAMPLES,
  }),
);
const KERNEL_SIZE = [2, 3].map(kernelSize);

/** Options of `fractionalMaxPool2d` and `fractionalMaxPool3d`. */
export interface FractionalMaxPoolOptions extends OptionsOf<(typeof OPTIONS)[number]> {}

/**
 * The greatest element of every window over two axes, where windows of one size lie at distances of two neighbouring whole numbers, so
 * that the input shrinks by a fraction; as torch.nn.functional.fractional_max_pool2d. Graham, arXiv 1412.6071, 2014.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, ...outputSize], with outputRatio ⌊h · ratio⌋
 * Gradient:  dx: g at the first greatest element of each window
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.outputSize either this: extents of the result, at most those of the input less kernelSize − 1
 * @param options.outputRatio or this: a number from above 0 to below 1, or [height, width]
 * @param options.samples where windows lie: a number in [0, 1) for [width, height] of each sample and channel; default random ones
 * @param options.returnIndices whether the result is { output, indices }, default false
 * @throws ArgumentError for an option, and unless one of outputSize and outputRatio is given; ShapeError, DTypeError for whole numbers
 * @example fractionalMaxPool2d(ones([1, 4, 9, 9]), 2, { outputRatio: 0.7 }).shape   // [1, 4, 6, 6]
 */
export function fractionalMaxPool2d<R extends boolean = false>(
  x: Tensor,
  kernelSize: Extents,
  options: FractionalMaxPoolOptions & { returnIndices?: R },
): Pooled<R> {
  checkTensorArity("fractionalMaxPool2d", arguments.length, 3);
  return fractionalMaxPool(2, x, kernelSize, options);
}

/**
 * The greatest element of every window over three axes, where windows of one size lie at distances of two neighbouring whole numbers; as
 * torch.nn.functional.fractional_max_pool3d. Graham, arXiv 1412.6071, 2014.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, ...outputSize], with outputRatio ⌊d · ratio⌋
 * Gradient:  dx: g at the first greatest element of each window
 * @param kernelSize extents of a window: one number, or [depth, height, width]
 * @param options.outputSize either this: extents of the result, at most those of the input less kernelSize − 1
 * @param options.outputRatio or this: a number from above 0 to below 1, or [depth, height, width]
 * @param options.samples where windows lie: a number in [0, 1) for [depth, height, width] of each sample and channel; default random ones
 * @param options.returnIndices whether the result is { output, indices }, default false
 * @throws ArgumentError for an option, and unless one of outputSize and outputRatio is given; ShapeError, DTypeError for whole numbers
 * @example fractionalMaxPool3d(ones([1, 4, 8, 9, 9]), 2, { outputSize: 5 }).shape   // [1, 4, 5, 5, 5]
 */
export function fractionalMaxPool3d<R extends boolean = false>(
  x: Tensor,
  kernelSize: Extents,
  options: FractionalMaxPoolOptions & { returnIndices?: R },
): Pooled<R> {
  checkTensorArity("fractionalMaxPool3d", arguments.length, 3);
  return fractionalMaxPool(3, x, kernelSize, options);
}

function fractionalMaxPool<R extends boolean>(axes: number, x: Tensor, kernelSize: Extents, options: FractionalMaxPoolOptions): Pooled<R> {
  const op = `fractionalMaxPool${axes}d`;
  checkPooled(op, x, `FractionalMaxPool${axes}d`);
  checkValue(op, "kernelSize", kernelSize, KERNEL_SIZE[axes - 2]);
  const { samples, returnIndices, ...told } = OPTIONS[axes - 2].readOptions(options);
  const windows = fractionalWindows(op, x.shape, axes, { kernelSize, ...told });
  const shape = [...leading(x.shape, axes), axes];
  if (samples !== undefined) checkSamples(op, samples, shape);
  return fractional(x, samples?.cast(x.dtype) ?? rand(shape, { dtype: x.dtype as "float32" }), windows, returnIndices) as Pooled<R>;
}

/** The windows of a fractional max pooling. */
export interface FractionalWindows {
  readonly kernel: readonly number[];
  readonly output: readonly number[];
}

/** Windows as a user tells them. */
interface Told {
  readonly kernelSize: Extents;
  readonly outputSize: Extents | null;
  readonly outputRatio: Ratios | null;
}

/** @throws ArgumentError unless one of outputSize and outputRatio is given */
export function checkOutput(op: string, { outputSize, outputRatio }: Pick<Told, "outputSize" | "outputRatio">): void {
  if ((outputSize === null) !== (outputRatio === null)) return;
  const problem = outputSize === null ? "neither outputSize nor outputRatio is given" : "both outputSize and outputRatio are given";
  throw new ArgumentError(message(op, `${problem}; expected one of them`, "Write { outputRatio: 0.7 }."));
}

/** The windows over the last axes of a shape. @throws ArgumentError, ShapeError where they do not fit */
export function fractionalWindows(op: string, shape: Shape, axes: number, told: Told): FractionalWindows {
  checkOutput(op, told);
  const input = spatialExtents(op, shape, axes);
  const kernel = each(told.kernelSize, axes);
  const parts = (ratios: Ratios): number[] => each(ratios, axes).map((ratio, axis) => Math.floor(input[axis] * ratio));
  const output = told.outputSize === null ? parts(told.outputRatio as Ratios) : each(told.outputSize, axes);
  if (output.some((extent, axis) => extent < 1 || extent + kernel[axis] - 1 > input[axis])) {
    const problem = `${listText(output)} windows of ${listText(kernel)} do not fit into ${listText(input)}`;
    throw new ShapeError(message(op, `${problem}; expected 1 or more, and windows + kernelSize − 1 at most the extent`));
  }
  return { kernel, output };
}

/** The shape without the last axes, of two axes [n, c] where the batch is missing. */
export function leading(shape: Shape, axes: number): Shape {
  return [...(shape.length === axes + 1 ? [1] : []), ...shape.slice(0, -axes)];
}

function checkSamples(op: string, samples: Tensor, shape: Shape): void {
  checkTensor(op, "samples", samples);
  if (samples.size === sizeOf(shape) && samples.rank === 3) return;
  throw new ShapeError(message(op, `samples have shape ${shapeText(samples.shape)}; expected ${shapeText(shape)}`));
}

/** The greatest elements of the windows that samples decide. */
export function fractional(x: Tensor, samples: Tensor, windows: FractionalWindows, returnIndices: boolean): Tensor | WithIndices {
  const indices = fractionalAt(x, samples, windows);
  const output = taken(x, indices, windows.output.length);
  return returnIndices ? { output, indices } : output;
}

const fractionalAt: (x: Tensor, samples: Tensor, windows: FractionalWindows) => Tensor = defineOp({
  name: "fractionalMaxPool",
  inputs: ["x", "samples"],
  dtype: "int32",
  shape: ({ x }, { output }: FractionalWindows) => [...x.shape.slice(0, -output.length), ...output],
  forward: ({ x, samples, out }, { kernel, output }) => {
    const axes = output.length;
    const [d, h, w] = [1, ...x.shape.slice(-axes)].slice(-3);
    const [od, oh, ow] = [1, ...output].slice(-3);
    const [kd, kh, kw] = [1, ...kernel].slice(-3);
    const args = { x: x.at, samples: samples.at, indices: out.at, d, h, w, od, oh, ow, kd, kh, kw, axes };
    kernels.fractionalMax(args, 0, sizeOf(x.shape.slice(0, -axes)), x.dtype);
  },
});
