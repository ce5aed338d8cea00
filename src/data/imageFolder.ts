import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { trainTestSplit, trainValidationTestSplit } from "../io/dataset.js";
import { prepareJpeg } from "../io/image/jpeg.js";
import { type Path, pathText } from "../io/node.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { Tensor } from "../tensor/tensor.js";
import { DataStream } from "./dataStream.js";
import { filesByFolder, filesByLabel, type ImageLabels } from "./imageFiles.js";
import { IMAGE } from "./imageOptions.js";
import { ImageReader, type LabelledImage } from "./imageReader.js";
import { sourceOf } from "./stream/from.js";
import { mapped } from "./stream/map.js";
import { shuffled } from "./stream/shuffle.js";
import type { Source } from "./stream/source.js";

/** The bytes that `cache: true` holds at most. */
const CACHE = 1 << 30;

const IMAGE_FOLDER = declare("imageFolder", {
  ...IMAGE,
  /**
   * Labels by file, { "a.png": "cat" }, or the name of a CSV file in the folder with columns file and label. Default null: the folder has a
   * folder for each class.
   */
  labels: option<ImageLabels, { default: null }>(
    "the name of a CSV file, or an object of labels by file",
    (value) => typeof value === "string" || isPlain(value),
    { default: null },
  ),
  /** Keep images in memory as scaled bytes once they are read: true for at most 1 GiB of them, or the number of bytes. Default false. */
  cache: option<boolean | number, { default: false }>(
    "true, false or a number of bytes",
    (value) => typeof value === "boolean" || (value as number) >= 0,
    {
      default: false,
    },
  ),
});

/** Options of `imageFolder`. */
export interface ImageFolderOptions extends OptionsOf<typeof IMAGE_FOLDER> {}

const share = { default: null, above: 0 } as const;
const SPLIT = declare("ImageFolder.split", {
  /** Images for validation: a share of all, above 0 and below 1, or their number. Default null: none. */
  validation: number(share),
  /** Images for testing: a share of all, above 0 and below 1, or their number. Default null: none. */
  test: number(share),
  /** Whether every class has the same share in each part, as far as whole numbers allow. Default true. */
  stratify: flag({ default: true }),
  /** Seed of the choice, a whole number from 0 to 2⁵³ − 1; `manualSeed` has no influence. Default 0. */
  seed: number({ default: 0, min: 0, whole: true }),
});

/** Options of `ImageFolder.split`. */
export interface ImageSplitOptions extends OptionsOf<typeof SPLIT> {}

/**
 * A folder of PNG and JPEG images as a stream of records { x, y }, which are read and decoded when they are asked for: so the folder may be
 * larger than memory. As in torchvision's ImageFolder each folder in it is a class, whose number is its place among the sorted names; the
 * images may lie in folders within it. Hidden files are passed over, other files are named in a note. JPEG needs the library @jsquash/jpeg.
 *
 * Images of one size make batches: give `size`, as `loadImage` has it. What the options mean is told there.
 *
 * @param path path of the folder, or a file: URL
 * @param options.labels for images without folders: a CSV file with columns file and label, or an object of labels by file
 * @param options.size extent to which images are scaled: a number, or [height, width]; default: they keep their size
 * @param options.cropToAspectRatio cut out the middle where an image would be stretched; default false
 * @param options.colorMode "rgb" or "grayscale"; default "rgb"
 * @param options.dtype "float32", byte / 255, or "uint8"; default "float32"
 * @param options.maxPixels larger images are refused; default 50,000,000
 * @param options.cache keep images as scaled bytes: true for at most 1 GiB, or a number of bytes; default false
 * @returns a stream with `classNames`, `counts`, `length` and `split`
 * @throws FileError for a folder that cannot be read, or has no classes or an empty one; PeerError for JPEG files without @jsquash/jpeg;
 *         ArgumentError. When it is walked, a RecordError that names a file that cannot be read: `onBadRecord("skip")` passes over it
 * @example
 * const images = await imageFolder("animals", { size: 32 });   // animals/cat/1.png, animals/dog/7.png, …
 * const { train, validation } = images.split({ validation: 0.5 });
 * for await (const { x, y } of train.shuffle().batch(16)) console.log(x.shape, y.shape);
 * console.log(images.classNames, images.counts, validation.length);
 */
export async function imageFolder(path: Path, options?: ImageFolderOptions): Promise<ImageFolder> {
  const { op } = IMAGE_FOLDER;
  checkArity(op, arguments.length, 2);
  const { labels, cache, ...form } = IMAGE_FOLDER.readOptions(options);
  const folder = pathText(op, path);
  const found = labels === null ? await filesByFolder(op, folder) : await filesByLabel(op, folder, labels);
  // Now, since a stream that passes over bad records would pass over every JPEG file.
  if (found.files.some((file) => /\.jpe?g$/i.test(file))) await prepareJpeg(op);
  const most = typeof cache === "number" ? cache : cache ? CACHE : 0;
  return new ImageFolder(new ImageReader(folder, found, form, most));
}

/**
 * The images of a folder as a stream of records { x, y }; `imageFolder` makes one.
 * @example
 * const images = await imageFolder("animals", { size: 8 });
 * images.length;   // 4
 */
export class ImageFolder extends DataStream<LabelledImage> {
  readonly #reader: ImageReader;
  readonly #rows: Int32Array;

  /** @internal use `imageFolder` */
  constructor(reader: ImageReader, rows: Int32Array = allOf(reader)) {
    super(imagesOf(checkReader(reader), sourceOf([...rows])));
    this.#reader = reader;
    this.#rows = rows;
  }

  /** The number of images. */
  get length(): number {
    return this.#rows.length;
  }

  /** The names of the classes: y is the place in this list. */
  get classNames(): readonly string[] {
    return this.#reader.found.classNames;
  }

  /** The number of images of each class. */
  get counts(): Record<string, number> {
    const counts = this.classNames.map(() => 0);
    for (const row of this.#rows) counts[this.#reader.found.labels[row]]++;
    return Object.fromEntries(this.classNames.map((name, i) => [name, counts[i]]));
  }

  /** The paths of the images within the folder, in their order. */
  get files(): string[] {
    return Array.from(this.#rows, (row) => this.#reader.found.files[row]);
  }

  /**
   * The images in random order, another one in each walk. The files are shuffled before they are read, so that no image waits in memory.
   * @param bufferSize as for every stream; default all images, so that every order is equally likely
   */
  override shuffle(bufferSize?: number): DataStream<LabelledImage> {
    checkArity("shuffle", arguments.length, 1);
    bufferSize ??= Math.max(1, this.length);
    // The check of the size is that of every stream.
    super.shuffle(bufferSize);
    return new DataStream(imagesOf(this.#reader, shuffled(sourceOf([...this.#rows]), bufferSize)));
  }

  /**
   * Divides the images: every class has the same share in each part.
   * @param options.validation images for validation: a share, or their number
   * @param options.test images for testing: a share, or their number
   * @param options.stratify whether classes have the same share in each part; default true
   * @param options.seed of the choice; default 0
   * @returns { train }, with `validation` and `test` where they are asked for
   * @throws ArgumentError for an invalid option, and where a part would be empty
   */
  split<const O extends ImageSplitOptions>(options: O): Record<"train" | (keyof O & ("validation" | "test")), ImageFolder> {
    checkArity(SPLIT.op, arguments.length, 1);
    const { validation, test, ...rest } = SPLIT.readOptions(options);
    if (validation === null && test === null)
      throw new ArgumentError(
        message(SPLIT.op, "there is neither validation nor test", "Write { validation: 0.1, test: 0.1 }, or one of them."),
      );
    const { labels } = this.#reader.found;
    const samples = { y: Int32Array.from(this.#rows, (row) => labels[row]), row: this.#rows };
    const parts: Record<string, { row: Tensor }> =
      validation !== null && test !== null
        ? trainValidationTestSplit(samples, { validation, test, ...rest })
        : trainTestSplit(samples, { test: (validation ?? test) as number, ...rest });
    if (validation !== null && test === null) {
      parts.validation = parts.test;
      delete parts.test;
    }
    const folders = Object.entries(parts).map(([name, { row }]) => [
      name,
      new ImageFolder(this.#reader, row.view().slice().sort() as Int32Array),
    ]);
    return Object.fromEntries(folders);
  }
}

/** @throws ArgumentError for anything but what `imageFolder` passes */
function checkReader(reader: unknown): ImageReader {
  if (reader instanceof ImageReader) return reader;
  throw new ArgumentError(message("ImageFolder", `the reader is ${kindText(reader)}`, "Write await imageFolder(path)."));
}

/** The numbers of all images. */
function allOf(reader: ImageReader): Int32Array {
  return Int32Array.from(checkReader(reader).found.files, (_, i) => i);
}

/** Files that are read at once. */
const AT_ONCE = 16;

/** The images with these numbers. Those that are passed over are not read. */
function imagesOf(reader: ImageReader, numbers: Source<number>): Source<LabelledImage> {
  return mapped(numbers, (index) => reader.read(index), AT_ONCE);
}
