import { cosPi } from "../optim/schedules/exact.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { hostArray } from "../tensor/storage.js";
import type { Images } from "./images.js";
import type { Transform } from "./transform.js";

const RANDOM_ROTATION = declare("randomRotation", {
  /** The greatest angle in degrees, from above 0 to 180, either way. Required. */
  degrees: number({ required: true, above: 0, max: 180 }),
  /** The value of pixels that come from outside of the image. Default 0. */
  fill: number({ default: 0 }),
});

/** Options of `randomRotation`. */
export interface RandomRotationOptions extends OptionsOf<typeof RANDOM_ROTATION> {}

/**
 * Turns each image about its centre by an angle that is uniform in [−degrees, degrees), counterclockwise, with bilinear interpolation.
 *
 * @param options.degrees the greatest angle, from above 0 to 180
 * @param options.fill value of pixels from outside of the image, default 0
 * @throws ArgumentError
 * @example
 * const turn = randomRotation({ degrees: 15 });
 */
export function randomRotation(options: RandomRotationOptions): Transform {
  checkArity(RANDOM_ROTATION.op, arguments.length, 1);
  const { degrees, fill } = RANDOM_ROTATION.readOptions(options);
  return {
    name: RANDOM_ROTATION.op,
    apply: (images, draws) => {
      const u = draws.uniform(images.n);
      const pixels = hostArray(RANDOM_ROTATION.op, "float32", images.pixels.length) as Float32Array;
      for (let i = 0; i < images.n; i++) rotate(images, i, degrees * (2 * u[i] - 1), fill, pixels);
      return { ...images, pixels };
    },
  };
}

/** Writes image i, turned counterclockwise by `degrees`. */
function rotate(images: Images, i: number, degrees: number, fill: number, out: Float32Array): void {
  const { channels, height, width } = images;
  const size = height * width;
  const [cos, sin] = [cosPi(degrees, 180), cosPi(degrees - 90, 180)];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  for (let y = 0, to = i * channels * size; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      // The place from which the pixel comes, and how far it is from the pixel to the left and above.
      const fromX = middleX + cos * (x - middleX) - sin * (y - middleY);
      const fromY = middleY + sin * (x - middleX) + cos * (y - middleY);
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [a, b] = [fromX - left, fromY - top];
      for (let channel = 0; channel < channels; channel++) {
        const plane = (i * channels + channel) * size;
        const above = (1 - a) * at(images, plane, left, top, fill) + a * at(images, plane, left + 1, top, fill);
        const below = (1 - a) * at(images, plane, left, top + 1, fill) + a * at(images, plane, left + 1, top + 1, fill);
        out[to + channel * size] = (1 - b) * above + b * below;
      }
    }
  }
}

/** A pixel of a plane; `fill` outside of the image. */
function at({ pixels, height, width }: Images, plane: number, x: number, y: number, fill: number): number {
  return x < 0 || y < 0 || x >= width || y >= height ? fill : pixels[plane + y * width + x];
}
