/** The losses: (prediction, target, options) → scalar. This module is their registry. */
export * from "./losses/common.js";
export type { Loss, LossFunction, LossTraits, TargetKind } from "./losses/define.js";
export type { LossOptions } from "./losses/reduction.js";
