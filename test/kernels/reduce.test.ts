import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, random, withBuild } from "../support/kernels.js";
import { lanes, reduceView, type View } from "../support/reduce.js";

const TAILS = [1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 129, 1000, 1025];

type Args = { x: number; out: number; reduced: number; inner: number };
const total = (x: number[]): number => x.reduce((a, b) => a + b, 0);
const squares = (x: number[], mean = 0): number => total(x.map((v) => (v - mean) ** 2));
const pNorm = (p: number) => (r: Args, from: number, to: number, dtype?: DType) => kernels.norm({ ...r, p }, from, to, dtype);
const sum = (r: Args, from: number, to: number, dtype?: DType) => kernels.sum({ ...r, divisor: 1, beta: 0 }, from, to, dtype);

/** Each kernel with its definition, and the relative error allowed beside the sum of magnitudes. */
const REDUCTIONS = {
  sum: [sum, total],
  mean: [(r, from, to, dtype) => kernels.sum({ ...r, divisor: r.reduced, beta: 0 }, from, to, dtype), (x) => total(x) / x.length],
  prod: [kernels.prod, (x) => x.reduce((a, b) => a * b, 1)],
  variance: [
    (r, from, to, dtype) => kernels.variance({ ...r, mean: 0, correction: 0, root: 0 }, from, to, dtype),
    (x) => squares(x, total(x) / x.length) / x.length,
  ],
  logSumExp: [
    kernels.logSumExp,
    (x) => {
      const largest = Math.max(...x);
      return largest + Math.log(total(x.map((v) => Math.exp(v - largest))));
    },
  ],
  norm1: [pNorm(1), (x) => total(x.map(Math.abs))],
  norm2: [pNorm(2), (x) => Math.sqrt(squares(x))],
  norm3: [pNorm(3), (x) => Math.cbrt(total(x.map((v) => Math.abs(v) ** 3)))],
  normInfinity: [pNorm(Infinity), (x) => Math.max(...x.map(Math.abs))],
} satisfies Record<string, [(r: Args, from: number, to: number, dtype?: DType) => void, (x: number[]) => number]>;

function expectReduction(build: (typeof builds)[number], name: keyof typeof REDUCTIONS, x: Float32Array, view: View, cuts: number[] = []) {
  const [kernel, definition] = REDUCTIONS[name];
  const whole = reduceView(build, kernel, x, view);
  lanes(x, view).forEach((lane, i) => {
    const scale = name === "prod" ? Math.abs(definition(lane)) : total(lane.map(Math.abs)) / (name === "mean" ? lane.length : 1);
    expect(Math.abs(whole[i] - definition(lane))).toBeLessThanOrEqual(4e-7 * Math.max(scale, Math.abs(definition(lane)), 1e-3));
  });
  if (cuts.length) expect(reduceView(build, kernel, x, view, { cuts })).toEqual(whole);
}

describe.each(builds)("reductions, %s", (build) => {
  const names = Object.keys(REDUCTIONS) as (keyof typeof REDUCTIONS)[];

  it.each(names)("%s: every tail, along rows and down columns", (name) => {
    for (const n of TAILS) {
      expectReduction(build, name, normals(3 * n, n), { outer: 3, reduced: n, inner: 1 }, [1]);
      expectReduction(build, name, normals(n * 5, n), { outer: 1, reduced: n, inner: 5 }, [1, 3]);
      expectReduction(build, name, normals(2 * 3 * n, n), { outer: 2, reduced: 3, inner: n }, [n - 1, n + 2]);
    }
  });

  it.each(names)("%s: any shape, any split the same bits", (name) => {
    const shapes = fc.record({
      outer: fc.integer({ min: 1, max: 5 }),
      reduced: fc.integer({ min: 1, max: 50 }),
      inner: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(shapes, fc.integer(), fc.array(fc.nat(200), { maxLength: 4 }), (view, seed, cuts) => {
        expectReduction(build, name, normals(view.outer * view.reduced * view.inner, seed), view, cuts);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it("keeps its digits: ten million times 0.1, and the chunked sum gives it too", () => {
    const n = 10_000_000;
    const x = new Float32Array(n).fill(0.1);
    const exact = Math.fround(n * Math.fround(0.1));
    expect(reduceView(build, sum, x, { outer: 1, reduced: n, inner: 1 })[0]).toBe(exact);
    expect(reduceView(build, sum, x, { outer: 1, reduced: n / 10, inner: 10 })[9]).toBe(Math.fround(exact / 10));
    expect(chunked(build, x)).toBe(exact);
  });

  it("sums chunks in any split to the same bits", () => {
    for (const n of [0, 1, 8191, 8192, 8193, 30_000]) {
      const x = normals(n, n);
      const whole = chunked(build, x);
      expect(Math.abs(whole - total([...x]))).toBeLessThanOrEqual(1e-7 * total([...x].map(Math.abs)));
      for (const cut of [1, 2]) expect(chunked(build, x, cut)).toBe(whole);
    }
  });

  it("adds to out with beta 1, and does not read it with beta 0", () => {
    const x = Block.of([1, 2, 3, 4, 5, 6]);
    const out = Block.of([10, NaN, 30]);
    const args = { x: x.at, out: out.at, reduced: 2, inner: 3, divisor: 2 };
    withBuild(build, () => kernels.sum({ ...args, beta: 1 }, 0, 1));
    withBuild(build, () => kernels.sum({ ...args, beta: 0 }, 1, 2));
    expect([...out.read()]).toEqual([12.5, 3.5, 30]);
    x.free();
    out.free();
  });

  it.each([1, 3, 4, 5, 9, 1030])("divides and adds over %i columns as over one", (inner) => {
    const [x, out] = [Block.of(normals(3 * inner, 1)), Block.of(normals(inner, 2))];
    const before = out.read();
    withBuild(build, () => kernels.sum({ x: x.at, out: out.at, reduced: 3, inner, divisor: 3, beta: 0.5 }, 0, inner));
    const [values, sums] = [x.read(), out.read()];
    for (let j = 0; j < inner; j++) {
      const exact = (values[j] + values[inner + j] + values[2 * inner + j]) / 3 + before[j] / 2;
      expect(Math.abs(sums[j] - exact)).toBeLessThanOrEqual(3e-7 * Math.max(1, Math.abs(exact)));
    }
    x.free();
    out.free();
  });

  it("of nothing: sum 0, product 1, mean and variance NaN, norm 0, logSumExp −∞", () => {
    for (const inner of [1, 5]) {
      const results = names.map((name) => reduceView(build, REDUCTIONS[name][0], [], { outer: 1, reduced: 0, inner })[inner - 1]);
      expect(Object.fromEntries(names.map((name, i) => [name, results[i]]))).toEqual({
        ...{ sum: 0, mean: NaN, prod: 1, variance: NaN, logSumExp: -Infinity },
        ...{ norm1: 0, norm2: 0, norm3: 0, normInfinity: 0 },
      });
      expect(reduceView(build, sum, [], { outer: 0, reduced: 4, inner })).toHaveLength(0);
    }
  });

  it("carries NaN and infinities through", () => {
    const row = { outer: 1, reduced: 5, inner: 1 };
    const of = (name: keyof typeof REDUCTIONS, x: number[]) => reduceView(build, REDUCTIONS[name][0], x, row)[0];
    expect(of("logSumExp", new Array(5).fill(-Infinity))).toBe(-Infinity);
    expect(of("logSumExp", [1, Infinity, 2, -Infinity, 0])).toBe(Infinity);
    expect(of("logSumExp", [1, -Infinity, 1, -Infinity, -Infinity])).toBeCloseTo(1 + Math.log(2), 6);
    expect(of("logSumExp", [1000, 1000, -1000, 0, 0])).toBeCloseTo(1000 + Math.log(2), 4);
    expect(of("sum", [Infinity, 1, -Infinity, 0, 0])).toBeNaN();
    expect(of("norm3", [0, -0, 0, Infinity, 0])).toBe(Infinity);
    expect(of("norm2", [3e30, 0, 0, 0, 4e30])).toBe(Math.fround(5e30));
    expect(of("prod", [1e30, 1e30, 1e-30, 1e-30, 2])).toBeCloseTo(2, 5);
    for (const name of names)
      for (let at = 0; at < 5; at++)
        expect(
          of(
            name,
            [1, 2, 3, 4, 5].map((v, k) => (k === at ? NaN : v)),
          ),
        ).toBeNaN();
  });

  it("variance also writes the mean, corrects its divisor, and survives a large offset", () => {
    const x = Block.of([1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 6]);
    const [out, mean] = [new Block(1), new Block(1)];
    withBuild(build, () => kernels.variance({ x: x.at, out: out.at, mean: mean.at, reduced: 4, inner: 1, correction: 1, root: 0 }, 0, 1));
    expect(mean.read()[0]).toBe(1e6 + 3);
    expect(out.read()[0]).toBe(Math.fround(14 / 3));
    withBuild(build, () => kernels.variance({ x: x.at, out: out.at, mean: 0, reduced: 1, inner: 1, correction: 1, root: 0 }, 0, 1));
    expect(out.read()[0]).toBeNaN();
    for (const block of [x, out, mean]) block.free();
  });
});

it.each(builds)("has the same bits whatever lies behind its input, %s", (build) => {
  for (const name of ["sum", "mean", "variance", "norm1"] as const) {
    const [kernel] = REDUCTIONS[name];
    for (let seed = 0; seed < 20; seed++) {
      const next = random(seed);
      const x = Array.from({ length: 9 * 81 }, next);
      const [finite, infinite] = [0, Infinity].map((behind) =>
        reduceView(build, kernel, [...x, behind, behind, behind], { outer: 1, reduced: 9, inner: 81 }),
      );
      expect(infinite).toEqual(finite);
    }
  }
});

it("reduces float64 and integers on the twins", () => {
  const view = { outer: 1, reduced: 3, inner: 2 };
  expect([...reduceView("simd", sum, [1, 2, 3, 4, 5, 2 ** 30], view, { dtype: "int32" })]).toEqual([9, 2 ** 30 + 6]);
  expect([...reduceView("simd", kernels.prod, [1, 2, 3, 4, 5, 6], view, { dtype: "uint8" })]).toEqual([15, 48]);
  expect(reduceView("simd", sum, [0.1, 0, 0.2, 0, 0.3, 0], view, { dtype: "float64" })[0]).toBe(0.1 + 0.2 + 0.3);
});

/** The sum of a long array by its two halves, the chunks in two ranges. */
function chunked(build: (typeof builds)[number], x: Float32Array, cut = 0): number {
  const chunks = Math.ceil(x.length / 8192);
  const source = Block.of(x);
  const partials = new Block(chunks, "float64");
  const out = new Block(1);
  withBuild(build, () => {
    const args = { x: source.at, out: partials.at, length: x.length };
    kernels.sumChunks(args, Math.min(cut, chunks), chunks);
    kernels.sumChunks(args, 0, Math.min(cut, chunks));
    kernels.sumPartials({ x: partials.at, out: out.at, length: chunks, divisor: 1, beta: 0 }, 0, 1);
  });
  partials.read();
  const result = out.read()[0];
  for (const block of [source, partials, out]) block.free();
  return result;
}
