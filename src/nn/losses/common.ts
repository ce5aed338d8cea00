/** The losses that every bundle with `compile` knows by name. */
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./binaryCrossEntropy.js";
export { type CrossEntropyOptions, crossEntropy } from "./crossEntropy.js";
export { mae } from "./mae.js";
export { mse } from "./mse.js";
