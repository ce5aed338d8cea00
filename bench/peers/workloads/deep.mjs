import { batchNorm, linear, relu } from "../layers.mjs";

const hidden = (inFeatures) => [linear(inFeatures, 256), batchNorm(256), relu];

/** Many layers of middle size: products, passes over memory and calls in equal parts. */
export const workloads = [
  {
    name: "deep",
    kind: "train",
    layers: [...[784, 256, 256, 256].flatMap(hidden), linear(256, 10)],
    loss: "crossEntropy",
    optimizer: { name: "sgd", learningRate: 0.01, momentum: 0.9 },
    x: { shape: [32, 784], draw: "normal" },
    y: { shape: [32], draw: "label" },
  },
];
