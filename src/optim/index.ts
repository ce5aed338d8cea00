export { clipGradNorm, clipGradValue } from "./clipping.js";
export type { GroupOptions, OptimizerOptions, OptimizerParameters, ParameterGroup, ParameterList } from "./group.js";
export { type OptimizerName, type OptimizerSpec, optimizerNamed } from "./named.js";
export { Optimizer } from "./optimizer.js";
export * from "./optimizers.js";
export * as optimizers from "./optimizers.js";
export type { Run } from "./runs.js";
export {
  constantRate,
  cosineDecay,
  exponentialDecay,
  linearWarmup,
  perEpoch,
  type Schedule,
  stepDecay,
} from "./schedules.js";
export type { OptimizerState } from "./state.js";
