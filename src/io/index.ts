export {
  type Dataset,
  type Labelled,
  type SplitOptions,
  trainTestSplit,
  trainValidationTestSplit,
} from "./dataset.js";
export type { DownloadProgress } from "./download.js";
export { FileError } from "./error.js";
export { loadIdx, parseIdx } from "./idx.js";
export { loadFashionMnist, loadMnist, type MnistOptions } from "./mnist.js";
export type { Path } from "./node.js";
export { parseSafetensors, type Safetensors, serializeSafetensors } from "./safetensors.js";
export { type StandardizeOptions, type Standardizer, standardize } from "./standardize.js";
export { saveWeights } from "./weights.js";
