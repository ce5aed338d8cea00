/** What is looked for in a training, each by itself. This module is the registry of the rules. */
export { batchDependence } from "./findings/batchDependence.js";
export { deadReLU } from "./findings/deadReLU.js";
export { equalUnits } from "./findings/equalUnits.js";
export { explodingRecurrence } from "./findings/explodingRecurrence.js";
export { explodingGradients, vanishingGradients } from "./findings/gradientFlow.js";
export { inputScale } from "./findings/inputScale.js";
export { l2WithAdam } from "./findings/l2WithAdam.js";
export { constantLabels, missingClass } from "./findings/labels.js";
export { rateTooHigh, rateTooLow } from "./findings/learningRate.js";
export { linearLayers } from "./findings/linearLayers.js";
export { noGradient } from "./findings/noGradient.js";
export { noiseScale } from "./findings/noiseScale.js";
export { overfit } from "./findings/overfit.js";
export { saturated } from "./findings/saturated.js";
export { softmaxTwice } from "./findings/softmaxTwice.js";
export { startLoss } from "./findings/startLoss.js";
export { largeUpdates, smallUpdates } from "./findings/updates.js";
