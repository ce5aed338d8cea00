import * as kernels from "../src/kernels/generated.js";
import { floats, indices } from "./data.js";
import type { Row } from "./harness.js";

interface Windows {
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

const HALVES: Windows = { kernel: 2, stride: 2, pad: 0 };
/** What AlexNet and ResNet's stem have. */
const THREE: Windows = { kernel: 3, stride: 2, pad: 1 };

/** The pooling of planes of size × size, and its gradient. */
function pooling(kind: "max" | "average", planes: number, size: number, { kernel, stride, pad }: Windows): Row[] {
  const side = Math.floor((size + 2 * pad - kernel) / stride) + 1;
  const [n, m] = [planes * size * size, planes * side * side];
  const setup = () => ({
    ...{ x: floats(n), y: floats(m), indices: kind === "max" ? indices(m, size * size) : 0 },
    ...{ d: 1, h: size, w: size, od: 1, oh: side, ow: side, kd: 1, kh: kernel, kw: kernel, strideD: 1, strideH: stride, strideW: stride },
    ...{ padD: 0, padH: pad, padW: pad, dilationD: 1, dilationH: 1, dilationW: 1, adaptive: 0, divisor: 0, padded: 0, beta: 0 },
  });
  const [forward, backward] = kind === "max" ? [kernels.maxPool, kernels.maxPoolGrad] : [kernels.averagePool, kernels.averagePoolGrad];
  const name = `${kind} ${kernel}/${stride} ${planes}×${size}×${size}`;
  const bytes = 4 * (n + (kind === "max" ? 2 : 1) * m);
  const row = (what: string, run: (args: kernels.PoolArgs) => void): Row => ({
    group: "pool",
    name: `${name}${what}`,
    bytes,
    setup: () => {
      const args = setup();
      // A gradient reads the places that a result has found.
      forward(args, 0, planes * side);
      return () => run(args);
    },
  });
  return [row("", (args) => forward(args, 0, planes * side)), row(", gradient", (args) => backward(args, 0, planes))];
}

export const rows: Row[] = [
  ...pooling("average", 64 * 6, 28, HALVES),
  ...pooling("average", 64 * 16, 10, HALVES),
  ...pooling("max", 64 * 6, 28, HALVES),
  ...pooling("max", 64 * 16, 10, HALVES),
  ...pooling("max", 32 * 32, 32, HALVES),
  ...pooling("max", 32 * 64, 16, HALVES),
  ...pooling("max", 8 * 64, 56, THREE),
  ...pooling("average", 8 * 64, 56, THREE),
];
