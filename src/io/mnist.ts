import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import type { Dataset, Labelled } from "./dataset.js";
import { DOWNLOAD, type Published } from "./download.js";
import { readIdx } from "./idx.js";
import { scaled } from "./pixels.js";
import { type Collection, find, PLACES } from "./published.js";

const MNIST_OPTIONS = {
  ...PLACES,
  /** x as images [n, 1, 28, 28] instead of rows [n, 784]. Default false. */
  image: flag({ default: false, aka: ["images"] }),
  ...DOWNLOAD,
};

const LOAD_MNIST = declare("loadMnist", MNIST_OPTIONS);
const LOAD_FASHION_MNIST = declare("loadFashionMnist", MNIST_OPTIONS);

/** Options of `loadMnist` and `loadFashionMnist`. */
export interface MnistOptions extends OptionsOf<typeof LOAD_MNIST> {}

type Settings = SettingsOf<typeof LOAD_MNIST>;

/** The four files of a data set: where they are published, and their checksums. */
interface Source extends Collection {
  trainImages: Published;
  trainLabels: Published;
  testImages: Published;
  testLabels: Published;
  classNames: readonly string[];
}

const MNIST: Source = {
  name: "mnist",
  files: "the four .gz files",
  homes: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
  trainImages: {
    name: "train-images-idx3-ubyte.gz",
    bytes: 9912422,
    sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte.gz",
    bytes: 28881,
    sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte.gz",
    bytes: 1648877,
    sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte.gz",
    bytes: 4542,
    sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
  },
  classNames: Object.freeze(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
};

const FASHION_MNIST: Source = {
  name: "fashion-mnist",
  files: "the four .gz files",
  homes: [
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
  ],
  trainImages: {
    name: "train-images-idx3-ubyte.gz",
    bytes: 26421880,
    sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte.gz",
    bytes: 29515,
    sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte.gz",
    bytes: 4422102,
    sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte.gz",
    bytes: 5148,
    sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
  },
  classNames: Object.freeze(["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]),
};

/**
 * The data set MNIST: 60,000 + 10,000 images of handwritten digits, 28 × 28 (LeCun, Cortes, Burges; CC BY-SA 3.0).
 *
 * The four published files are read from the first of these places: `folder`; the sub-folder `mnist` of the folder that the
 * environment variable SIMDGRAD_DATA names; the cache folder. Otherwise they are downloaded into the cache folder, once (11.6 MB).
 * Their checksums are compared in each case.
 *
 * Shape: x [n, 784] (or [n, 1, 28, 28]), float32, byte / 255; y [n], int32, 0 … 9
 *
 * @param options.folder folder with the files
 * @param options.cacheFolder folder for downloaded files
 * @param options.baseUrl address of a folder with the files; needed in browsers
 * @param options.image x as images [n, 1, 28, 28]; default false
 * @param options.onProgress called with { file, received, total } during downloads; null shows no progress
 * @param options.signal signal that aborts downloads
 * @throws FileError for files that are missing, cannot be downloaded, or are not the published ones; it says what to do offline
 * @example
 * const { train, test } = await loadMnist();
 */
export async function loadMnist(options?: MnistOptions): Promise<Dataset> {
  checkArity(LOAD_MNIST.op, arguments.length, 1);
  return load(LOAD_MNIST.op, MNIST, LOAD_MNIST.readOptions(options));
}

/**
 * The data set Fashion-MNIST: 60,000 + 10,000 images of clothes, 28 × 28, ten classes (Xiao, Rasul, Vollgraf, arXiv 1708.07747; MIT
 * licence, © 2017 Zalando SE). Its places, shapes and options are the same as for `loadMnist`, with the sub-folder `fashion-mnist`;
 * 30.9 MB are downloaded.
 *
 * @throws FileError
 * @example
 * const { train, test, classNames } = await loadFashionMnist({ image: true });
 */
export async function loadFashionMnist(options?: MnistOptions): Promise<Dataset> {
  checkArity(LOAD_FASHION_MNIST.op, arguments.length, 1);
  return load(LOAD_FASHION_MNIST.op, FASHION_MNIST, LOAD_FASHION_MNIST.readOptions(options));
}

async function load(op: string, source: Source, options: Settings): Promise<Dataset> {
  const read = async (file: Published) => readIdx(`${op}: ${file.name}`, await find(op, source, file, options));
  const pair = async (images: Published, labels: Published): Promise<Labelled> => {
    const y = Int32Array.from((await read(labels)).view());
    const x = await read(images);
    const [n, height, width] = x.shape;
    const shape = options.image ? [n, 1, height, width] : [n, height * width];
    return { x: scaled(x.view() as Uint8Array, shape, op), y: new Tensor(dataStorage("int32", y, op), Object.freeze([n])) };
  };
  const train = await pair(source.trainImages, source.trainLabels);
  const test = await pair(source.testImages, source.testLabels);
  return { train, test, classNames: source.classNames };
}
