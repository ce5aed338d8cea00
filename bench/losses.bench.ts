import * as kernels from "../src/kernels/generated.js";
import { floats, N } from "./data.js";
import type { Row } from "./harness.js";

const { squaredErrorSum, squaredErrorGrad, binaryCrossEntropySum, binaryCrossEntropyGrad } = kernels;

function mean(name: string, kernel: typeof squaredErrorSum): Row {
  const setup = () => {
    const args = { x: floats(N), y: floats(N), out: floats(1), length: N, divisor: N };
    return () => kernel(args, 0, 1);
  };
  return { group: "losses", name, bytes: 8 * N, setup };
}

function gradient(name: string, kernel: typeof squaredErrorGrad): Row {
  const setup = () => {
    const args = { x: floats(N), y: floats(N), g: floats(1), out: floats(N), scale: 1 / N, gPerElement: 0 };
    return () => kernel(args, 0, N);
  };
  return { group: "losses", name, bytes: 12 * N, setup };
}

export const rows: Row[] = [
  mean("squaredErrorSum", squaredErrorSum),
  gradient("squaredErrorGrad", squaredErrorGrad),
  mean("binaryCrossEntropySum", binaryCrossEntropySum),
  gradient("binaryCrossEntropyGrad", binaryCrossEntropyGrad),
];
