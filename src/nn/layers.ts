/** The layers. This module is their registry: a saved model is rebuilt by their `type`. */
export { Activation, type ActivationConfig } from "./layers/activation.js";
export { BatchNorm, type BatchNormConfig, type BatchNormOptions } from "./layers/batchNorm.js";
export { Dense, type DenseConfig, type DenseOptions } from "./layers/dense.js";
export { Dropout, type DropoutConfig } from "./layers/dropout.js";
export { Embedding, type EmbeddingConfig, type EmbeddingOptions } from "./layers/embedding.js";
export { Flatten } from "./layers/flatten.js";
export { Identity } from "./layers/identity.js";
export { Lambda, type LambdaOptions } from "./layers/lambda.js";
export { LayerNorm, type LayerNormConfig, type LayerNormOptions } from "./layers/layerNorm.js";
export { Linear, type LinearConfig, type LinearOptions } from "./layers/linear.js";
export { Rescaling, type RescalingConfig } from "./layers/rescaling.js";
export { Reshape, type ReshapeConfig } from "./layers/reshape.js";
