import { linear, relu, softmax } from "../layers.mjs";

/** One sample through the mlp: reads all weights once. */
export const workloads = [
  {
    name: "inference-mlp",
    kind: "inference",
    layers: [linear(784, 512), relu, linear(512, 10), softmax],
    x: { shape: [1, 784], draw: "normal" },
  },
];
