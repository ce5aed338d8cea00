import { type Planes, planesOf, type Raster } from "../io/image/raster.js";
import { resized, type Window } from "../io/image/resize.js";
import { scaled } from "../io/pixels.js";
import { choice, flag, number } from "../options/kinds.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { type Extent, extent, heightAndWidth } from "./extent.js";

/** Options of all that reads image files: how an image becomes a tensor. */
export const IMAGE = {
  /** Scale images to this extent: a whole number ≥ 1, or [height, width]. Default null: images keep their size. */
  size: extent(1, { default: null, aka: ["imageSize", "targetSize", "resize"] }),
  /** Cut the middle of the wanted proportions out before scaling, where an image is otherwise stretched. Default false. */
  cropToAspectRatio: flag({ default: false, aka: ["centerCrop", "keepAspectRatio"] }),
  /** "rgb": three channels; "grayscale": one. Default "rgb". */
  colorMode: choice(["rgb", "grayscale"], { default: "rgb", aka: ["mode", "color", "colors", "channels"] }),
  /** "float32": byte / 255; "uint8": bytes, a quarter of the memory. Default "float32". */
  dtype: choice(["float32", "uint8"], { default: "float32" }),
  /** Images that say they have more pixels are refused before any memory is taken, a whole number ≥ 1. Default 50,000,000. */
  maxPixels: number({ default: 50_000_000, min: 1, whole: true }),
};

/** How an image becomes a tensor. */
export interface ImageForm {
  readonly size: Extent | null;
  readonly cropToAspectRatio: boolean;
  readonly colorMode: "rgb" | "grayscale";
  readonly dtype: "float32" | "uint8";
}

/** A decoded image in the wanted colours and of the wanted size. */
export function formed(image: Raster, { size, cropToAspectRatio, colorMode }: ImageForm): Planes {
  const whole = planesOf(image, colorMode === "rgb" ? 3 : 1);
  const [height, width] = size === null ? [whole.height, whole.width] : heightAndWidth(size);
  const isThere = height === whole.height && width === whole.width;
  return isThere ? whole : resized(whole, windowOf(image, cropToAspectRatio ? width / height : null), height, width);
}

/** An image as a tensor [channels, height, width], which takes the bytes over where they stay bytes. */
export function imageTensor(op: string, { channels, height, width, bytes }: Planes, dtype: ImageForm["dtype"]): Tensor {
  const shape = [channels, height, width];
  return dtype === "float32" ? scaled(bytes, shape, op) : new Tensor(dataStorage("uint8", bytes, op), Object.freeze(shape));
}

/** The largest part in the middle of an image with `proportion` = width / height; null: the whole image. */
function windowOf({ width, height }: Raster, proportion: number | null): Window {
  if (proportion === null) return { left: 0, top: 0, width, height };
  const [inner, outer] = [Math.min(width, height * proportion), Math.min(height, width / proportion)];
  return { left: (width - inner) / 2, top: (height - outer) / 2, width: inner, height: outer };
}
