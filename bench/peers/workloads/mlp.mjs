import { linear, relu } from "../layers.mjs";

/** Two large products, whose time is that of GEMM. */
export const workloads = [
  {
    name: "mlp",
    kind: "train",
    layers: [linear(784, 512), relu, linear(512, 10)],
    loss: "crossEntropy",
    optimizer: { name: "adam", learningRate: 1e-3 },
    x: { shape: [128, 784], draw: "normal" },
    y: { shape: [128], draw: "label" },
  },
];
