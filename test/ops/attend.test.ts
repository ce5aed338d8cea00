import fc from "fast-check";
import { expect, test } from "vitest";
import {
  capture,
  grad,
  manualSeed,
  memory,
  Parameter,
  randn,
  type Shape,
  scaledDotProductAttention,
  setThreads,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { useWide } from "../../src/kernels/load.js";
import { attend } from "../../src/ops/attend.js";
import { type Attending, attendByFormula } from "../../src/ops/attendFormula.js";
import { checkOp } from "../support/checkOp.js";
import { builds, withBuild } from "../support/kernels.js";

const DROPOUT = { p: 0.3, key: [5, 7], counter: 3 } as const;

/** Ways in which queries, keys and values lie. */
const LAYOUTS = ["apart", "inside", "key and value together", "all together"] as const;

const cases = fc.record({
  layout: fc.constantFrom(...LAYOUTS),
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 3 }),
  length: fc.constantFrom(1, 5, 64, 70),
  keys: fc.constantFrom(1, 7, 128, 150),
  dim: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  causal: fc.boolean(),
  past: fc.constantFrom(0, 3),
  mask: fc.constantFrom(null, "one row", "one", "each"),
  padding: fc.boolean(),
  dropout: fc.constantFrom(null, DROPOUT),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;
type Attention = (q: Tensor, k: Tensor | null, v: Tensor | null, mask: Tensor | null, padding: Tensor | null, how: Attending) => Tensor;

type Extents = "layout" | "batch" | "heads" | "length" | "keys" | "dim" | "width";

function shapesOf({ layout, batch, heads, length, keys, dim, width }: { [K in Extents]: K extends "layout" ? Case[K] : number }): Shape[] {
  switch (layout) {
    case "apart":
      return [[batch, heads, length, dim], [batch, heads, keys, dim], [batch, heads, keys, width]]; // biome-ignore format: one line
    case "inside":
      return [[batch, length, heads * dim], [batch, keys, heads * dim], [batch, keys, heads * width]]; // biome-ignore format: one line
    case "key and value together":
      return [[batch, length, heads * dim], [batch, keys, 2 * heads * dim]]; // biome-ignore format: one line
    case "all together":
      return [[batch, length, 3 * heads * dim]];
  }
}

/** The result and the gradients of all operands. */
function outcome(attention: Attention, one: Case): Tensor[] {
  const { batch, heads, length, causal, past, dropout } = one;
  const keys = one.layout === "all together" ? length : one.keys;
  const masked = (shape: Shape): Tensor => {
    const x = randn(shape);
    return x.gt(1).where(tensor(-Infinity), x);
  };
  const shapes = { "one row": [1, keys], one: [length, keys], each: [batch, heads, length, keys] };
  const mask = one.mask === null ? null : masked(shapes[one.mask]);
  const operands = shapesOf(one).map((shape) => randn(shape, { requiresGrad: true }));
  const [q, k = null, v = null] = operands;
  const out = attention(q, k, v, mask, one.padding ? masked([batch, keys]) : null, { heads, scale: 0.6, causal, past, dropout });
  return [out, ...grad(out, operands, { gradOutputs: randn(out.shape) })];
}

test("by tiles and by operations: the same numbers to 1e-5, results and gradients", () => {
  fc.assert(
    fc.property(cases, (one) => {
      const [found, expected] = [attend, (...args: Parameters<Attention>) => attendByFormula(...args).out].map((attention) => {
        manualSeed(1);
        return outcome(attention, one);
      });
      for (const [i, tensor] of found.entries()) {
        expect(tensor.shape).toEqual(expected[i].shape);
        const [a, b] = [tensor.data, expected[i].data];
        const largest = Math.max(1, ...b.map(Math.abs));
        for (let j = 0; j < a.length; j++) if (!(Math.abs(a[j] - b[j]) <= 1e-5 * largest)) expect.fail(`${i}, ${j}: ${a[j]}, ${b[j]}`);
      }
    }),
    { numRuns: 150, seed: 3 },
  );
});

test.each(LAYOUTS)("second derivatives, heads %s", (layout) => {
  const one = { layout, batch: 2, heads: 2, length: 3, keys: layout === "all together" ? 3 : 4, dim: 3, width: 3 };
  const how = { heads: 2, scale: 0.6, causal: true, past: 0, dropout: DROPOUT };
  checkOp({ op: (q, k = null as never, v = null as never) => attend(q, k, v, null, null, how), shapes: shapesOf(one), tolerance: 3e-5 });
});

test("the same bits narrow and wide, on any number of threads, captured", async () => {
  const run = (): unknown => {
    manualSeed(2);
    const [q, k, v] = [[2, 3, 70, 20], [2, 3, 150, 20], [2, 3, 150, 12]].map((shape) => new Parameter(randn(shape))); // biome-ignore format: one line
    const step = capture((x: Tensor): Tensor => {
      for (const each of [q, k, v]) each.grad = null;
      const out = scaledDotProductAttention(q.mul(x), k, v, { causal: true });
      out.square().sum().backward();
      return out;
    });
    return [1, 2, 3, 4].map((x) => [step(tensor([x])).toArray(), [q, k, v].map(({ grad }) => grad?.toArray())]);
  };
  for (const build of builds.filter((build) => build !== "js")) {
    const wides = [false, true].map((wide) =>
      withBuild(build, () => {
        useWide(wide);
        return run();
      }),
    );
    expect(wides[1]).toEqual(wides[0]);
    for (const threads of [2, 3]) {
      await setThreads(threads);
      expect(withBuild(build, run)).toEqual(wides[0]);
    }
    await setThreads(1);
    useWide(false);
  }
});

test("memory is linear in the sequence: the weights are never there as a whole", () => {
  const length = 4096;
  const [q, k, v] = [1, 2, 3].map(() => randn([1, length, 16], { requiresGrad: true }));
  const { liveBytes } = memory();
  scaledDotProductAttention(q, k, v).sum().backward();
  const weights = 4 * length * length;
  expect(memory().peakBytes - liveBytes).toBeLessThan(weights / 8);
});
