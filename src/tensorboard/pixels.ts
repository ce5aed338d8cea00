import { ArgumentError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { Raster } from "../io/image/raster.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * An image of a tensor: bytes as they are; floats from 0 to 1 as they are, others from their least to their greatest.
 * @param x [height, width], [1, height, width] or [3, height, width]
 * @throws ArgumentError for another shape
 */
export function rasterOf(op: string, x: Tensor): Raster {
  const [channels, height, width] = x.rank === 2 ? [1, ...x.shape] : x.shape;
  if (x.rank < 2 || x.rank > 3 || ![1, 3].includes(channels) || x.size === 0)
    throw new ArgumentError(
      message(op, `the image has shape ${shapeText(x.shape)}; expected [height, width], [1, height, width] or [3, height, width]`),
    );
  const values = x.detach().data;
  const { least, scale } = x.dtype === "uint8" ? { least: 0, scale: 1 } : spread(values);
  const size = height * width;
  const bytes = new Uint8Array(channels * size);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < size; i++) bytes[i * channels + c] = Math.round((values[c * size + i] - least) * scale) || 0;
  return { width, height, channels, bytes };
}

function spread(values: ArrayLike<number>): { least: number; scale: number } {
  let [least, greatest] = [0, 1];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < least) least = values[i];
    if (values[i] > greatest) greatest = values[i];
  }
  return { least, scale: 255 / (greatest - least) };
}
