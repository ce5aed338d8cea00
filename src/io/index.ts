export { FileError } from "./error.js";
export type { Path } from "./node.js";
export { loadNpy, parseNpy, saveNpy, serializeNpy } from "./npy.js";
export { loadNpz, type NpzOptions, parseNpz, saveNpz, serializeNpz } from "./npz.js";
export { loadOptimizerState, parseOptimizerState, saveOptimizerState, serializeOptimizerState } from "./optimizerState.js";
export { type Rename, type RenameRule, renameWeights, type Transform } from "./rename.js";
export { parseSafetensors, type Safetensors, type SafetensorsOptions, serializeSafetensors } from "./safetensors.js";
export { type LoadWeightsOptions, loadWeights, type SaveWeightsOptions, saveWeights } from "./weights.js";
