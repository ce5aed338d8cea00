import fc from "fast-check";
import type { AttendArgs } from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, normals } from "./kernels.js";

/** Random attentions: their extents reach over several tiles, heads lie inside rows or apart, and behind each other. */
export const attentions = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 3 }),
  length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 140 })),
  keys: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 120, max: 270 })),
  dim: fc.integer({ min: 1, max: 20 }),
  width: fc.integer({ min: 1, max: 20 }),
  inside: fc.boolean(),
  causal: fc.boolean(),
  past: fc.integer({ min: 0, max: 9 }),
  mask: fc.constantFrom("none", "one", "each"),
  padding: fc.boolean(),
  dropout: fc.constantFrom(0, 0.3),
  wanted: fc.constantFrom("dq dk dv", "dq", "dk", "dv"),
});

export type AttentionCase = typeof attentions extends fc.Arbitrary<infer T> ? T : never;

/** The operands of a case in linear memory. A quarter of what is masked is −∞. */
export function attentionOf(one: AttentionCase, dtype: DType): { args: AttendArgs; blocks: Record<string, Block>; free: () => void } {
  const { batch, heads, length, keys, dim, width, inside, causal, past, mask, padding, dropout, wanted } = one;
  const numbers = (rows: number, size: number, seed: number): Block => Block.of(normals(batch * heads * rows * size, seed), dtype);
  const masked = (n: number, seed: number): Block =>
    Block.of(
      normals(n, seed).map((x) => (x > 0.67 ? -Infinity : x)),
      dtype,
    );
  const blocks: Record<string, Block> = {
    q: numbers(length, dim, 1),
    k: numbers(keys, dim, 2),
    v: numbers(keys, width, 3),
    out: new Block(batch * heads * length * width, dtype),
    g: numbers(length, width, 4),
    logSums: new Block(batch * heads * length, dtype),
    ...(mask !== "none" && { mask: masked((mask === "each" ? batch * heads : 1) * length * keys, 5) }),
    ...(padding && { padding: masked(batch * keys, 6) }),
    ...Object.fromEntries(
      wanted.split(" ").map((name) => [name, name === "dq" ? numbers(length, dim, 7) : numbers(keys, name === "dk" ? dim : width, 8)]),
    ),
  };
  const cell = Block.of([dropout, 0], "float64");
  const steps = (rows: number, size: number): number[] =>
    inside ? [heads * rows * size, size, heads * size] : [heads * rows * size, rows * size, size];
  const [qBatch, qHead, qRow] = steps(length, dim);
  const [kBatch, kHead, kRow] = steps(keys, dim);
  const [vBatch, vHead, vRow] = steps(keys, width);
  const [outBatch, outHead, outRow] = steps(length, width);
  const [maskBatch, maskHead] = mask === "each" ? [heads * length * keys, length * keys] : [0, 0];
  const at = (name: string): number => blocks[name]?.at ?? 0;
  const args = {
    ...{ q: at("q"), k: at("k"), v: at("v"), out: at("out"), mask: at("mask"), padding: at("padding"), logSums: at("logSums") },
    ...{ g: at("g"), dq: at("dq"), dk: at("dk"), dv: at("dv"), p: dropout === 0 ? 0 : cell.at, counter: cell.at + 8, key0: 5, key1: 7 },
    ...{ batch, heads, length, keys, dim, width, qBatch, qHead, qRow, kBatch, kHead, kRow, vBatch, vHead, vRow },
    ...{ outBatch, outHead, outRow, maskBatch, maskHead, maskRow: keys, causal: causal ? 1 : 0, past, scale: 0.5 },
  };
  const free = (): void => {
    for (const block of [...Object.values(blocks), cell]) block.free();
  };
  return { args, blocks, free };
}

/** The largest difference of two lists in parts of the largest number, or of 1. */
export function distance(found: ArrayLike<number>, exact: ArrayLike<number>): number {
  let worst = 0;
  let largest = 1;
  for (let i = 0; i < exact.length; i++) {
    largest = Math.max(largest, Math.abs(exact[i]));
    const difference = Math.abs(found[i] - exact[i]);
    // Infinity, the logarithm of a row that sees nothing, is equal to itself.
    if (found[i] !== exact[i]) worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
  }
  return worst / (Number.isFinite(largest) ? largest : 1);
}
