import type { Planes } from "./raster.js";

/** A part of an image, in pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What each output element of an axis is the weighted sum of: `count[i]` input elements from `first[i]` on. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** The weights of element i begin at i · `most`. Their sum is 1. */
  readonly weights: Float64Array;
  readonly most: number;
}

/**
 * Scales an image, or a part of it, by bilinear interpolation with antialiasing, as Pillow and torchvision do: where the image becomes
 * smaller, the triangle of weights becomes as much wider, so that every input pixel counts. Rows first, then columns; rounded once.
 */
export function resized({ channels, width, height, bytes }: Planes, from: Window, toHeight: number, toWidth: number): Planes {
  const across = tapsOf(from.left, from.width, toWidth, width);
  const down = tapsOf(from.top, from.height, toHeight, height);
  const out = new Uint8Array(channels * toHeight * toWidth);
  // The rows that are needed, scaled to the new width.
  const rows = new Float64Array(height * toWidth);
  const [firstRow, endRow] = [down.first[0], down.first[toHeight - 1] + down.count[toHeight - 1]];
  for (let channel = 0; channel < channels; channel++) {
    for (let y = firstRow; y < endRow; y++) {
      const row = (channel * height + y) * width;
      for (let x = 0; x < toWidth; x++) {
        let sum = 0;
        const [begin, weight] = [row + across.first[x], x * across.most];
        for (let i = 0; i < across.count[x]; i++) sum += bytes[begin + i] * across.weights[weight + i];
        rows[y * toWidth + x] = sum;
      }
    }
    for (let y = 0, to = channel * toHeight * toWidth; y < toHeight; y++) {
      const [begin, weight] = [down.first[y], y * down.most];
      for (let x = 0; x < toWidth; x++) {
        let sum = 0;
        for (let i = 0; i < down.count[y]; i++) sum += rows[(begin + i) * toWidth + x] * down.weights[weight + i];
        out[to++] = Math.floor(sum + 0.5);
      }
    }
  }
  return { channels, height: toHeight, width: toWidth, bytes: out };
}

/** @param from the first input element of the part @param size its extent @param extent that of the whole axis */
function tapsOf(from: number, size: number, outputs: number, extent: number): Taps {
  const scale = size / outputs;
  const reach = Math.max(1, scale);
  const most = 2 * Math.ceil(reach) + 1;
  const [first, count] = [new Int32Array(outputs), new Int32Array(outputs)];
  const weights = new Float64Array(outputs * most);
  for (let i = 0; i < outputs; i++) {
    const centre = from + (i + 0.5) * scale;
    const begin = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(extent, Math.floor(centre + reach + 0.5));
    let sum = 0;
    for (let j = begin; j < end; j++) {
      const weight = Math.max(0, 1 - Math.abs(j + 0.5 - centre) / reach);
      weights[i * most + j - begin] = weight;
      sum += weight;
    }
    for (let j = begin; j < end; j++) weights[i * most + j - begin] /= sum;
    [first[i], count[i]] = [begin, end - begin];
  }
  return { first, count, weights, most };
}
