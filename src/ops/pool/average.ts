import { defineOp } from "../../graph/define.js";
import * as kernels from "../../kernels/generated.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, flag } from "../../options/kinds.js";
import { checkValue } from "../../options/option.js";
import { checkTensorArity } from "../../tensor/check.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Extents, extents } from "../window.js";
import { kernelSize } from "./max.js";
import { checkPooled, type Pooling, planesOf, pooledShape, poolRecord, rowsOf, type Told, windowsOver } from "./pooling.js";

/** Options of average pooling over a number of axes. */
export function avgPoolOptions(axes: number) {
  return {
    /** From window to window, whole numbers ≥ 1. Default kernelSize. */
    stride: extents(axes, 1, { default: null, aka: ["strides"] }),
    /** Zeros on both sides, whole numbers ≥ 0, at most half of kernelSize. Default 0. */
    padding: extents(axes, 0, { default: 0 }),
    /** Whether a last window may reach beyond the padding. Default false. */
    ceilMode: flag({ default: false }),
    /** Whether an average counts the zeros of the padding. Default true. */
    countIncludePad: flag({ default: true }),
    /** What sums are divided by, a whole number ≥ 1. Default null: the number of elements. */
    divisorOverride: count({ default: null }),
  };
}

const OPTIONS = [1, 2, 3].map((axes) => declare(`avgPool${axes}d`, avgPoolOptions(axes)));
const KERNEL_SIZE = [1, 2, 3].map(kernelSize);

/** Options of `avgPool1d`, `avgPool2d` and `avgPool3d`. */
export interface AvgPoolOptions extends OptionsOf<(typeof OPTIONS)[number]> {}

/**
 * The mean of every window y = Σ x / divisor over one axis, as torch.nn.functional.avg_pool1d.
 * Shape:     [n, c, l] or [c, l] → [n, c, windows]
 * Gradient:  dx: Σ g / divisor over the windows that hold the element
 * @param kernelSize elements of a window
 * @param options.stride default kernelSize
 * @param options.padding zeros on both sides, default 0
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.countIncludePad whether the zeros of the padding count, default true
 * @param options.divisorOverride default null: the number of elements
 * @throws ShapeError where no window fits, ArgumentError for an option, DTypeError for whole numbers
 * @example avgPool1d(tensor([[[1, 3, 2, 0]]]), 2)   // [[[2, 1]]]
 */
export function avgPool1d(x: Tensor, kernelSize: Extents, options?: AvgPoolOptions): Tensor {
  checkTensorArity("avgPool1d", arguments.length, 3);
  return avgPool(1, x, kernelSize, options);
}

/**
 * The mean of every window y = Σ x / divisor over two axes, as torch.nn.functional.avg_pool2d.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, windows, windows]
 * Gradient:  dx: Σ g / divisor over the windows that hold the element
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.stride default kernelSize
 * @param options.padding zeros on each side, default 0
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.countIncludePad whether the zeros of the padding count, default true
 * @param options.divisorOverride default null: the number of elements
 * @throws ShapeError where no window fits, ArgumentError for an option, DTypeError for whole numbers
 * @example avgPool2d(tensor([[[[1, 3], [2, 0]]]]), 2)   // [[[[1.5]]]]
 */
export function avgPool2d(x: Tensor, kernelSize: Extents, options?: AvgPoolOptions): Tensor {
  checkTensorArity("avgPool2d", arguments.length, 3);
  return avgPool(2, x, kernelSize, options);
}

/**
 * The mean of every window y = Σ x / divisor over three axes, as torch.nn.functional.avg_pool3d.
 * Shape:     [n, c, d, h, w] or [c, d, h, w] → [n, c, windows, windows, windows]
 * Gradient:  dx: Σ g / divisor over the windows that hold the element
 * @param kernelSize extents of a window: one number, or [depth, height, width]
 * @param options.stride default kernelSize
 * @param options.padding zeros on each side, default 0
 * @param options.ceilMode whether a last window may reach beyond the padding, default false
 * @param options.countIncludePad whether the zeros of the padding count, default true
 * @param options.divisorOverride default null: the number of elements
 * @throws ShapeError where no window fits, ArgumentError for an option, DTypeError for whole numbers
 * @example avgPool3d(ones([1, 2, 4, 4, 4]), 2).shape   // [1, 2, 2, 2, 2]
 */
export function avgPool3d(x: Tensor, kernelSize: Extents, options?: AvgPoolOptions): Tensor {
  checkTensorArity("avgPool3d", arguments.length, 3);
  return avgPool(3, x, kernelSize, options);
}

function avgPool(axes: number, x: Tensor, kernelSize: Extents, options: AvgPoolOptions | undefined): Tensor {
  const op = `avgPool${axes}d`;
  checkPooled(op, x, `AvgPool${axes}d`);
  checkValue(op, "kernelSize", kernelSize, KERNEL_SIZE[axes - 1]);
  return averages(x, averagesOver(op, x.shape, axes, { kernelSize, ...OPTIONS[axes - 1].readOptions(options) }));
}

/** Windows as a user tells them, with what averages divide by. */
interface ToldAverages extends Told {
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;
}

/** The windows of averages over the last axes of a shape. @throws ShapeError, ArgumentError */
export function averagesOver(op: string, shape: Shape, axes: number, told: ToldAverages): Pooling {
  return { ...windowsOver(op, shape, axes, told), divisor: told.divisorOverride ?? 0, padded: told.countIncludePad };
}

/** The means of the windows. */
export const averages: (x: Tensor, pooling: Pooling) => Tensor = defineOp({
  name: "avgPool",
  inputs: ["x"],
  shape: ({ x }, pooling: Pooling) => pooledShape(x.shape, pooling),
  forward: ({ x, out }, pooling) => kernels.averagePool(poolRecord(x.at, out.at, 0, pooling), 0, rowsOf(out.shape), x.dtype),
  grad: { x: (g, _, pooling) => shares(g, pooling) },
  backward: (pass, { x }, pooling) => {
    if (!pass.wanted("x")) return;
    const { at, beta } = pass.into("x");
    kernels.averagePoolGrad(poolRecord(at, pass.g.at, 0, pooling, beta), 0, planesOf(x.shape, pooling), pass.g.dtype);
  },
});

/** The gradient of `averages`: to each element its share of the windows that hold it. */
const shares: (g: Tensor, pooling: Pooling) => Tensor = defineOp({
  name: "avgPoolGrad",
  inputs: ["g"],
  shape: ({ g }, pooling: Pooling) => [...g.shape.slice(0, -pooling.input.length), ...pooling.input],
  forward: ({ g, out }, pooling) => kernels.averagePoolGrad(poolRecord(out.at, g.at, 0, pooling), 0, planesOf(g.shape, pooling), g.dtype),
  grad: { g: (gg, _, pooling) => averages(gg, pooling) },
});
