import { FileError } from "../io/error.js";
import { readFile } from "../io/file.js";
import { decodeImage } from "../io/image/decode.js";
import type { Planes } from "../io/image/raster.js";
import { paths } from "../io/node.js";
import { RecordError } from "../io/recordError.js";
import type { Tensor } from "../tensor/tensor.js";
import type { ImageFiles } from "./imageFiles.js";
import { formed, type ImageForm, imageTensor } from "./imageOptions.js";

const OP = "imageFolder";

/** An image with the number of its class. */
export interface LabelledImage {
  /** [channels, height, width] */
  readonly x: Tensor;
  readonly y: number;
}

/** Reads the images of a folder by their numbers. */
export class ImageReader {
  readonly #cache = new Map<number, Planes>();
  #left: number;

  constructor(
    readonly folder: string,
    readonly found: ImageFiles,
    readonly form: ImageForm & { readonly maxPixels: number },
    cache: number,
  ) {
    this.#left = cache;
  }

  /** The image with a number. @throws RecordError that names its file */
  async read(index: number): Promise<LabelledImage> {
    const planes = this.#cache.get(index) ?? (await this.#load(index));
    const kept = this.#cache.has(index) && this.form.dtype === "uint8" ? { ...planes, bytes: planes.bytes.slice() } : planes;
    return { x: imageTensor(OP, kept, this.form.dtype), y: this.found.labels[index] };
  }

  async #load(index: number): Promise<Planes> {
    const file = paths(OP).join(this.folder, this.found.files[index]);
    try {
      const planes = formed(await decodeImage(OP, await readFile(file, OP), this.form.maxPixels), this.form);
      if (planes.bytes.length <= this.#left) {
        this.#left -= planes.bytes.length;
        this.#cache.set(index, planes);
      }
      return planes;
    } catch (cause) {
      if (!(cause instanceof FileError)) throw cause;
      throw new RecordError(OP, cause.message.slice(OP.length + 2).replace(/\.$/, ""), { file, cause });
    }
  }
}
