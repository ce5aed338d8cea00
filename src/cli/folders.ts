import { basename, resolve } from "node:path";
import { randomCrop } from "../data/crop.js";
import { randomFlip } from "../data/flip.js";
import { type ImageFolder, imageFolder } from "../data/imageFolder.js";
import { normalize } from "../data/normalize.js";
import { ArgumentError } from "../errors/errors.js";
import { bytesText, kindText, message } from "../errors/message.js";
import type { Labelled } from "../io/dataset.js";
import { concat } from "../ops/joining.js";
import type { Tensor } from "../tensor/tensor.js";
import type { ImageSet } from "./datasets.js";

/** The side of images, if nobody chose another. */
const SIDE = 64;

const TEST_SHARE = 0.2;

/** The most bytes of images that are held in memory. */
const MOST_BYTES = 1 << 30;

/** Mean and standard deviation of photographs by channel: those of ImageNet. */
const PHOTOGRAPHS = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
] as const;

interface FolderOptions {
  readonly size?: number;
  readonly test?: number;
  readonly seed?: number;
}

/** A folder of images as a data set: a part of them is to test on. @throws ArgumentError for more than memory should hold, FileError, PeerError */
export async function folderSet(command: string, path: string, options: FolderOptions): Promise<ImageSet> {
  const { size = SIDE, test = TEST_SHARE, seed } = options;
  if (test === 0) throw new ArgumentError(message(command, "--test is 0, which is for tables; of folders some images are to test on"));
  const images = await openFolder(command, path, size);
  const { classNames } = images;
  if (classNames.length < 2) {
    const problem = `${path} has one folder of images, ${kindText(classNames[0])}; expected a folder for each of two classes or more`;
    throw new ArgumentError(message(command, problem, "Make a folder for each class, such as cats/ and dogs/."));
  }
  const parts = images.split({ test, seed });
  return {
    ...{ name: nameOf(path), shape: [3, size, size], classes: images.classNames.length },
    load: async (signal) => ({
      train: await gathered(parts.train, signal),
      test: await gathered(parts.test, signal),
      classNames: images.classNames,
    }),
    scale: normalize(...PHOTOGRAPHS),
    augment: [randomCrop({ size, padding: Math.max(1, Math.round(size / 8)) }), randomFlip()],
  };
}

/** All images of a folder, to test a model on. @throws ArgumentError for other classes than the model knows */
export async function folderTest(
  command: string,
  path: string,
  size: number,
  classes: readonly string[],
): Promise<{ set: ImageSet; test: Labelled }> {
  const images = await openFolder(command, path, size);
  const unknown = images.classNames.find((name, i) => classes[i] !== name) ?? classes.find((name, i) => images.classNames[i] !== name);
  if (unknown !== undefined) {
    const found = images.classNames.slice(0, 20).join(", ");
    throw new ArgumentError(message(command, `${path} has the classes ${found}; the model knows ${classes.slice(0, 20).join(", ")}`));
  }
  const test = await gathered(images);
  const set = {
    name: nameOf(path),
    shape: [3, size, size],
    classes: classes.length,
    scale: normalize(...PHOTOGRAPHS),
    augment: [],
  } as const;
  return { set: { ...set, load: async () => ({ train: test, test, classNames: classes }) }, test };
}

async function openFolder(command: string, path: string, size: number): Promise<ImageFolder> {
  const images = await imageFolder(path, { size, dtype: "uint8" });
  const bytes = images.length * 3 * size * size;
  if (bytes <= MOST_BYTES) return images;
  const problem = `${path} has ${images.length} images, which take ${bytesText(bytes)} at ${size} × ${size}; the command holds ${bytesText(MOST_BYTES)}`;
  throw new ArgumentError(
    message(command, problem, "Choose a smaller --size, or write a program: imageFolder of simdgrad/data streams them."),
  );
}

/** The images of a stream in memory, in random order. */
async function gathered(images: ImageFolder, signal?: AbortSignal): Promise<Labelled> {
  const [x, y]: [Tensor[], Tensor[]] = [[], []];
  for await (const batch of images.shuffle().batch(256)) {
    signal?.throwIfAborted();
    x.push(batch.x as Tensor);
    y.push(batch.y as Tensor);
  }
  return { x: concat(x, 0), y: concat(y, 0) };
}

function nameOf(path: string): string {
  return basename(resolve(path));
}
