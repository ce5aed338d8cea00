/** The door `simdgrad/datasets`: files of images and texts, splits and scaling, for those who ask for them. */
export { type Cifar10FileOptions, type Cifar10Options, loadCifar10, parseCifar10 } from "./io/cifar10.js";
export type { Dataset, Labelled, SplitOptions, ThreeWaySplitOptions } from "./io/dataset.js";
export { trainTestSplit, trainValidationTestSplit } from "./io/dataset.js";
export type { DownloadProgress } from "./io/download.js";
export { loadIdx, parseIdx } from "./io/idx.js";
export { loadFashionMnist, loadMnist, type MnistOptions } from "./io/mnist.js";
export { loadShakespeare, type ShakespeareOptions, type TextDataset } from "./io/shakespeare.js";
export { type StandardizeOptions, type Standardizer, standardize } from "./io/standardize.js";
