import { checkOptions } from "../errors/check.js";
import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { checkTensor } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import { stack } from "./joining.js";

/** One number for both, or [height, width]. */
export type Pair = number | readonly [number, number];

export interface UnfoldOptions {
  /** Distance between neighbouring windows, whole numbers ≥ 1. Default 1. */
  stride?: Pair;
  /** Zeros on each side, whole numbers ≥ 0. Default 0. */
  padding?: Pair;
  /** Distance between a window's elements, whole numbers ≥ 1. Default 1. */
  dilation?: Pair;
}

/**
 * The windows of a convolution as columns (im2col, torch.nn.functional.unfold). Made of slices: for looking at patches; the
 * convolutions do not need it.
 * Shape:     [n, c, h, w] → [n, c · kh · kw, windows], windows in row-major order
 * Gradient:  dx: g of every window added up where it was taken
 * @param kernelSize whole numbers ≥ 1
 * @throws ShapeError unless x has four axes and the window fits, ArgumentError for an option
 * @example arange(9).reshape([1, 1, 3, 3]).unfold2d(2).shape   // [1, 4, 4]
 */
export function unfold2d(x: Tensor, kernelSize: Pair, options: UnfoldOptions = {}): Tensor {
  checkTensor("unfold2d", "x", x);
  checkOptions("unfold2d", options, ["stride", "padding", "dilation"]);
  const [kh, kw] = pair("kernelSize", kernelSize, 1);
  const [sh, sw] = pair("stride", options.stride ?? 1, 1);
  const [ph, pw] = pair("padding", options.padding ?? 0, 0);
  const [dh, dw] = pair("dilation", options.dilation ?? 1, 1);
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

function pair(name: string, value: Pair, least: number): readonly [number, number] {
  const both = typeof value === "number" ? ([value, value] as const) : value;
  if (Array.isArray(both) && both.length === 2 && both.every((n) => Number.isInteger(n) && n >= least)) return both;
  const found = Array.isArray(value) ? shapeText(value.map(kindText)) : kindText(value);
  throw new ArgumentError(message("unfold2d", `${name} is ${found}; expected a whole number ≥ ${least}, or two`));
}
