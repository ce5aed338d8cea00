import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import type { Module } from "../../nn/module.js";

/** Filters as pictures. */
export interface FilterImages {
  /** The name of the parameter. */
  readonly path: string;
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** For each filter its weights, channel by channel, row by row. */
  readonly filters: readonly Float64Array[];
}

/**
 * The weights of the first layer as pictures. Those of a convolution [out, in, height, width] have one plane of each input channel: three
 * planes are the colours, of any other number each is a picture of its own. Those of a dense layer [out, pixels] are as large as the images.
 * @param image [channels, height, width] of the images that a dense layer was given flat; null: square ones
 * @throws ArgumentError for a model without such a layer, ShapeError for an image of another number of pixels
 */
export function firstFilters(op: string, model: Module, image: readonly number[] | null): FilterImages {
  const [path, weight] = firstWeight(op, model);
  const { shape } = weight;
  const values = Float64Array.from(weight.view());
  if (shape.length === 4) {
    const [out, channels, height, width] = shape;
    const colour = channels === 3;
    return { path, channels: colour ? 3 : 1, height, width, filters: cut(values, colour ? out : out * channels) };
  }
  const [channels, height, width] = imageOf(op, shape[1], image);
  return { path, channels: channels as 1 | 3, height, width, filters: cut(values, shape[0]) };
}

function firstWeight(op: string, model: Module): [string, Parameter] {
  const found = [...model.namedParameters()].find(([, { shape }]) => shape.length === 4 || shape.length === 2);
  if (found !== undefined) return found;
  throw new ArgumentError(message(op, "the model has no layer with a weight [out, in, height, width] or [out, in]"));
}

/** The shape of a picture. @param pixels the number of its values, over all channels */
function imageOf(op: string, pixels: number, given: readonly number[] | null): readonly number[] {
  if (given !== null) {
    const [channels, height, width] = given.length === 2 ? [1, ...given] : given;
    if (channels * height * width === pixels && (channels === 1 || channels === 3)) return [channels, height, width];
    throw new ShapeError(
      message(op, `image is ${shapeText(given)}, the first layer takes ${pixels} numbers; expected [1 or 3, height, width] of as many`),
    );
  }
  for (const channels of [1, 3]) {
    const side = Math.round(Math.sqrt(pixels / channels));
    if (side * side * channels === pixels) return [channels, side, side];
  }
  throw new ShapeError(
    message(op, `the first layer takes ${pixels} numbers, which are no square image`, "Write { image: [channels, height, width] }."),
  );
}

function cut(values: Float64Array, pieces: number): Float64Array[] {
  const size = values.length / pieces;
  return Array.from({ length: pieces }, (_, k) => values.subarray(k * size, (k + 1) * size));
}

/**
 * The pixels of filters: 0 is the middle of the scale for all of them, and the largest weight of each filter, of either sign, its end. So
 * a filter's form is seen, whatever its size.
 * @returns red, green and blue, 0 … 255, of each pixel
 */
export function pixelsOf({ channels, height, width }: FilterImages, filter: Float64Array): Uint8Array {
  const most = filter.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const plane = height * width;
  const pixels = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = Math.round(127.5 * (1 + filter[channels === 3 ? c * plane + i : i] / most));
  }
  return pixels;
}
