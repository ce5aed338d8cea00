import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dot, grad, matmul, outer, type Shape, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { flat, naive, uniform } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

/** a [..., m, k] · b [..., k, n] with broadcast leading axes, by its definition in float64. */
function product(a: Tensor, b: Tensor, lead: Shape): Tensor {
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.rank - 1];
  const matrixOf = (x: Tensor, at: readonly number[]): number[] => {
    const own = x.shape.slice(0, -2);
    return own.map((extent, axis) => (extent === 1 ? 0 : at[lead.length - own.length + axis]));
  };
  return naive(
    [...lead, m, n],
    (at) => {
      const [i, j] = at.slice(-2);
      let sum = 0;
      for (let p = 0; p < k; p++)
        sum += a.data[flat(a.shape, [...matrixOf(a, at), i, p])] * b.data[flat(b.shape, [...matrixOf(b, at), p, j])];
      return sum;
    },
    "float64",
  );
}

const extent = fc.integer({ min: 0, max: 5 });
const cases = fc.record({
  lead: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
  onesA: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  onesB: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  dropA: fc.nat(),
  dropB: fc.nat(),
  matrix: fc.tuple(extent, extent, extent),
  seed: fc.nat(),
});

describe("matmul", () => {
  test("batches that broadcast, any shape, also empty", () => {
    fc.assert(
      fc.property(cases, ({ lead, onesA, onesB, dropA, dropB, matrix: [m, k, n], seed }) => {
        const part = (ones: boolean[], drop: number): number[] =>
          lead.map((length, axis) => (ones[axis] ? 1 : length)).slice(drop % (lead.length + 1));
        const a = uniform([...part(onesA, dropA), m, k], seed);
        const b = uniform([...part(onesB, dropB), k, n], seed + 1);
        const [leadA, leadB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
        const rank = Math.max(leadA.length, leadB.length);
        const result = Array.from({ length: rank }, (_, axis) => {
          const [x, y] = [leadA[axis - rank + leadA.length] ?? 1, leadB[axis - rank + leadB.length] ?? 1];
          return x === 1 ? y : x;
        });
        const expected = product(a, b, result);
        for (const build of builds) {
          const found = withBuild(build, () => a.matmul(b));
          expect(found.shape).toEqual([...result, m, n]);
          expectClose(build, found, expected);
        }
      }),
      { numRuns: 60, seed: 17 },
    );
  });
  for (const n of [1, 3, 4, 5, 17, 64]) {
    test(`extents of ${n}, with gradients`, () => {
      checkOp({
        op: matmul,
        shapes: [
          [2, n],
          [n, 3],
        ],
        result: [2, 3],
        second: n < 64,
      });
      checkOp({
        op: matmul,
        shapes: [
          [n, 2],
          [2, 1],
        ],
        result: [n, 1],
        second: n < 64,
      });
    });
  }
  test("vectors", () => {
    checkOp({ op: matmul, shapes: [[5], [5]], result: [] });
    checkOp({ op: matmul, shapes: [[3], [3, 4]], result: [4] });
    checkOp({ op: matmul, shapes: [[4, 3], [3]], result: [4] });
    checkOp({ op: matmul, shapes: [[3], [2, 3, 4]], result: [2, 4] });
    checkOp({ op: matmul, shapes: [[2, 4, 3], [3]], result: [2, 4] });
  });
  test("gradient of batches that broadcast", () => {
    checkOp({
      op: matmul,
      shapes: [
        [2, 3, 4],
        [4, 5],
      ],
      result: [2, 3, 5],
    });
    checkOp({
      op: matmul,
      shapes: [
        [3, 4],
        [2, 4, 5],
      ],
      result: [2, 3, 5],
    });
    checkOp({
      op: matmul,
      shapes: [
        [2, 1, 3, 4],
        [3, 4, 2],
      ],
      result: [2, 3, 3, 2],
    });
    checkOp({
      op: matmul,
      shapes: [
        [1, 3, 4],
        [2, 4, 2],
      ],
      result: [2, 3, 2],
    });
  });
  test("empty extents", () => {
    checkOp({
      op: matmul,
      shapes: [
        [2, 0],
        [0, 3],
      ],
      result: [2, 3],
    });
    checkOp({
      op: matmul,
      shapes: [
        [0, 2],
        [2, 3],
      ],
      result: [0, 3],
    });
    checkOp({
      op: matmul,
      shapes: [
        [0, 2, 3],
        [3, 4],
      ],
      result: [0, 2, 4],
    });
    expect(
      zeros([0])
        .matmul(zeros([0]))
        .item(),
    ).toBe(0);
  });
  test("a matrix with itself", () => {
    const x = uniform([3, 3], 1, { requiresGrad: true });
    const gradient = grad(x.matmul(x).sum(), x)[0];
    const rows = (t: Tensor): Tensor => t.sum(1, { keepDims: true });
    // d/dx Σ(x·x) = 1·xᵀ + xᵀ·1: row sums of x along columns, column sums along rows.
    expectClose("x·x", gradient, rows(x).transpose().add(rows(x.transpose())).data);
  });
  test("element types are promoted", () => {
    const found = tensor([[1, 2]], { dtype: "int32" }).matmul(tensor([[0.5], [0.25]]));
    expect([found.dtype, found.toArray()]).toEqual(["float32", [[1]]]);
    for (const [dtype, expected] of [
      ["int32", 50000],
      ["uint8", 50000],
      ["bool", 2],
    ] as const) {
      const x = tensor([200, 100], { dtype });
      expect([x.dot(x).dtype, x.dot(x).item()]).toEqual(["int32", expected]);
    }
  });
  test("errors", () => {
    expect(failure(() => zeros([32, 784]).matmul(zeros([128, 784])))).toBe(
      "SHAPE matmul: inner dimensions differ: a [32, 784] · b [128, 784]; a's last (784) must equal b's first (128). If b is stored [out, in], use linear(a, b).",
    );
    expect(failure(() => zeros([2, 3]).matmul(zeros([4])))).toBe(
      "SHAPE matmul: inner dimensions differ: a [2, 3] · b [4]; a's last (3) must equal b's first (4).",
    );
    expect(failure(() => zeros([2, 3]).matmul(tensor(2)))).toBe(
      "SHAPE matmul: a [2, 3] and b []; expected at least one axis each. Use mul for scalars.",
    );
    expect(failure(() => zeros([2, 1, 3]).matmul(zeros([4, 3, 1])))).toBe(
      "SHAPE matmul: shapes [2] and [4] do not broadcast: 2 against 4 at axis −1; extents must be equal or 1. Use reshape or unsqueeze to line up the axes.",
    );
    expect(failure(() => zeros([2]).matmul(2 as never))).toBe("ARGUMENT matmul: b is 2; expected a tensor. Wrap it with tensor(…).");
    expect(failure(() => matmul([2] as never, zeros([2])))).toBe(
      "ARGUMENT matmul: a is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("dot", () => {
  for (const n of [0, 1, 3, 4, 5, 17, 64]) test(`of ${n}`, () => checkOp({ op: dot, shapes: [[n], [n]], result: [] }));
  test("errors", () => {
    expect(failure(() => dot(zeros([2]), zeros([3])))).toBe("SHAPE dot: a [2] and b [3]; expected one length.");
    expect(failure(() => dot(zeros([2, 2]), zeros([2])))).toBe("SHAPE dot: a [2, 2] and b [2]; expected two vectors. Use matmul.");
    expect(failure(() => zeros([2]).dot(3 as never))).toBe("ARGUMENT dot: b is 3; expected a tensor. Wrap it with tensor(…).");
  });
});

describe("outer", () => {
  for (const n of [0, 1, 3, 4, 5, 17]) test(`3 by ${n}`, () => checkOp({ op: outer, shapes: [[3], [n]], result: [3, n] }));
  test("errors", () => {
    expect(failure(() => outer(zeros([2]), zeros([2, 1])))).toBe("SHAPE outer: a [2] and b [2, 1]; expected two vectors. Use einsum.");
    expect(failure(() => outer(1 as never, zeros([2])))).toBe("ARGUMENT outer: a is 1; expected a tensor. Wrap it with tensor(…).");
  });
});
