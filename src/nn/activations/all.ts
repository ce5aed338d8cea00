/** The activations. This module is their registry. */
export * from "./common.js";
