import { randomCrop } from "../data/crop.js";
import { randomFlip } from "../data/flip.js";
import { normalize } from "../data/normalize.js";
import type { Transform } from "../data/transform.js";
import { loadCifar10 } from "../io/cifar10.js";
import type { Dataset } from "../io/dataset.js";
import { loadDigits } from "../io/digits.js";
import { loadFashionMnist, loadMnist } from "../io/mnist.js";
import { loadShakespeare, type TextDataset } from "../io/shakespeare.js";

/** Channels, height and width of an image. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** A data set of labelled images. */
export interface ImageSet {
  /** What it is called in messages and in files. */
  readonly name: string;
  readonly shape: ImageShape;
  /** The number of classes. */
  readonly classes: number;
  /** Images [n, channels, height, width], as floats or bytes. */
  load(signal?: AbortSignal): Promise<Dataset>;
  /** Brings images into the range that networks of images like. Rows of pixels stay between 0 and 1. */
  readonly scale: Transform;
  /** What --augment does to the images. */
  readonly augment: readonly Transform[];
}

/** The data sets of images by their names on the command line. */
export const IMAGE_SETS = {
  digits: {
    name: "digits",
    classes: 10,
    shape: [1, 8, 8],
    load: () => loadDigits({ image: true }),
    scale: normalize(0.3053, 0.3761),
    augment: [randomCrop({ size: 8, padding: 1 })],
  },
  mnist: {
    name: "mnist",
    classes: 10,
    shape: [1, 28, 28],
    load: (signal) => loadMnist({ image: true, signal }),
    scale: normalize(0.1307, 0.3081),
    augment: [randomCrop({ size: 28, padding: 2 })],
  },
  "fashion-mnist": {
    name: "fashion-mnist",
    classes: 10,
    shape: [1, 28, 28],
    load: (signal) => loadFashionMnist({ image: true, signal }),
    scale: normalize(0.286, 0.353),
    augment: [randomCrop({ size: 28, padding: 2 }), randomFlip()],
  },
  cifar10: {
    name: "cifar10",
    classes: 10,
    shape: [3, 32, 32],
    load: (signal) => loadCifar10({ dtype: "uint8", signal }),
    scale: normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]),
    augment: [randomCrop({ size: 32, padding: 4 }), randomFlip()],
  },
} satisfies Record<string, ImageSet> as Record<ImageSetName, ImageSet>;

export type ImageSetName = "digits" | "mnist" | "fashion-mnist" | "cifar10";

/** The texts by their names on the command line. */
export const TEXTS = {
  shakespeare: { load: (signal) => loadShakespeare({ signal }) },
} satisfies Record<string, TextSource> as Record<TextName, TextSource>;

interface TextSource {
  load(signal?: AbortSignal): Promise<TextDataset>;
}

export type TextName = "shakespeare";

export type DatasetName = ImageSetName | TextName;

export const DATASET_NAMES: readonly DatasetName[] = [...Object.keys(IMAGE_SETS), ...Object.keys(TEXTS)] as DatasetName[];

export function isText(name: DatasetName): name is TextName {
  return Object.hasOwn(TEXTS, name);
}
