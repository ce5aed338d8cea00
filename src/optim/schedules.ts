/** The schedules by their names. */
export { constantRate } from "./schedules/constantRate.js";
export { type CosineDecayOptions, cosineDecay } from "./schedules/cosineDecay.js";
export { type ExponentialDecayOptions, exponentialDecay } from "./schedules/exponentialDecay.js";
export { type LinearWarmupOptions, linearWarmup } from "./schedules/linearWarmup.js";
export { perEpoch } from "./schedules/perEpoch.js";
export { type StepDecayOptions, stepDecay } from "./schedules/stepDecay.js";
