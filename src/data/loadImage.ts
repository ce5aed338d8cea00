import { checkBytes, readFile } from "../io/file.js";
import { decodeImage } from "../io/image/decode.js";
import { type Path, pathText } from "../io/node.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import type { Tensor } from "../tensor/tensor.js";
import { formed, IMAGE, imageTensor } from "./imageOptions.js";

const LOAD_IMAGE = declare("loadImage", IMAGE);

/** Options of `loadImage`. */
export interface LoadImageOptions extends OptionsOf<typeof LOAD_IMAGE> {}

/**
 * Reads a PNG or JPEG image, from a file or its bytes. The options are those of `imageFolder`: an image that is to be classified is read as
 * those were that the model has learned from. Grey images become RGB, or RGB grey, as `colorMode` says; alpha is dropped, 16 bits become 8,
 * photographs are turned upright as their EXIF data say. Scaling is bilinear with antialiasing, as in Pillow. JPEG needs the library
 * @jsquash/jpeg.
 *
 * Shape: [3, height, width], or [1, height, width] with `colorMode: "grayscale"`
 *
 * @param source path of the file, or its bytes; in browsers the bytes
 * @param options.size extent to which the image is scaled: a number, or [height, width]; default: it keeps its size
 * @param options.cropToAspectRatio cut out the middle where it would be stretched; default false
 * @param options.colorMode "rgb" or "grayscale"; default "rgb"
 * @param options.dtype "float32", byte / 255, or "uint8"; default "float32"
 * @param options.maxPixels larger images are refused; default 50,000,000
 * @throws FileError for a file that cannot be read, is no PNG or JPEG file, is damaged, truncated or too large
 * @throws PeerError for a JPEG file, if @jsquash/jpeg is not installed
 * @throws ArgumentError
 * @example
 * const image = await loadImage("digit.png", { size: 4, colorMode: "grayscale" });
 * const scores = await model.predict(stack([image]));
 */
export async function loadImage(source: Path | Uint8Array | ArrayBuffer, options?: LoadImageOptions): Promise<Tensor> {
  const { op } = LOAD_IMAGE;
  checkArity(op, arguments.length, 2);
  const settings = LOAD_IMAGE.readOptions(options);
  const isPath = typeof source === "string" || Object.prototype.toString.call(source) === "[object URL]";
  const name = isPath ? `${op}: ${pathText(op, source as Path)}` : op;
  const bytes = isPath ? await readFile(source as Path, op) : checkBytes(op, source);
  return imageTensor(op, formed(await decodeImage(name, bytes, settings.maxPixels), settings), settings.dtype);
}
