import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { checkValue } from "../options/option.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import type { Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { stack } from "./joining.js";
import { embed } from "./parts.js";
import { type Extents, each, extents, misfit, windowsAlong } from "./window.js";

const EXTENTS = extents(2, 1, { required: true });

const WINDOWS = {
  /** Distance between neighbouring windows, whole numbers ≥ 1. Default 1. */
  stride: extents(2, 1, { default: 1 }),
  /** Zeros on each side, whole numbers ≥ 0. Default 0. */
  padding: extents(2, 0, { default: 0 }),
  /** Distance between a window's elements, whole numbers ≥ 1. Default 1. */
  dilation: extents(2, 1, { default: 1 }),
};

const UNFOLD = declare("unfold2d", WINDOWS);
const FOLD = declare("fold2d", WINDOWS);

/** Options of `unfold2d` and `fold2d`. */
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
  const settings = UNFOLD.readOptions(options);
  checkValue("unfold2d", "kernelSize", kernelSize, EXTENTS);
  if (x.rank !== 4) throw new ShapeError(message("unfold2d", `x has shape ${shapeText(x.shape)}; expected [n, c, h, w]`));
  const [n, c, h, w] = x.shape;
  const { padding, counts, taps } = windowsOf("unfold2d", [h, w], kernelSize, settings);
  const widths = [0, 0, ...padding].map((width) => [width, width] as const);
  const padded = padding.some((width) => width > 0) ? x.pad(widths) : x;
  const parts = taps.map((tap) => padded.slice([null, null, ...tap.map(({ start, step }, axis) => range(start, counts[axis], step))]));
  return stack(parts, 2).reshape([n, c * taps.length, counts[0] * counts[1]]);
}

/**
 * Windows added up where `unfold2d` takes them (col2im, torch.nn.functional.fold): overlapping ones are summed, not averaged.
 * Shape:     [n, c · kh · kw, windows] → [n, c, ...outputSize]
 * Gradient:  dx: the windows of g
 * @param outputSize height and width of the result, whole numbers ≥ 1
 * @param kernelSize whole numbers ≥ 1
 * @throws ShapeError unless x has as many windows and elements of a window as fit, ArgumentError for an option
 * @example ones([1, 4, 4]).fold2d(3, 2)   // [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]]
 */
export function fold2d(x: Tensor, outputSize: Extents, kernelSize: Extents, options?: UnfoldOptions): Tensor {
  checkTensorArity("fold2d", arguments.length, 4);
  if (!(x instanceof Tensor)) return describeCall("fold2d", "x", x, [x, outputSize, kernelSize, options]);
  const settings = FOLD.readOptions(options);
  checkValue("fold2d", "outputSize", outputSize, EXTENTS);
  checkValue("fold2d", "kernelSize", kernelSize, EXTENTS);
  const size = each(outputSize, 2);
  const { padding, counts, taps } = windowsOf("fold2d", size, kernelSize, settings);
  const windows = counts[0] * counts[1];
  const channels = x.shape[1] / taps.length;
  if (x.rank !== 3 || x.shape[2] !== windows || !Number.isInteger(channels)) {
    const expected = shapeText(["n", `c · ${taps.length}`, windows]);
    throw new ShapeError(message("fold2d", `x has shape ${shapeText(x.shape)}; expected ${expected}, as the windows fit`));
  }
  const [n] = x.shape;
  const into = [n, channels, ...size.map((extent, axis) => extent + 2 * padding[axis])];
  const elements = x.reshape([n, channels, taps.length, ...counts]);
  const shape = [n, channels, ...counts];
  const sum = taps
    .map((tap, i) => {
      const place = { shape, starts: [0, 0, ...tap.map(({ start }) => start)], steps: [1, 1, ...tap.map(({ step }) => step)] };
      return embed(elements.slice([null, null, i]), { ...place, into, value: 0 });
    })
    .reduce((total, part) => total.add(part));
  return sum.slice([null, null, ...size.map((extent, axis) => [padding[axis], padding[axis] + extent] as const)]);
}

/** Where an element of all windows lies along an axis: in the first window, and how far from window to window. */
interface Tap {
  readonly start: number;
  readonly step: number;
}

/** How windows lie in an image: how many along each axis, and the places of each of their elements. @throws ShapeError if none fits */
function windowsOf(op: string, image: Shape, kernelSize: Extents, settings: SettingsOf<typeof UNFOLD>) {
  const [kernel, stride, padding, dilation] = [kernelSize, settings.stride, settings.padding, settings.dilation].map((of) => each(of, 2));
  const axes = [0, 1].map((axis) => ({
    kernel: kernel[axis],
    stride: stride[axis],
    dilation: dilation[axis],
    padding: 2 * padding[axis],
  }));
  const counts = image.map((extent, axis) => windowsAlong(extent, axes[axis]));
  if (counts.some((windows) => windows < 1)) throw misfit(op, image, axes);
  const along = (axis: number): Tap[] =>
    Array.from({ length: kernel[axis] }, (_, k) => ({ start: k * dilation[axis], step: stride[axis] }));
  return { padding, counts, taps: along(0).flatMap((row) => along(1).map((column) => [row, column] as const)) };
}

function range(start: number, count: number, step: number): readonly [number, number, number] {
  return [start, start + (count - 1) * step + 1, step];
}
