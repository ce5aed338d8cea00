import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grad, sort, tensor, topk, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { DTYPES, expectSame, flat, naive, positions, put, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, random, withBuild } from "../support/kernels.js";

/** The positions of a lane in order; sort() is stable, and NaN counts as the greatest. */
function order(lane: readonly number[], descending: boolean): number[] {
  const key = (value: number): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
  const before = (a: number, b: number): number => Math.sign(key(a) - key(b)) || 0;
  return [...lane.keys()].sort((a, b) => (descending ? before(lane[b], lane[a]) : before(lane[a], lane[b])));
}

const cases = shapes({ minRank: 1, maxRank: 4 }).chain((shape) =>
  fc.record({ shape: fc.constant(shape), which: fc.nat(), descending: fc.boolean(), seed: fc.nat(), k: fc.nat() }),
);

/** Whole numbers, many of them equal. */
function few(n: number, seed: number): number[] {
  const next = random(seed);
  return Array.from({ length: n }, () => Math.floor(next() * 4));
}

describe("sort and topk", () => {
  test("stable, any shape, axis and type", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(...DTYPES), ({ shape, which, descending, seed, k }, dtype) => {
        const axis = which % shape.length;
        const extent = shape[axis];
        const x = tensor(few(positions(shape).length, seed), { shape, dtype });
        const lane = (at: number[]): number[] => Array.from({ length: extent }, (_, i) => x.data[flat(shape, put(at, axis, i))]);
        const indices = (at: number[]): number => order(lane(at), descending)[at[axis]];
        const values = (at: number[]): number => x.data[flat(shape, put(at, axis, indices(at)))];
        expectSame(() => x.sort(axis - shape.length, { descending }).values, naive(shape, values, dtype));
        expectSame(() => x.sort(axis, { descending }).indices, naive(shape, indices, "int32"));
        if (extent === 0) return;
        const best = put(shape, axis, 1 + (k % extent));
        expectSame(() => x.topk(best[axis], axis, { largest: descending }).values, naive(best, values, dtype));
        expectSame(() => x.topk(best[axis], axis, { largest: descending }).indices, naive(best, indices, "int32"));
      }),
      { numRuns: 60, seed: 15 },
    );
  });
  for (const n of [1, 2, 31, 32, 33, 64, 100, 257]) {
    test(`long rows: ${n}`, () => {
      const x = tensor(few(2 * n, n), { shape: [2, n] });
      for (const descending of [false, true]) {
        const indices = (x.toArray() as number[][]).map((row) => order(row, descending));
        expectSame(() => x.sort(1, { descending }).indices, tensor(indices, { dtype: "int32" }));
        const k = Math.ceil(n / 2);
        expectSame(
          () => x.topk(k, 1, { largest: descending }).indices,
          tensor(
            indices.map((row) => row.slice(0, k)),
            { dtype: "int32" },
          ),
        );
      }
    });
  }
  test("NaN counts as the greatest", () => {
    const x = tensor([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
    for (const build of builds) {
      withBuild(build, () => {
        expect(x.sort().indices.toArray()).toEqual([3, 0, 2, 1, 4]);
        expect(x.sort(0, { descending: true }).indices.toArray()).toEqual([1, 4, 2, 0, 3]);
        expect(x.topk(3).indices.toArray()).toEqual([1, 4, 2]);
        expect(x.topk(2, 0, { largest: false }).indices.toArray()).toEqual([3, 0]);
        expectClose(build, x.sort().values, [-Infinity, 1, Infinity, Number.NaN, Number.NaN]);
      });
    }
  });
  test("gradient", () => {
    checkOp({ op: (x) => x.sort().values, shapes: [[2, 5]], result: [2, 5] });
    checkOp({ op: (x) => x.sort(0, { descending: true }).values, shapes: [[5, 3]], result: [5, 3] });
    checkOp({ op: (x) => x.topk(2, 1).values, shapes: [[2, 17]], result: [2, 2] });
    checkOp({ op: (x) => x.topk(3, 0, { largest: false }).values, shapes: [[4, 3]], result: [3, 3] });
    const x = tensor([3, 1, 3], { requiresGrad: true });
    expect(grad(x.topk(1).values.sum(), x)[0].toArray()).toEqual([1, 0, 0]);
    expect(x.sort().indices.requiresGrad).toBe(false);
  });
  test("a scalar, and nothing", () => {
    expect(tensor(4).sort().values.item()).toBe(4);
    expect(tensor(4).topk(1).indices.item()).toBe(0);
    expect(zeros([2, 0]).sort().values.shape).toEqual([2, 0]);
    expect(zeros([0, 2]).topk(1).values.shape).toEqual([0, 1]);
  });
  test("errors", () => {
    const x = zeros([2, 3]);
    for (const k of [0, 4, 1.5]) expect(failure(() => x.topk(k))).toBe(`ARGUMENT topk: k is ${k}; expected a whole number from 1 to 3.`);
    expect(failure(() => x.topk(1, 2))).toBe("INDEX topk: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1.");
    expect(failure(() => x.sort(2))).toBe("INDEX sort: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1.");
    expect(failure(() => sort(1 as never))).toBe("ARGUMENT sort: x is 1; expected a tensor. Wrap it with tensor(…).");
    expect(failure(() => topk(1 as never, 1))).toBe("ARGUMENT topk: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});
