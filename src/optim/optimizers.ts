/** The optimizers by their class names: what a string is looked up in. */
export * from "./common.js";
