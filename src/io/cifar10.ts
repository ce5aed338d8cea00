import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, flag } from "../options/kinds.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import type { Dataset, Labelled } from "./dataset.js";
import { DOWNLOAD, type Published } from "./download.js";
import { FileError } from "./error.js";
import { checkBytes } from "./file.js";
import { gunzip, isGzip } from "./gzip.js";
import { pathText } from "./node.js";
import { scaled } from "./pixels.js";
import { type Collection, find, findAtHand, missing, PLACES } from "./published.js";
import { untar } from "./tar.js";

/** The type of the pixels. */
const DTYPE = {
  /** Type of x: "float32" for byte / 255, or "uint8" for the bytes, which take a quarter of the memory. Default "float32". */
  dtype: choice(["float32", "uint8"], { default: "float32" }),
};

const LOAD_CIFAR10 = declare("loadCifar10", {
  ...PLACES,
  ...DTYPE,
  /**
   * Whether the subset of 10,000 + 1,000 images is read, which is not downloaded. Default: only where a folder of yours has the subset
   * and not the archive of the whole set.
   */
  subset: flag({}),
  ...DOWNLOAD,
});

/** Options of `loadCifar10`. */
export interface Cifar10Options extends OptionsOf<typeof LOAD_CIFAR10> {}

type Settings = SettingsOf<typeof LOAD_CIFAR10>;

const PARSE_CIFAR10 = declare("parseCifar10", DTYPE);

/** Options of `parseCifar10`. */
export interface Cifar10FileOptions extends OptionsOf<typeof PARSE_CIFAR10> {}

const CIFAR10: Collection = {
  name: "cifar10",
  files: "cifar-10-binary.tar.gz",
  homes: ["https://www.cs.toronto.edu/~kriz/"],
};

/** The archive of the binary version; its published MD5 is c32a1d4ab5d03f1284b67883e8d87530. */
const ARCHIVE: Published = {
  name: "cifar-10-binary.tar.gz",
  bytes: 170052171,
  sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
};
const TRAIN_FILES = [1, 2, 3, 4, 5].map((i) => `cifar-10-batches-bin/data_batch_${i}.bin`);
const TEST_FILES = ["cifar-10-batches-bin/test_batch.bin"];

/** The first 10,000 images for training and the first 1,000 for testing. */
const SUBSET: Record<"train" | "test", Published> = {
  train: {
    name: "cifar10-train-10k.bin.gz",
    bytes: 28230024,
    sha256: "f27c826404183bf6fd3823fb45744b4f7fd83201dfa6253c32e8d2f8e60e8f1b",
  },
  test: {
    name: "cifar10-test-1k.bin.gz",
    bytes: 2825834,
    sha256: "481869234567c4835abc7c5f640eb4c2dd6fb841f09ea94a7f989d31f337e06c",
  },
};

const CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"] as const;
const SIDE = 32;
const PIXELS = 3 * SIDE * SIDE;
/** A record is a label and the pixels: all red ones row by row, all green ones, all blue ones. */
const RECORD = 1 + PIXELS;
/** More than the unpacked archive: 60,000 records, two small files, and headers. */
const MOST_UNPACKED = 60_000 * RECORD + (1 << 20);

/**
 * The data set CIFAR-10: 50,000 + 10,000 colour images of ten classes, 32 × 32 (A. Krizhevsky, "Learning Multiple Layers of Features
 * from Tiny Images", 2009, who asks to be cited).
 *
 * The published archive of the binary version is read from the first of these places: `folder`; the sub-folder `cifar10` of the folder
 * that the environment variable SIMDGRAD_DATA names; the cache folder. Otherwise it is downloaded into the cache folder, once (170 MB).
 * In place of the archive, `folder` and SIMDGRAD_DATA may have a subset: cifar10-train-10k.bin.gz and cifar10-test-1k.bin.gz, the first
 * 10,000 and 1,000 records of the set. Checksums are compared in each case.
 *
 * Shape: x [n, 3, 32, 32], byte / 255 as float32 or the bytes as uint8; y [n], int32, 0 … 9
 *
 * @param options.folder folder with the files
 * @param options.cacheFolder folder for downloaded files
 * @param options.baseUrl address of a folder with the archive; needed in browsers
 * @param options.dtype "float32" (default) or "uint8"
 * @param options.subset true for the subset, false for the whole set; default: the subset only where a folder of yours has it alone
 * @param options.onProgress called with { file, received, total } during downloads; null shows no progress
 * @param options.signal signal that aborts downloads
 * @throws FileError for files that are missing, cannot be downloaded, or are not the published ones; it says what to do offline
 * @example
 * const { train, test, classNames } = await loadCifar10({ dtype: "uint8" });
 */
export async function loadCifar10(options?: Cifar10Options): Promise<Dataset> {
  const { op } = LOAD_CIFAR10;
  checkArity(op, arguments.length, 1);
  const settings = LOAD_CIFAR10.readOptions(options);
  const archive = settings.subset ? null : await findAtHand(op, CIFAR10, ARCHIVE, settings);
  const subset = archive === null && settings.subset !== false ? await subsetAtHand(op, settings) : null;
  const parts = subset ?? (await partsOf(op, archive ?? (await find(op, CIFAR10, ARCHIVE, settings))));
  return {
    train: labelled(op, parts.train, settings.dtype),
    test: labelled(op, parts.test, settings.dtype),
    classNames: Object.freeze([...CLASSES]),
  };
}

/**
 * Images and labels from a file of records in the binary format of CIFAR-10, gzipped or not: a byte 0 … 9 for the class, then 1,024
 * red, 1,024 green and 1,024 blue bytes.
 *
 * Shape: x [n, 3, 32, 32], y [n] as `loadCifar10` gives them
 *
 * @param bytes the whole file
 * @param options.dtype "float32" (default) or "uint8"
 * @throws FileError for bytes that are no whole records, and for a label above 9; ArgumentError for anything but bytes
 * @example
 * const { x, y } = await parseCifar10(new Uint8Array(3073), { dtype: "uint8" });
 */
export async function parseCifar10(bytes: Uint8Array | ArrayBuffer, options?: Cifar10FileOptions): Promise<Labelled> {
  const { op } = PARSE_CIFAR10;
  checkArity(op, arguments.length, 2);
  const { dtype } = PARSE_CIFAR10.readOptions(options);
  return labelled(op, [["the file", await unpacked(op, checkBytes(op, bytes))]], dtype);
}

/** Files of records, each with its name. */
type Records = [name: string, bytes: Uint8Array][];

/** The subset in a folder of the user's; null where it is not there and not asked for. */
async function subsetAtHand(op: string, options: Settings): Promise<Record<"train" | "test", Records> | null> {
  const read = async (file: Published): Promise<Records | null> => {
    const bytes = await findAtHand(op, CIFAR10, file, options);
    return bytes === null ? null : [[file.name, await unpacked(op, bytes)]];
  };
  const [train, test] = [await read(SUBSET.train), await read(SUBSET.test)];
  if (train !== null && test !== null) return { train, test };
  if (train === null && test === null && !options.subset) return null;
  const lacking = train === null ? SUBSET.train : SUBSET.test;
  const mend = `The subset is not downloaded: pass { folder } with ${SUBSET.train.name} and ${SUBSET.test.name}, or { subset: false }.`;
  if (options.folder !== undefined) throw missing(op, CIFAR10, lacking, pathText(op, options.folder), mend);
  throw new FileError(message(op, `there is no ${lacking.name} in ${CIFAR10.name} of the folder that SIMDGRAD_DATA names`, mend));
}

/** The batches of the whole set. @param archive the bytes of the archive */
async function partsOf(op: string, archive: Uint8Array): Promise<Record<"train" | "test", Records>> {
  const files = untar(`${op}: ${ARCHIVE.name}`, await unpacked(op, archive));
  const pick = (names: readonly string[]): Records =>
    names.map((name) => {
      const bytes = files.get(name);
      if (bytes === undefined) throw new FileError(message(op, `${ARCHIVE.name} has no file ${name}`, "Get it again."));
      return [name, bytes];
    });
  return { train: pick(TRAIN_FILES), test: pick(TEST_FILES) };
}

async function unpacked(op: string, bytes: Uint8Array): Promise<Uint8Array> {
  return isGzip(bytes) ? gunzip(op, bytes, () => MOST_UNPACKED) : bytes;
}

/** @throws FileError naming the file that holds no whole records, or a label above 9 */
function labelled(op: string, files: Records, dtype: "float32" | "uint8"): Labelled {
  for (const [name, { length }] of files) {
    if (length === 0 || length % RECORD !== 0) {
      throw new FileError(message(op, `${name} has ${length} bytes; expected records of ${RECORD}: a label and 3 × 32 × 32 pixels`));
    }
  }
  const n = files.reduce((sum, [, { length }]) => sum + length / RECORD, 0);
  const y = new Int32Array(n);
  const pixels = new Uint8Array(n * PIXELS);
  let row = 0;
  for (const [name, bytes] of files) {
    for (let at = 0; at < bytes.length; at += RECORD, row++) {
      const label = bytes[at];
      if (label >= CLASSES.length)
        throw new FileError(
          message(op, `record ${at / RECORD} of ${name} has label ${label}; expected 0 … 9`, "This is no CIFAR-10 file."),
        );
      y[row] = label;
      pixels.set(bytes.subarray(at + 1, at + RECORD), row * PIXELS);
    }
  }
  const shape = Object.freeze([n, 3, SIDE, SIDE]);
  const x = dtype === "float32" ? scaled(pixels, shape, op) : new Tensor(dataStorage("uint8", pixels, op), shape);
  return { x, y: new Tensor(dataStorage("int32", y, op), Object.freeze([n])) };
}
