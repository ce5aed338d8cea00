/** The metrics that every bundle with `compile` knows by name. */
export { Accuracy, type AccuracyOptions } from "./accuracy.js";
export { ConfusionMatrix, type ConfusionMatrixOptions } from "./confusionMatrix.js";
export { MAE, MSE } from "./meanError.js";
export { MeanIoU, type MeanIoUOptions } from "./meanIoU.js";
export { TopK, type TopKOptions } from "./topK.js";
