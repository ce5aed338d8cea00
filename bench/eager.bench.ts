import { Parameter, type Tensor, tensor } from "../src/index.js";
import type { Row } from "./harness.js";

const LENGTH = 100;

/** A chain of operations on small tensors. It takes as long as the graph takes: forward, recording, backward, release. */
function chain(name: string, forward: (x: Tensor) => Tensor, ops: number): Row {
  return {
    group: "eager",
    name,
    ops,
    setup: () => {
      const parameter = new Parameter(tensor([0.1, -0.2, 0.3, -0.4]));
      return () => {
        forward(parameter).backward();
        parameter.grad = null;
      };
    },
  };
}

function mixed(x: Tensor, scale: Tensor): Tensor {
  let y = x;
  for (let i = 0; i < LENGTH; i += 4) y = y.mul(scale).add(x).tanh().relu();
  return y.sum();
}

function maps(x: Tensor): Tensor {
  let y = x;
  for (let i = 0; i < LENGTH; i++) y = y.tanh();
  return y.sum();
}

const scale = tensor([0.5, 0.6, 0.7, 0.8]);

export const rows: Row[] = [
  chain("chain of mul, add, tanh, relu", (x) => mixed(x, scale), LENGTH + 1),
  chain("chain of tanh", maps, LENGTH + 1),
];
