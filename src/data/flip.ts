import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import type { Images } from "./images.js";
import type { Transform } from "./transform.js";

const RANDOM_FLIP = declare("randomFlip", {
  /** "horizontal" swaps left and right, "vertical" above and below. Default "horizontal". */
  direction: choice(["horizontal", "vertical"], { default: "horizontal" }),
  /** The probability with which an image is flipped, 0 … 1. Default 0.5. */
  p: number({ default: 0.5, min: 0, max: 1 }),
});

/** Options of `randomFlip`. */
export interface RandomFlipOptions extends OptionsOf<typeof RANDOM_FLIP> {}

/**
 * Mirrors some images.
 * @param options.direction "horizontal" (default) swaps left and right, "vertical" above and below
 * @param options.p probability for each image, 0 … 1, default 0.5
 * @throws ArgumentError
 * @example
 * const flip = randomFlip({ direction: "horizontal" });
 */
export function randomFlip(options?: RandomFlipOptions): Transform {
  checkArity(RANDOM_FLIP.op, arguments.length, 1);
  const { direction, p } = RANDOM_FLIP.readOptions(options);
  const flip = direction === "horizontal" ? flipRows : flipColumns;
  return {
    name: RANDOM_FLIP.op,
    apply: (images, draws) => {
      const u = draws.uniform(images.n);
      for (let i = 0; i < images.n; i++) if (u[i] < p) flip(images, i);
      return images;
    },
  };
}

function flipRows({ pixels, channels, height, width }: Images, i: number): void {
  const size = channels * height * width;
  for (let row = i * size; row < (i + 1) * size; row += width) {
    for (let left = row, right = row + width - 1; left < right; left++, right--) swap(pixels, left, right);
  }
}

function flipColumns({ pixels, channels, height, width }: Images, i: number): void {
  for (let channel = 0; channel < channels; channel++) {
    const plane = (i * channels + channel) * height * width;
    for (let above = 0, below = height - 1; above < below; above++, below--) {
      for (let x = 0; x < width; x++) swap(pixels, plane + above * width + x, plane + below * width + x);
    }
  }
}

function swap(pixels: Float32Array, a: number, b: number): void {
  const kept = pixels[a];
  pixels[a] = pixels[b];
  pixels[b] = kept;
}
