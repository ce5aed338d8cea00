/** The metrics: figures that are gathered batch by batch. This module is their registry: "topK" means `TopK`, "mse" means `MSE`. */
export { Accuracy, type AccuracyOptions } from "./metrics/accuracy.js";
export { ConfusionMatrix, type ConfusionMatrixOptions } from "./metrics/confusionMatrix.js";
export { MAE, MSE } from "./metrics/meanError.js";
export { MeanIoU, type MeanIoUOptions } from "./metrics/meanIoU.js";
export { TopK, type TopKOptions } from "./metrics/topK.js";
