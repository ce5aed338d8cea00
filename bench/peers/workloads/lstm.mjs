import { linear, lstm } from "../layers.mjs";

/** Twenty-eight steps that wait for each other. */
export const workloads = [
  {
    name: "lstm",
    kind: "train",
    layers: [lstm(28, 128), linear(128, 10)],
    loss: "crossEntropy",
    optimizer: { name: "adam", learningRate: 1e-3 },
    x: { shape: [64, 28, 28], draw: "normal" },
    y: { shape: [64], draw: "label" },
  },
];
