import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { checkValue } from "../options/option.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { stack } from "./joining.js";
import { type Extents, each, extents, misfit, windowsAlong } from "./window.js";

const KERNEL_SIZE = extents(2, 1, { required: true });

const UNFOLD = declare("unfold2d", {
  /** Distance between neighbouring windows, whole numbers ≥ 1. Default 1. */
  stride: extents(2, 1, { default: 1 }),
  /** Zeros on each side, whole numbers ≥ 0. Default 0. */
  padding: extents(2, 0, { default: 0 }),
  /** Distance between a window's elements, whole numbers ≥ 1. Default 1. */
  dilation: extents(2, 1, { default: 1 }),
});

/** Options of `unfold2d`. */
export interface UnfoldOptions extends OptionsOf<typeof UNFOLD> {}

/**
 * The windows of a convolution as columns (im2col, torch.nn.functional.unfold). Made of slices: for looking at patches; the
 * convolutions do not need it.
 * Shape:     [n, c, h, w] → [n, c · kh · kw, windows], windows in row-major order
 * Gradient:  dx: g of every window added up where it was taken
 * @param kernelSize whole numbers ≥ 1
 * @throws ShapeError unless x has four axes and the window fits, ArgumentError for an option
 * @example arange(9).reshape([1, 1, 3, 3]).unfold2d(2).shape   // [1, 4, 4]
 */
export function unfold2d(x: Tensor, kernelSize: Extents, options?: UnfoldOptions): Tensor {
  checkTensorArity("unfold2d", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("unfold2d", "x", x, [x, kernelSize, options]);
  const { stride, padding, dilation } = UNFOLD.readOptions(options);
  checkValue("unfold2d", "kernelSize", kernelSize, KERNEL_SIZE);
  const [kh, kw] = each(kernelSize, 2);
  const [sh, sw] = each(stride, 2);
  const [ph, pw] = each(padding, 2);
  const [dh, dw] = each(dilation, 2);
  if (x.rank !== 4) throw new ShapeError(message("unfold2d", `x has shape ${shapeText(x.shape)}; expected [n, c, h, w]`));
  const [n, c, h, w] = x.shape;
  const axes = [
    { kernel: kh, stride: sh, dilation: dh, padding: 2 * ph },
    { kernel: kw, stride: sw, dilation: dw, padding: 2 * pw },
  ];
  const [rows, columns] = [h, w].map((extent, axis) => windowsAlong(extent, axes[axis]));
  if (rows < 1 || columns < 1) throw misfit("unfold2d", [h, w], axes);
  const padded =
    ph + pw > 0
      ? x.pad([
          [0, 0],
          [0, 0],
          [ph, ph],
          [pw, pw],
        ])
      : x;
  const taps: Tensor[] = [];
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      const along = (at: number, count: number, step: number) => [at, at + (count - 1) * step + 1, step] as const;
      taps.push(padded.slice([null, null, along(i * dh, rows, sh), along(j * dw, columns, sw)]));
    }
  }
  return stack(taps, 2).reshape([n, c * kh * kw, rows * columns]);
}
