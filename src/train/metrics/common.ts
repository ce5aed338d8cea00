/** The metrics that every bundle with `compile` knows by name. */
export { Accuracy, type AccuracyOptions } from "./accuracy.js";
