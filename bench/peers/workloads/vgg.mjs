import { conv, flatten, linear, maxPool, relu } from "../layers.mjs";

const block = (inChannels, channels) => [conv(inChannels, channels, 3, 1), relu, conv(channels, channels, 3, 1), relu, maxPool(2)];

/** Four convolutions of 3 × 3: nearly all of the time goes to their products. */
export const workloads = [
  {
    name: "vgg",
    kind: "train",
    layers: [...block(3, 32), ...block(32, 64), flatten, linear(4096, 256), relu, linear(256, 10)],
    loss: "crossEntropy",
    optimizer: { name: "adam", learningRate: 1e-3 },
    x: { shape: [32, 3, 32, 32], draw: "normal" },
    y: { shape: [32], draw: "label" },
  },
];
