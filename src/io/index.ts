export { FileError } from "./error.js";
export type { Path } from "./node.js";
export { loadOptimizerState, parseOptimizerState, saveOptimizerState, serializeOptimizerState } from "./optimizerState.js";
export { parseSafetensors, type Safetensors, serializeSafetensors } from "./safetensors.js";
export { saveWeights } from "./weights.js";
