/** The activations that every bundle with layers knows by name. */
export * from "../../ops/activations.js";
export * from "../../ops/softmax.js";
