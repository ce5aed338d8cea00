import { ShapeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { hostArray } from "../tensor/storage.js";
import { extent, heightAndWidth } from "./extent.js";
import type { Images } from "./images.js";
import type { Transform } from "./transform.js";

const RANDOM_CROP = declare("randomCrop", {
  /** Extent of the result: a whole number ≥ 1, or [height, width]. Required. */
  size: extent(1, { required: true }),
  /** Pixels that are added on each side first: a whole number ≥ 0, or [above and below, left and right]. Default 0. */
  padding: extent(0, { default: 0 }),
  /** The value of added pixels. Default 0. */
  fill: number({ default: 0 }),
});

/** Options of `randomCrop`. */
export interface RandomCropOptions extends OptionsOf<typeof RANDOM_CROP> {}

/**
 * A part of each image at a random place, every place equally likely; the images may be padded first. With padding 4 it is the
 * augmentation of CIFAR-10 in He et al., arXiv 1512.03385.
 *
 * @param options.size extent of the result, ≥ 1: a number, or [height, width]
 * @param options.padding pixels added on each side, ≥ 0: a number, or [above and below, left and right]; default 0
 * @param options.fill value of added pixels, default 0. Behind `normalize` 0 is the mean colour
 * @throws ArgumentError for an option; when it is applied, ShapeError for images that are smaller than the part
 * @example
 * const crop = randomCrop({ size: 32, padding: 4 });
 */
export function randomCrop(options: RandomCropOptions): Transform {
  checkArity(RANDOM_CROP.op, arguments.length, 1);
  const { size, padding, fill } = RANDOM_CROP.readOptions(options);
  const [height, width] = heightAndWidth(size);
  const [above, left] = heightAndWidth(padding);
  return {
    name: RANDOM_CROP.op,
    apply: (images, draws) => {
      const [down, across] = [images.height + 2 * above - height, images.width + 2 * left - width];
      if (down < 0 || across < 0) {
        const padded = `${images.height + 2 * above} × ${images.width + 2 * left}`;
        throw new ShapeError(
          message(RANDOM_CROP.op, `the images are ${padded} with their padding; expected at least ${height} × ${width}`, "Raise padding."),
        );
      }
      const u = draws.uniform(2 * images.n);
      const pixels = hostArray(RANDOM_CROP.op, "float32", images.n * images.channels * height * width) as Float32Array;
      for (let i = 0, to = 0; i < images.n; i++) {
        const top = Math.floor(u[2 * i] * (down + 1)) - above;
        const begin = Math.floor(u[2 * i + 1] * (across + 1)) - left;
        for (let channel = 0; channel < images.channels; channel++) {
          const plane = (i * images.channels + channel) * images.height * images.width;
          for (let y = top; y < top + height; y++, to += width) copyRow(pixels, to, width, images, plane, y, begin, fill);
        }
      }
      return { ...images, pixels, height, width };
    },
  };
}

/** Copies `length` pixels of row y of a plane, from column `begin` on; what lies outside of the image is `fill`. */
function copyRow(out: Float32Array, to: number, length: number, images: Images, plane: number, y: number, begin: number, fill: number) {
  if (y < 0 || y >= images.height) {
    out.fill(fill, to, to + length);
    return;
  }
  const { pixels, width } = images;
  const row = plane + y * width + begin;
  const from = Math.min(length, Math.max(0, -begin));
  const end = Math.max(from, Math.min(length, width - begin));
  for (let x = 0; x < from; x++) out[to + x] = fill;
  for (let x = from; x < end; x++) out[to + x] = pixels[row + x];
  for (let x = end; x < length; x++) out[to + x] = fill;
}
