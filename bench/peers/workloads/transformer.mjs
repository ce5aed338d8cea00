import { linear, sequenceMean, transformerBlock } from "../layers.mjs";

/** An encoder block: products of middle size, attention, norms, gelu. */
export const workloads = [
  {
    name: "transformer",
    kind: "train",
    layers: [transformerBlock(128, 4, 512), sequenceMean, linear(128, 10)],
    loss: "crossEntropy",
    optimizer: { name: "adamW", learningRate: 1e-3, weightDecay: 0.01 },
    x: { shape: [16, 64, 128], draw: "normal" },
    y: { shape: [16], draw: "label" },
  },
];
