/** The losses: (prediction, target, options) → scalar. This module is their registry. */
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from "./losses/binaryCrossEntropy.js";
export { type CrossEntropyOptions, crossEntropy } from "./losses/crossEntropy.js";
export type { Loss, LossFunction, LossTraits, TargetKind } from "./losses/define.js";
export { type HuberOptions, huber } from "./losses/huber.js";
export { mae } from "./losses/mae.js";
export { mse } from "./losses/mse.js";
export type { LossOptions } from "./losses/reduction.js";
