/** The figures that `simdgrad plot` knows: whatever stands here is known by its name. */

export { ACTIVATION_CURVES } from "./figures/activationCurves.js";
export { ARCHITECTURE } from "./figures/architecture.js";
export { BATCH_PATHS } from "./figures/batchPaths.js";
export { CALIBRATION_CURVE } from "./figures/calibrationCurve.js";
export { CAPACITY_CURVE } from "./figures/capacityCurve.js";
export { COMPUTATION_GRAPH } from "./figures/computationGraph.js";
export { DOUBLE_DESCENT } from "./figures/doubleDescent.js";
export { LEARNING_RATE_FINDER } from "./figures/learningRateFinder.js";
export { LOSS_CURVES } from "./figures/lossCurves.js";
export { LOSS_SHAPES } from "./figures/lossShapes.js";
export { NESTEROV_STEP } from "./figures/nesterovStep.js";
export { OPTIMIZER_RACE } from "./figures/optimizerRace.js";
export { PENALTY_CONTOURS } from "./figures/penaltyContours.js";
export { PERCEPTRON_WEIGHTS } from "./figures/perceptronWeights.js";
export { PRECISION_RECALL_CURVE } from "./figures/precisionRecallCurve.js";
export { ROC_CURVE } from "./figures/rocCurve.js";
export { SCHEDULES } from "./figures/schedules.js";
export { LEARNING_RATES } from "./figures/stepLosses.js";
export { UNIVERSAL_APPROXIMATION } from "./figures/universalApproximation.js";
