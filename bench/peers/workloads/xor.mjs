import { linear, sigmoid, tanh } from "../layers.mjs";

/** A small network: nearly all of its time goes to everything but the arithmetic. */
export const workloads = [
  {
    name: "xor",
    kind: "train",
    layers: [linear(2, 8), tanh, linear(8, 1), sigmoid],
    loss: "mse",
    optimizer: { name: "sgd", learningRate: 0.5 },
    x: { shape: [4, 2], values: [0, 0, 0, 1, 1, 0, 1, 1] },
    y: { shape: [4, 1], values: [0, 1, 1, 0] },
  },
];
