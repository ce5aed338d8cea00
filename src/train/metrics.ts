/** The metrics: figures that are gathered batch by batch. This module is their registry: "topK" means `TopK`, "mse" means `MSE`. */
export * from "./metrics/common.js";
