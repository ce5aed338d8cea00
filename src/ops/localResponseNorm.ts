import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkTensor, floating } from "./operands.js";

interface Attributes {
  /** Channels of a neighbourhood. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

/**
 * y = x / (k + α · mean(x²))^β, the mean over the channels around each: ⌊size / 2⌋ before it, ⌊(size − 1) / 2⌋ behind.
 * Shape:     [n, channels, ...] → same
 * @throws ShapeError for fewer than three axes
 * @internal
 */
export function localResponseNorm(x: Tensor, { size, alpha, beta, k }: Attributes): Tensor {
  checkTensor("LocalResponseNorm", "x", x);
  if (x.rank < 3) throw new ShapeError(message("LocalResponseNorm", `x has shape ${shapeText(x.shape)}; expected [n, channels, ...]`));
  const values = floating(x);
  const before = Math.floor(size / 2);
  const widths = x.shape.map((_, axis) => (axis === 1 ? ([before, size - 1 - before] as const) : ([0, 0] as const)));
  const squares = values.square().pad(widths);
  const from = (first: number): Tensor => squares.slice([null, [first, first + x.shape[1]]]);
  let sum = from(0);
  for (let i = 1; i < size; i++) sum = sum.add(from(i));
  return values.mul(
    sum
      .mul(alpha / size)
      .add(k)
      .pow(-beta),
  );
}
