/** The initializers. This module is their registry. */
export * from "./initializers/common.js";
