import { ShapeError } from "../errors/errors.js";
import { kindText, listText, message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { checkValue, type OptionOf, type OptionSpec, option } from "../options/option.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { stack } from "./joining.js";

/** One number for both, or [height, width]. */
export type Pair = number | readonly [number, number];

/** A `Pair` of whole numbers from `least` on. */
function pair<const S extends OptionSpec<Pair>>(least: number, spec: S): OptionOf<Pair, S> {
  const holds = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= least;
  const both = (value: unknown): boolean => holds(value) || (Array.isArray(value) && value.length === 2 && value.every(holds));
  return option<Pair, S>(`a whole number ≥ ${least}, or two`, both, { show, ...spec });
}

function show(value: unknown): string {
  return Array.isArray(value) ? listText(value) : kindText(value);
}

const KERNEL_SIZE = pair(1, { required: true });

const UNFOLD = declare("unfold2d", {
  /** Distance between neighbouring windows, whole numbers ≥ 1. Default 1. */
  stride: pair(1, { default: 1 }),
  /** Zeros on each side, whole numbers ≥ 0. Default 0. */
  padding: pair(0, { default: 0 }),
  /** Distance between a window's elements, whole numbers ≥ 1. Default 1. */
  dilation: pair(1, { default: 1 }),
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
export function unfold2d(x: Tensor, kernelSize: Pair, options?: UnfoldOptions): Tensor {
  checkTensorArity("unfold2d", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("unfold2d", "x", x, [x, kernelSize, options]);
  const { stride, padding, dilation } = UNFOLD.readOptions(options);
  checkValue("unfold2d", "kernelSize", kernelSize, KERNEL_SIZE);
  const [kh, kw] = both(kernelSize);
  const [sh, sw] = both(stride);
  const [ph, pw] = both(padding);
  const [dh, dw] = both(dilation);
  if (x.rank !== 4) throw new ShapeError(message("unfold2d", `x has shape ${shapeText(x.shape)}; expected [n, c, h, w]`));
  const [n, c, h, w] = x.shape;
  const rows = Math.floor((h + 2 * ph - dh * (kh - 1) - 1) / sh) + 1;
  const columns = Math.floor((w + 2 * pw - dw * (kw - 1) - 1) / sw) + 1;
  if (rows < 1 || columns < 1) {
    const window = `${dh * (kh - 1) + 1} × ${dw * (kw - 1) + 1}`;
    throw new ShapeError(message("unfold2d", `a window of ${window} does not fit into ${h + 2 * ph} × ${w + 2 * pw} (padding included)`));
  }
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

function both(value: Pair): readonly [number, number] {
  return typeof value === "number" ? [value, value] : value;
}
