/** The door `simdgrad/models`: well-known architectures, for those who ask for them. */

export { AlexNet, type AlexNetOptions, alexNet } from "./models/alexNet.js";
export { AnomalyDetector, type AnomalyDetectorOptions } from "./models/anomalyDetector.js";
export { Autoencoder, type AutoencoderOptions, autoencoder } from "./models/autoencoder.js";
export { CharModel, type CharModelOptions, type CharState, charModel } from "./models/charModel.js";
export { CifarResNet, type CifarResNetOptions, cifarResNet } from "./models/cifarResNet.js";
export { ContrastiveLearner, type ContrastiveOptions } from "./models/contrastive.js";
export { ConvAutoencoder, type ConvAutoencoderOptions, convAutoencoder } from "./models/convAutoencoder.js";
export { DenseNet, type DenseNetOptions, denseNet121 } from "./models/denseNet.js";
export { EncoderDecoder, type EncoderDecoderOptions, encoderDecoder, type TranslateOptions } from "./models/encoderDecoder.js";
export { GoogLeNet, type GoogLeNetOptions, googLeNet, Inception } from "./models/googLeNet.js";
export { Gpt, type GptOptions, gpt } from "./models/gpt.js";
export {
  InceptionResNet,
  InceptionResNetBlock,
  type InceptionResNetBlockOptions,
  type InceptionResNetOptions,
  inceptionResNet,
} from "./models/inceptionResNet.js";
export { type Lenet5Options, lenet5 } from "./models/lenet.js";
export { type MlpOptions, mlp } from "./models/mlp.js";
export { NFBlock, type NFBlockOptions } from "./models/nfBlock.js";
export { BasicBlock, type BasicBlockOptions, Bottleneck, type BottleneckOptions } from "./models/residual.js";
export { ResNet, type ResNetHeadOptions, type ResNetOptions, resNet18, resNet34, resNet50 } from "./models/resNet.js";
export { Sampling } from "./models/sampling.js";
export { TransformerClassifier, type TransformerClassifierOptions, transformerClassifier } from "./models/transformerClassifier.js";
export { UNet, type UNetOptions, uNet } from "./models/uNet.js";
export {
  type Elbo,
  VariationalAutoencoder,
  type VariationalAutoencoderOptions,
  variationalAutoencoder,
} from "./models/variationalAutoencoder.js";
export { Vgg, type VggOptions, vgg11, vgg16, vgg19 } from "./models/vgg.js";
