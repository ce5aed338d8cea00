import { declare, type OptionsOf } from "../../options/declare.js";
import { flag, number } from "../../options/kinds.js";
import { checkValue } from "../../options/option.js";
import { checkTensorArity } from "../../tensor/check.js";
import { sizeOf } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Extents, each, extents } from "../window.js";
import { averages, averagesOver } from "./average.js";
import { kernelSize } from "./max.js";
import { checkPooled } from "./pooling.js";

/** Options of power-average pooling over a number of axes. */
export function lpPoolOptions(axes: number) {
  return {
    /** From window to window, whole numbers ≥ 1. Default kernelSize. */
    stride: extents(axes, 1, { default: null, aka: ["strides"] }),
    /** Whether a last window may reach beyond the input. Default false. */
    ceilMode: flag({ default: false }),
  };
}

/** The power of power-average pooling. */
export const NORM_TYPE = number({ required: true, above: 0, aka: ["p"] });

const OPTIONS = [1, 2].map((axes) => declare(`lpPool${axes}d`, lpPoolOptions(axes)));
const KERNEL_SIZE = [1, 2].map(kernelSize);

/** Options of `lpPool1d` and `lpPool2d`. */
export interface LPPoolOptions extends OptionsOf<(typeof OPTIONS)[number]> {}

/**
 * The p-norm of every window y = (Σ xᵖ)^(1/p) over one axis, as torch.nn.functional.lp_pool1d. Powers are those of x, not of |x|: for odd
 * p negative sums give NaN.
 * Shape:     [n, c, l] or [c, l] → [n, c, windows]
 * Gradient:  dx: Σ g · (x / y)^(p−1) over the windows that hold the element, 0 where y = 0
 * @param normType p > 0
 * @param kernelSize elements of a window
 * @param options.stride default kernelSize
 * @param options.ceilMode whether a last window may reach beyond the input, default false: its sum is scaled up to a whole window's
 * @throws ShapeError where no window fits, ArgumentError for an option, DTypeError for whole numbers
 * @example lpPool1d(tensor([[[3, 4, 0, 2]]]), 2, 2)   // [[[5, 2]]]
 */
export function lpPool1d(x: Tensor, normType: number, kernelSize: Extents, options?: LPPoolOptions): Tensor {
  checkTensorArity("lpPool1d", arguments.length, 4);
  return lpPool(1, x, normType, kernelSize, options);
}

/**
 * The p-norm of every window y = (Σ xᵖ)^(1/p) over two axes, as torch.nn.functional.lp_pool2d. Powers are those of x, not of |x|: for odd
 * p negative sums give NaN.
 * Shape:     [n, c, h, w] or [c, h, w] → [n, c, windows, windows]
 * Gradient:  dx: Σ g · (x / y)^(p−1) over the windows that hold the element, 0 where y = 0
 * @param normType p > 0
 * @param kernelSize extents of a window: one number, or [height, width]
 * @param options.stride default kernelSize
 * @param options.ceilMode whether a last window may reach beyond the input, default false: its sum is scaled up to a whole window's
 * @throws ShapeError where no window fits, ArgumentError for an option, DTypeError for whole numbers
 * @example lpPool2d(tensor([[[[3, 0], [0, 4]]]]), 2, 2)   // [[[[5]]]]
 */
export function lpPool2d(x: Tensor, normType: number, kernelSize: Extents, options?: LPPoolOptions): Tensor {
  checkTensorArity("lpPool2d", arguments.length, 4);
  return lpPool(2, x, normType, kernelSize, options);
}

function lpPool(axes: number, x: Tensor, normType: number, kernelSize: Extents, options: LPPoolOptions | undefined): Tensor {
  const op = `lpPool${axes}d`;
  checkPooled(op, x, `LPPool${axes}d`);
  checkValue(op, "normType", normType, NORM_TYPE);
  checkValue(op, "kernelSize", kernelSize, KERNEL_SIZE[axes - 1]);
  return norms(op, x, axes, { normType, kernelSize, ...OPTIONS[axes - 1].readOptions(options) });
}

/** Windows as a user tells them. */
interface Told {
  readonly normType: number;
  readonly kernelSize: Extents;
  readonly stride: Extents | null;
  readonly ceilMode: boolean;
}

/** The norms of the windows. @throws ShapeError */
export function norms(op: string, x: Tensor, axes: number, told: Told): Tensor {
  const { normType } = told;
  const windows = averagesOver(op, x.shape, axes, { ...told, padding: 0, countIncludePad: true, divisorOverride: null });
  const means = averages(x.pow(normType), windows);
  // Where the sum is 0, relu keeps the power's gradient of ∞ from it.
  const sums = means
    .sign()
    .mul(means.abs().relu())
    .mul(sizeOf(each(told.kernelSize, axes)));
  return sums.pow(1 / normType);
}
