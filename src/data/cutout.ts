import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import type { Transform } from "./transform.js";

const CUTOUT = declare("cutout", {
  /** Side of the square in pixels, ≥ 1. Required. */
  size: count({ required: true, aka: ["length"] }),
  /** Squares in each image, ≥ 1. Default 1. */
  holes: count({ default: 1, aka: ["nHoles"] }),
  /** The value that is written. Default 0. */
  fill: number({ default: 0 }),
});

/** Options of `cutout`. */
export interface CutoutOptions extends OptionsOf<typeof CUTOUT> {}

/**
 * Covers a square of each image, in all channels. Its centre is any pixel, so that a part of it may lie outside of the image.
 * DeVries and Taylor, arXiv 1708.04552; they take 16 for CIFAR-10, behind `normalize`.
 *
 * @param options.size side of the square in pixels, ≥ 1
 * @param options.holes squares in each image, default 1
 * @param options.fill value that is written, default 0
 * @throws ArgumentError
 * @example
 * const cut = cutout({ size: 16 });
 */
export function cutout(options: CutoutOptions): Transform {
  checkArity(CUTOUT.op, arguments.length, 1);
  const { size, holes, fill } = CUTOUT.readOptions(options);
  const half = Math.floor(size / 2);
  return {
    name: CUTOUT.op,
    apply: (images, draws) => {
      const { pixels, n, channels, height, width } = images;
      const u = draws.uniform(2 * holes * n);
      for (let hole = 0; hole < n * holes; hole++) {
        const image = Math.floor(hole / holes);
        const top = Math.floor(u[2 * hole] * height) - half;
        const left = Math.floor(u[2 * hole + 1] * width) - half;
        for (let plane = image * channels; plane < (image + 1) * channels; plane++) {
          for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
            const row = (plane * height + y) * width;
            pixels.fill(fill, row + Math.max(0, left), row + Math.max(0, Math.min(width, left + size)));
          }
        }
      }
      return images;
    },
  };
}
