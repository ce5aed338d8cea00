import { QUERIES } from "../src/kernels/generated/constants.js";
import * as kernels from "../src/kernels/generated.js";
import { floats } from "./data.js";
import type { Row } from "./harness.js";

/** Self-attention of heads that lie inside rows of one tensor, as a projection gives them; forward and all gradients. */
function attention(batch: number, heads: number, length: number, dim: number, causal: boolean): Row[] {
  const name = `${batch}×${heads} heads of ${length}×${dim}${causal ? ", causal" : ""}`;
  const products = (2 * batch * heads * length * length * dim) / (causal ? 2 : 1);
  const setup = (): kernels.AttendArgs => {
    const size = heads * dim;
    const n = batch * length * size;
    const [all, gradients] = [floats(3 * n), floats(3 * n)];
    const [wide, narrow] = [3 * size, size];
    const parts = (at: number): number[] => [at, at + 4 * size, at + 8 * size];
    const [q, k, v] = parts(all);
    const [dq, dk, dv] = parts(gradients);
    const args = {
      ...{ q, k, v, dq, dk, dv, out: floats(n), g: floats(n), logSums: floats(batch * heads * length), mask: 0, padding: 0 },
      ...{ p: 0, counter: 0, key0: 0, key1: 0, batch, heads, length, keys: length, dim, width: dim },
      ...{ qBatch: length * wide, qHead: dim, qRow: wide, kBatch: length * wide, kHead: dim, kRow: wide },
      ...{ vBatch: length * wide, vHead: dim, vRow: wide, outBatch: length * narrow, outHead: dim, outRow: narrow },
      ...{ maskBatch: 0, maskHead: 0, maskRow: 0, causal: causal ? 1 : 0, past: 0, scale: 1 / Math.sqrt(dim) },
    };
    kernels.attend(args, 0, batch * heads * Math.ceil(length / QUERIES));
    return args;
  };
  return [
    {
      group: "attention",
      name,
      flops: 2 * products,
      setup: () => {
        const args = setup();
        return () => kernels.attend(args, 0, batch * heads * Math.ceil(length / QUERIES));
      },
    },
    {
      group: "attention",
      name: `${name} grad`,
      flops: 5 * products,
      setup: () => {
        const args = setup();
        return () => kernels.attendGrad(args, 0, batch * heads);
      },
    },
  ];
}

export const rows: Row[] = [
  ...attention(16, 4, 64, 32, false),
  ...attention(16, 4, 64, 32, true),
  ...attention(2, 8, 512, 64, false),
  ...attention(2, 8, 512, 64, true),
];
