/** The layers that `loadModel` knows in every bundle. */
export { Activation } from "./activation.js";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from "./adaptivePool.js";
export { AvgPool1d, AvgPool2d, AvgPool3d } from "./avgPool.js";
export { BatchNorm, BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormNdOptions, type BatchNormOptions } from "./batchNorm.js";
export { Conv1d, Conv2d, Conv3d, type ConvOptions } from "./conv.js";
export { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeOptions } from "./convTranspose.js";
export { Dense, type DenseOptions } from "./dense.js";
export { Dot, type DotOptions } from "./dot.js";
export { Dropout } from "./dropout.js";
export { Embedding, type EmbeddingOptions } from "./embedding.js";
export { EmbeddingBag, type EmbeddingBagOptions } from "./embeddingBag.js";
export { Flatten } from "./flatten.js";
export { FractionalMaxPool2d, FractionalMaxPool3d, type FractionalPoolOptions } from "./fractionalMaxPool.js";
export {
  GlobalAvgPool1d,
  GlobalAvgPool2d,
  GlobalAvgPool3d,
  GlobalMaxPool1d,
  GlobalMaxPool2d,
  GlobalMaxPool3d,
  type GlobalPoolOptions,
} from "./globalPool.js";
export { GroupNorm, type GroupNormOptions } from "./groupNorm.js";
export { GRU, GRUCell, type GRUCellOptions, type GRUOptions } from "./gru.js";
export { Identity } from "./identity.js";
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, type InstanceNormOptions } from "./instanceNorm.js";
export { Lambda, type LambdaOptions } from "./lambda.js";
export { LayerNorm, type LayerNormOptions } from "./layerNorm.js";
export { Linear, type LinearOptions } from "./linear.js";
export { LocalResponseNorm, type LocalResponseNormOptions } from "./localResponseNorm.js";
export { LPPool1d, LPPool2d } from "./lpPool.js";
export { LSTM, LSTMCell, type LSTMCellOptions, type LSTMOptions } from "./lstm.js";
export { MaxPool1d, MaxPool2d, MaxPool3d } from "./maxPool.js";
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./maxUnpool.js";
export {
  Add,
  Average,
  Concatenate,
  type ConcatenateOptions,
  Maximum,
  Minimum,
  Multiply,
  Subtract,
} from "./merge.js";
export {
  type Attended,
  type AttentionCallOptions,
  type KeyValues,
  MultiheadAttention,
  type MultiheadAttentionOptions,
} from "./multiheadAttention.js";
export { Operation } from "./operation.js";
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
} from "./padding.js";
export { PositionalEncoding, type PositionalEncodingOptions } from "./positionalEncoding.js";
export { PositionEmbedding, type PositionEmbeddingOptions } from "./positionEmbedding.js";
export { Rescaling, type RescalingOptions } from "./rescaling.js";
export { Reshape } from "./reshape.js";
export { Residual, type ResidualOptions } from "./residual.js";
export { RMSNorm, type RMSNormOptions } from "./rmsNorm.js";
export { RNN, RNNCell, type RNNCellOptions, type RNNOptions } from "./rnn.js";
export { SeparableConv2d, type SeparableConv2dOptions } from "./separableConv.js";
export { ChannelShuffle, PixelShuffle, PixelUnshuffle } from "./shuffling.js";
export { Transformer, type TransformerCallOptions, type TransformerOptions } from "./transformer.js";
export { TransformerDecoder } from "./transformerDecoder.js";
export { type DecoderCallOptions, TransformerDecoderLayer } from "./transformerDecoderLayer.js";
export { TransformerEncoder, type TransformerStackOptions } from "./transformerEncoder.js";
export { type EncoderCallOptions, TransformerEncoderLayer, type TransformerLayerOptions } from "./transformerEncoderLayer.js";
export { Fold, Unfold, type UnfoldLayerOptions } from "./unfold.js";
export { Upsample, type UpsampleOptions } from "./upsample.js";
