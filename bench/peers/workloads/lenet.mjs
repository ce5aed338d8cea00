import { avgPool, conv, flatten, linear, relu, softmax } from "../layers.mjs";

/** LeNet-5: few channels, so that moving data costs as much as multiplying. */
const layers = [
  ...[conv(1, 6, 5, 2), relu, avgPool(2), conv(6, 16, 5), relu, avgPool(2), flatten],
  ...[linear(400, 120), relu, linear(120, 84), relu, linear(84, 10)],
];

export const workloads = [
  {
    name: "lenet",
    kind: "train",
    layers,
    loss: "crossEntropy",
    optimizer: { name: "sgd", learningRate: 0.01, momentum: 0.9 },
    x: { shape: [64, 1, 28, 28], draw: "normal" },
    y: { shape: [64], draw: "label" },
  },
  { name: "inference-lenet", kind: "inference", layers: [...layers, softmax], x: { shape: [1, 1, 28, 28], draw: "normal" } },
];
