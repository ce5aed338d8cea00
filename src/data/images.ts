import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { UNIT } from "../io/pixels.js";
import { dataStorage, hostArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import type { Batch } from "../train/data.js";

/** A batch of images that transforms work on. */
export interface Images {
  /** [n, channels, height, width], row-major. A transform may change them in place. */
  pixels: Float32Array;
  readonly n: number;
  channels: number;
  height: number;
  width: number;
  /** The targets, if there are any. Never changed in place. */
  y: Batch["y"];
}

/** @throws ShapeError unless x is one tensor [n, channels, height, width] */
export function checkImages(op: string, x: Batch["x"]): Tensor {
  const mend = "Transforms take images; write reshape([n, 1, height, width]) for rows of pixels.";
  if (Array.isArray(x)) throw new ArgumentError(message(op, `x is a list of ${x.length} tensors; expected one tensor of images`));
  if (x.rank === 4) return x;
  throw new ShapeError(message(op, `x has shape ${shapeText(x.shape)}; expected [n, channels, height, width]`, mend));
}

/** Some images of x as float32, copied. Bytes become byte / 255. @param rows their numbers; null: all */
export function imagesOf(op: string, x: Tensor, rows: Int32Array | null, y: Batch["y"]): Images {
  const [all, channels, height, width] = x.shape;
  const n = rows?.length ?? all;
  const size = channels * height * width;
  const source = x.view();
  const pixels = hostArray(op, "float32", n * size) as Float32Array;
  for (let i = 0; i < n; i++) {
    const [from, to] = [(rows?.[i] ?? i) * size, i * size];
    if (x.dtype === "uint8") for (let j = 0; j < size; j++) pixels[to + j] = UNIT[source[from + j]];
    else pixels.set(source.subarray(from, from + size), to);
  }
  return { pixels, n, channels, height, width, y };
}

/** The images as a tensor, without a copy. */
export function tensorOf(op: string, { pixels, n, channels, height, width }: Images): Tensor {
  return new Tensor(dataStorage("float32", pixels, op), Object.freeze([n, channels, height, width]));
}
