import { declare, type OptionsOf } from "../../options/declare.js";
import { checkValue, type OptionOf, type OptionSpec, option } from "../../options/option.js";
import { checkTensorArity } from "../../tensor/check.js";
import type { Tensor } from "../../tensor/tensor.js";
import { averages } from "./average.js";
import { type Pooled, RETURN_INDICES } from "./indices.js";
import { greatest } from "./max.js";
import { checkPooled, type Pooling, partsOf } from "./pooling.js";

/** Extents of a result: one for all spatial axes, or one for each; null stands for the input's own. */
export type OutputSize = number | null | readonly (number | null)[];

const WORDS = ["", "", ", or two", ", or three"];

/** The extents of an adaptive pooling's result over a number of axes. */
export function outputSize(axes: number): OptionOf<OutputSize, OptionSpec<OutputSize> & { required: true }> {
  const holds = (n: unknown): boolean => n === null || (Number.isSafeInteger(n) && (n as number) >= 1);
  const all = (value: unknown): boolean => holds(value) || (Array.isArray(value) && value.length === axes && value.every(holds));
  return option<OutputSize, OptionSpec<OutputSize> & { required: true }>(`a whole number ≥ 1 or null${WORDS[axes]}`, all, {
    required: true,
  });
}

/** The extents of a result, null for the input's own. */
export function outputExtents(size: OutputSize, axes: number): readonly (number | null)[] {
  return Array.isArray(size) ? size : new Array<number | null>(axes).fill(size as number | null);
}

const OUTPUT_SIZE = [1, 2, 3].map(outputSize);

/**
 * Means of windows so large that a given number of them covers one axis, as torch.nn.functional.adaptive_avg_pool1d: window o reaches
 * from ⌊o · l / outputSize⌋ to ⌈(o + 1) · l / outputSize⌉.
 * Shape:     [n, c, l] or [c, l] → [n, c, outputSize]
 * Gradient:  dx: Σ g / elements over the windows that hold the element
 * @param outputSize whole number ≥ 1; null: l
 * @throws ShapeError for another rank, ArgumentError for outputSize, DTypeError for whole numbers
 * @example adaptiveAvgPool1d(tensor([[[1, 3, 2, 0]]]), 2)   // [[[2, 1]]]
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: OutputSize): Tensor {
  checkTensorArity("adaptiveAvgPool1d", arguments.length, 2);
  return adaptiveAvgPool(1, x, outputSize);
}

/**
 * Means of windows so large that a given number of them covers two axes, as torch.nn.functional.adaptive_avg_pool2d: along an axis
 * of extent h window o reaches from ⌊o · h / outputSize⌋ to ⌈(o + 1) · h / outputSize⌉.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, ...outputSize]
 * Gradient:  dx: Σ g / elements over the windows that hold the element
 * @param outputSize one whole number ≥ 1, or [height, width]; null: the input's own extent
 * @throws ShapeError for another rank, ArgumentError for outputSize, DTypeError for whole numbers
 * @example adaptiveAvgPool2d(ones([1, 8, 7, 9]), [2, null]).shape   // [1, 8, 2, 9]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: OutputSize): Tensor {
  checkTensorArity("adaptiveAvgPool2d", arguments.length, 2);
  return adaptiveAvgPool(2, x, outputSize);
}

/**
 * Means of windows so large that a given number of them covers three axes, as torch.nn.functional.adaptive_avg_pool3d.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, ...outputSize]
 * Gradient:  dx: Σ g / elements over the windows that hold the element
 * @param outputSize one whole number ≥ 1, or [depth, height, width]; null: the input's own extent
 * @throws ShapeError for another rank, ArgumentError for outputSize, DTypeError for whole numbers
 * @example adaptiveAvgPool3d(ones([1, 8, 4, 7, 9]), 2).shape   // [1, 8, 2, 2, 2]
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: OutputSize): Tensor {
  checkTensorArity("adaptiveAvgPool3d", arguments.length, 2);
  return adaptiveAvgPool(3, x, outputSize);
}

function adaptiveAvgPool(axes: number, x: Tensor, outputSize: OutputSize): Tensor {
  const op = `adaptiveAvgPool${axes}d`;
  checkPooled(op, x, `AdaptiveAvgPool${axes}d`);
  return averagesOfParts(x, parts(op, x, outputSize, axes));
}

/** The means of parts. One part is a reduction. */
export function averagesOfParts(x: Tensor, pooling: Pooling): Tensor {
  if (pooling.output.some((extent) => extent > 1)) return averages(x, pooling);
  return x.mean(
    pooling.output.map((_, axis) => axis - pooling.output.length),
    { keepDims: true },
  );
}

const ADAPTIVE_MAX = declare("adaptiveMaxPool2d", RETURN_INDICES);

/** Options of `adaptiveMaxPool1d`, `adaptiveMaxPool2d` and `adaptiveMaxPool3d`. */
export interface AdaptiveMaxPoolOptions extends OptionsOf<typeof ADAPTIVE_MAX> {}

/**
 * The greatest elements of windows so large that a given number of them covers one axis, as torch.nn.functional.adaptive_max_pool1d:
 * window o reaches from ⌊o · l / outputSize⌋ to ⌈(o + 1) · l / outputSize⌉.
 * Shape:     [n, c, l] or [c, l] → [n, c, outputSize]
 * Gradient:  dx: g at the first greatest element of each window
 * @param outputSize whole number ≥ 1; null: l
 * @param options.returnIndices whether the result is { output, indices }, default false
 * @throws ShapeError for another rank, ArgumentError for outputSize, DTypeError for whole numbers
 * @example adaptiveMaxPool1d(tensor([[[1, 3, 2, 0]]]), 2)   // [[[3, 2]]]
 */
export function adaptiveMaxPool1d<R extends boolean = false>(
  x: Tensor,
  outputSize: OutputSize,
  options?: AdaptiveMaxPoolOptions & { returnIndices?: R },
): Pooled<R> {
  checkTensorArity("adaptiveMaxPool1d", arguments.length, 3);
  return adaptiveMaxPool(1, x, outputSize, options);
}

/**
 * The greatest elements of windows so large that a given number of them covers two axes, as torch.nn.functional.adaptive_max_pool2d.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, ...outputSize]
 * Gradient:  dx: g at the first greatest element of each window
 * @param outputSize one whole number ≥ 1, or [height, width]; null: the input's own extent
 * @param options.returnIndices whether the result is { output, indices }, default false
 * @throws ShapeError for another rank, ArgumentError for outputSize, DTypeError for whole numbers
 * @example adaptiveMaxPool2d(ones([1, 8, 7, 9]), 3).shape   // [1, 8, 3, 3]
 */
export function adaptiveMaxPool2d<R extends boolean = false>(
  x: Tensor,
  outputSize: OutputSize,
  options?: AdaptiveMaxPoolOptions & { returnIndices?: R },
): Pooled<R> {
  checkTensorArity("adaptiveMaxPool2d", arguments.length, 3);
  return adaptiveMaxPool(2, x, outputSize, options);
}

/**
 * The greatest elements of windows so large that a given number of them covers three axes, as torch.nn.functional.adaptive_max_pool3d.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, ...outputSize]
 * Gradient:  dx: g at the first greatest element of each window
 * @param outputSize one whole number ≥ 1, or [depth, height, width]; null: the input's own extent
 * @param options.returnIndices whether the result is { output, indices }, default false
 * @throws ShapeError for another rank, ArgumentError for outputSize, DTypeError for whole numbers
 * @example adaptiveMaxPool3d(ones([1, 8, 4, 7, 9]), 2).shape   // [1, 8, 2, 2, 2]
 */
export function adaptiveMaxPool3d<R extends boolean = false>(
  x: Tensor,
  outputSize: OutputSize,
  options?: AdaptiveMaxPoolOptions & { returnIndices?: R },
): Pooled<R> {
  checkTensorArity("adaptiveMaxPool3d", arguments.length, 3);
  return adaptiveMaxPool(3, x, outputSize, options);
}

function adaptiveMaxPool<R extends boolean>(
  axes: number,
  x: Tensor,
  outputSize: OutputSize,
  options: AdaptiveMaxPoolOptions | undefined,
): Pooled<R> {
  const op = `adaptiveMaxPool${axes}d`;
  checkPooled(op, x, `AdaptiveMaxPool${axes}d`);
  const { returnIndices } = ADAPTIVE_MAX.readOptions(options, op);
  return greatest(x, parts(op, x, outputSize, axes), returnIndices) as Pooled<R>;
}

function parts(op: string, x: Tensor, outputSize: OutputSize, axes: number): Pooling {
  checkValue(op, "outputSize", outputSize, OUTPUT_SIZE[axes - 1]);
  return partsOf(op, x.shape, outputExtents(outputSize, axes));
}
