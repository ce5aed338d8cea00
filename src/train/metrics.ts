/** The metrics: figures that are gathered batch by batch. This module is their registry: "topK" means `TopK`, "mse" means `MSE`. */
export { BalancedAccuracy, type BalancedAccuracyOptions } from "./metrics/balancedAccuracy.js";
export { CohenKappa, type CohenKappaOptions } from "./metrics/cohenKappa.js";
export * from "./metrics/common.js";
export { ConfusionMatrix, type ConfusionMatrixOptions } from "./metrics/confusionMatrix.js";
export { Brier, type BrierOptions, LogLoss, type LogLossOptions, Perplexity, type PerplexityOptions } from "./metrics/logLoss.js";
export { MAE, MSE } from "./metrics/meanError.js";
export { MeanIoU, type MeanIoUOptions } from "./metrics/meanIoU.js";
export { FBeta, type FBetaOptions, Precision, type PrecisionOptions, Recall, type RecallOptions } from "./metrics/precision.js";
export { PrAuc, type PrAucOptions, RocAuc, type RocAucOptions } from "./metrics/ranking.js";
export { MAPE, R2, RMSE } from "./metrics/regression.js";
export { TopK, type TopKOptions } from "./metrics/topK.js";
