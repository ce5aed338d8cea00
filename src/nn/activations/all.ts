/** The activations. This module is their registry. */
export { glu, maxout, softmax2d, softmin } from "../../ops/activations/channels.js";
export {
  hardSwish,
  hardshrink,
  hardTanh,
  heaviside,
  relu6,
  softshrink,
  threshold,
  thresholdedRelu,
} from "../../ops/activations/piecewise.js";
export { rrelu } from "../../ops/activations/sloped.js";
export { celu, geluSigmoid, logSigmoid, mish, softsign, swish, tanhshrink } from "../../ops/activations/smooth.js";
export * from "./common.js";
