/** The layers. This module is their registry: a saved model is rebuilt by the names in their declarations. */
export { Activation } from "./layers/activation.js";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from "./layers/adaptivePool.js";
export { AvgPool1d, AvgPool2d, AvgPool3d } from "./layers/avgPool.js";
export { BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormNdOptions, type BatchNormOptions } from "./layers/batchNorm.js";
export { Conv1d, Conv2d, Conv3d, type ConvOptions } from "./layers/conv.js";
export { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeOptions } from "./layers/convTranspose.js";
export { Dense, type DenseOptions } from "./layers/dense.js";
export { Dot, type DotOptions } from "./layers/dot.js";
export { Dropout } from "./layers/dropout.js";
export { Embedding, type EmbeddingOptions } from "./layers/embedding.js";
export { EmbeddingBag, type EmbeddingBagOptions } from "./layers/embeddingBag.js";
export { Flatten } from "./layers/flatten.js";
export { FractionalMaxPool2d, FractionalMaxPool3d, type FractionalPoolOptions } from "./layers/fractionalMaxPool.js";
export {
  GlobalAvgPool1d,
  GlobalAvgPool2d,
  GlobalAvgPool3d,
  GlobalMaxPool1d,
  GlobalMaxPool2d,
  GlobalMaxPool3d,
  type GlobalPoolOptions,
} from "./layers/globalPool.js";
export { GroupNorm, type GroupNormOptions } from "./layers/groupNorm.js";
export { GRU, GRUCell, type GRUCellOptions, type GRUOptions } from "./layers/gru.js";
export { Identity } from "./layers/identity.js";
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, type InstanceNormOptions } from "./layers/instanceNorm.js";
export { Lambda, type LambdaOptions } from "./layers/lambda.js";
export { LayerNorm, type LayerNormOptions } from "./layers/layerNorm.js";
export { Linear, type LinearOptions } from "./layers/linear.js";
export { LocalResponseNorm, type LocalResponseNormOptions } from "./layers/localResponseNorm.js";
export { LPPool1d, LPPool2d } from "./layers/lpPool.js";
export { LSTM, LSTMCell, type LSTMCellOptions, type LSTMOptions } from "./layers/lstm.js";
export { MaxPool1d, MaxPool2d, MaxPool3d } from "./layers/maxPool.js";
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./layers/maxUnpool.js";
export {
  Add,
  Average,
  Concatenate,
  type ConcatenateOptions,
  Maximum,
  Minimum,
  Multiply,
  Subtract,
} from "./layers/merge.js";
export {
  type Attended,
  type AttentionCallOptions,
  type KeyValues,
  MultiheadAttention,
  type MultiheadAttentionOptions,
} from "./layers/multiheadAttention.js";
export { Operation } from "./layers/operation.js";
export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ConstantPad1d,
  ConstantPad2d,
  ConstantPad3d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
  ZeroPad1d,
  ZeroPad2d,
  ZeroPad3d,
} from "./layers/padding.js";
export { PositionalEncoding, type PositionalEncodingOptions } from "./layers/positionalEncoding.js";
export { PositionEmbedding, type PositionEmbeddingOptions } from "./layers/positionEmbedding.js";
export { Rescaling, type RescalingOptions } from "./layers/rescaling.js";
export { Reshape } from "./layers/reshape.js";
export { Residual, type ResidualOptions } from "./layers/residual.js";
export { RMSNorm, type RMSNormOptions } from "./layers/rmsNorm.js";
export { RNN, RNNCell, type RNNCellOptions, type RNNOptions } from "./layers/rnn.js";
export { SeparableConv2d, type SeparableConv2dOptions } from "./layers/separableConv.js";
export { ChannelShuffle, PixelShuffle, PixelUnshuffle } from "./layers/shuffling.js";
export { Transformer, type TransformerCallOptions, type TransformerOptions } from "./layers/transformer.js";
export { TransformerDecoder } from "./layers/transformerDecoder.js";
export { type DecoderCallOptions, TransformerDecoderLayer } from "./layers/transformerDecoderLayer.js";
export { TransformerEncoder, type TransformerStackOptions } from "./layers/transformerEncoder.js";
export { type EncoderCallOptions, TransformerEncoderLayer, type TransformerLayerOptions } from "./layers/transformerEncoderLayer.js";
export { Fold, Unfold, type UnfoldLayerOptions } from "./layers/unfold.js";
export { Upsample, type UpsampleOptions } from "./layers/upsample.js";
