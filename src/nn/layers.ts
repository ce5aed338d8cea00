/** The layers. This module is their registry: a saved model is rebuilt by the names in their declarations. */
export * from "./layers/common.js";
