/** The layers. This module is their registry: a saved model is rebuilt by the names in their declarations. */
export {
  CELU,
  ELU,
  GELU,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  Heaviside,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Maxout,
  Mish,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmax2d,
  Softmin,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
  Threshold,
  ThresholdedReLU,
} from "./layers/activations.js";
export { AlphaDropout, FeatureAlphaDropout } from "./layers/alphaDropout.js";
export { Bilinear, type BilinearOptions } from "./layers/bilinear.js";
export * from "./layers/common.js";
export { GaussianDropout, GaussianNoise } from "./layers/gaussianNoise.js";
export { PReLU, type PReLUOptions } from "./layers/prelu.js";
export { RReLU } from "./layers/rrelu.js";
export { Dropout1d, Dropout2d, Dropout3d } from "./layers/spatialDropout.js";
export { StochasticDepth, type StochasticDepthOptions } from "./layers/stochasticDepth.js";
export { Swish, type SwishLayerOptions } from "./layers/swish.js";
export { TemperatureScaling } from "./layers/temperatureScaling.js";
