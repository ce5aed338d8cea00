/** The figures that `simdgrad plot` knows: whatever stands here is known by its name. */

export { ACTIVATION_CURVES } from "./figures/activationCurves.js";
export { BATCH_PATHS } from "./figures/batchPaths.js";
export { LOSS_CURVES } from "./figures/lossCurves.js";
export { LOSS_SHAPES } from "./figures/lossShapes.js";
export { NESTEROV_STEP } from "./figures/nesterovStep.js";
export { OPTIMIZER_RACE } from "./figures/optimizerRace.js";
export { PENALTY_CONTOURS } from "./figures/penaltyContours.js";
export { PERCEPTRON_WEIGHTS } from "./figures/perceptronWeights.js";
export { UNIVERSAL_APPROXIMATION } from "./figures/universalApproximation.js";
