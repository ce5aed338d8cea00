import * as kernels from "../src/kernels/generated.js";
import { gradients, maps } from "./data.js";
import type { Row } from "./harness.js";

const { relu, sigmoid, tanh, gelu, geluTanh, silu, softplus } = kernels;
const { reluGrad, sigmoidGrad, tanhGrad, geluGrad, geluTanhGrad, siluGrad, softplusGrad } = kernels;

export const rows: Row[] = [
  ...maps(
    "activations",
    {
      relu,
      leakyRelu: (args, from, to) => kernels.leakyRelu({ ...args, slope: 0.01 }, from, to),
      elu: (args, from, to) => kernels.elu({ ...args, alpha: 1 }, from, to),
      sigmoid,
      tanh,
      gelu,
      geluTanh,
      silu,
      softplus,
    },
    { targets: { sigmoid: 0.75, tanh: 0.61, gelu: 0.89 } },
  ),
  ...gradients("activations", { reluGrad, sigmoidGrad, tanhGrad, geluGrad, geluTanhGrad, siluGrad, softplusGrad }),
];
