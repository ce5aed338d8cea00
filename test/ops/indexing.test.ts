import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gather, grad, indexSelect, scatterAdd, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, DTYPES, expectSame, flat, integers, naive, positions, put, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, random, withBuild } from "../support/kernels.js";

const cases = shapes({ minRank: 1, maxRank: 5, max: 4 }).chain((shape) =>
  fc.record({ shape: fc.constant(shape), which: fc.nat(), count: fc.integer({ min: 0, max: 6 }), seed: fc.nat(), negative: fc.boolean() }),
);

/** Random positions below `extent`, of a shape. */
function randomIndex(shape: readonly number[], extent: number, seed: number): Tensor {
  const next = random(seed);
  return integers(
    positions(shape).map(() => Math.floor(next() * extent)),
    shape,
  );
}

describe("indexSelect", () => {
  test("any shape, axis and type", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(...DTYPES), ({ shape, which, count, seed, negative }, dtype) => {
        const axis = which % shape.length;
        const n = shape[axis] === 0 ? 0 : count;
        const x = counting(shape, dtype);
        const index = randomIndex([n], shape[axis], seed);
        const expected = naive(put(shape, axis, n), (at) => x.data[flat(shape, put(at, axis, index.data[at[axis]]))], dtype);
        expectSame(() => x.indexSelect(negative ? axis - shape.length : axis, index), expected);
        expectSame(() => x.indexSelect(axis, index.cast("uint8")), expected);
      }),
      { numRuns: 60, seed: 12 },
    );
  });
  for (const n of [1, 3, 4, 5, 17]) {
    test(`gradient of rows of ${n}, some taken twice, some never`, () =>
      checkOp({ op: (x) => x.indexSelect(0, integers([3, 0, 3, 3, 1])), shapes: [[5, n]], result: [5, n] }));
  }
  test("gradient along other axes", () => {
    checkOp({ op: (x) => x.indexSelect(1, integers([2, 2, 0])), shapes: [[2, 3, 4]], result: [2, 3, 4] });
    checkOp({ op: (x) => x.indexSelect(-1, integers([1, 1])), shapes: [[3, 2]], result: [3, 2] });
    checkOp({ op: (x) => x.indexSelect(0, integers([])), shapes: [[3, 2]], result: [0, 2] });
  });
  test("an index of several axes, or none", () => {
    checkOp({ op: (x) => x.indexSelect(1, integers([0, 1, 1, 2], [2, 2])), shapes: [[2, 3, 2]], result: [2, 2, 2, 2] });
    expect(
      counting([4])
        .indexSelect(0, integers([2], []))
        .item(),
    ).toBe(2);
  });
  test("errors", () => {
    const x = zeros([2, 3]);
    for (const build of builds) {
      withBuild(build, () => {
        expect(failure(() => x.indexSelect(1, integers([0, 3])))).toBe("INDEX indexSelect: index 3 at position 1 is outside 0 … 2.");
        expect(failure(() => x.indexSelect(0, integers([-1])))).toBe("INDEX indexSelect: index -1 at position 0 is outside 0 … 1.");
        expect(x.indexSelect(0, integers([1])).shape).toEqual([1, 3]);
      });
    }
    expect(failure(() => x.indexSelect(2, integers([0])))).toBe(
      "INDEX indexSelect: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1.",
    );
    expect(failure(() => x.indexSelect(0, tensor([0.5])))).toBe(
      'DTYPE indexSelect: indices are float32 and element 0 is 0.5; expected whole numbers. Convert them with cast("int32").',
    );
    expect(failure(() => x.indexSelect(0, tensor([true])))).toBe("DTYPE indexSelect: indices have dtype bool; expected int32 or uint8.");
    expect(failure(() => x.indexSelect(0, [0] as never))).toBe(
      "ARGUMENT indexSelect: index is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
    expect(failure(() => indexSelect(1 as never, 0, integers([0])))).toBe(
      "ARGUMENT indexSelect: x is 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("gather", () => {
  test("any shape, axis and type", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(...DTYPES), ({ shape, which, count, seed, negative }, dtype) => {
        const axis = which % shape.length;
        const result = put(shape, axis, shape[axis] === 0 ? 0 : count);
        const x = counting(shape, dtype);
        const index = randomIndex(result, shape[axis], seed);
        expectSame(
          () => x.gather(negative ? axis - shape.length : axis, index),
          naive(result, (at) => x.data[flat(shape, put(at, axis, index.data[flat(result, at)]))], dtype),
        );
      }),
      { numRuns: 60, seed: 13 },
    );
  });
  test("gradient, with duplicates", () => {
    for (const n of [1, 3, 4, 5, 17]) {
      const index = randomIndex([4, n], 3, n);
      checkOp({ op: (x) => x.gather(0, index), shapes: [[3, n]], result: [4, n] });
    }
    checkOp({ op: (x) => x.gather(1, randomIndex([2, 5, 3], 4, 1)), shapes: [[2, 4, 3]], result: [2, 5, 3] });
    checkOp({ op: (x) => x.gather(-1, tensor([[0], [2]], { dtype: "uint8" })), shapes: [[2, 3]], result: [2, 1] });
  });
  test("errors", () => {
    const x = zeros([2, 3]);
    for (const build of builds) {
      withBuild(build, () =>
        expect(failure(() => x.gather(1, integers([0, 3], [2, 1])))).toBe("INDEX gather: index 3 at position 1 is outside 0 … 2."),
      );
    }
    expect(failure(() => x.gather(1, integers([0])))).toBe("SHAPE gather: index [1] and x [2, 3] differ in more than axis 1.");
    expect(failure(() => x.gather(0, integers([0, 1], [1, 2])))).toBe(
      "SHAPE gather: index [1, 2] and x [2, 3] differ in more than axis 0.",
    );
    expect(failure(() => x.gather(0, tensor([[0, 0, 1.5]])))).toBe(
      'DTYPE gather: indices are float32 and element 2 is 1.5; expected whole numbers. Convert them with cast("int32").',
    );
    expect(failure(() => gather(1 as never, 0, integers([0])))).toBe("ARGUMENT gather: x is 1; expected a tensor. Wrap it with tensor(…).");
    expect(failure(() => x.gather(0, 0 as never))).toBe("ARGUMENT gather: index is 0; expected a tensor. Wrap it with tensor(…).");
  });
});

describe("scatterAdd", () => {
  test("any shape, axis and type", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom("float32", "float64", "int32"), ({ shape, which, count, seed, negative }, dtype) => {
        const axis = which % shape.length;
        const from = put(shape, axis, shape[axis] === 0 ? 0 : count);
        const [x, source] = [counting(shape, dtype), counting(from, dtype)];
        const index = randomIndex(from, shape[axis], seed);
        const sums = [...x.data];
        for (const at of positions(from)) sums[flat(shape, put(at, axis, index.data[flat(from, at)]))] += source.data[flat(from, at)];
        expectSame(() => x.scatterAdd(negative ? axis - shape.length : axis, index, source), tensor(sums, { shape, dtype }));
      }),
      { numRuns: 60, seed: 14 },
    );
  });
  test("leaves x as it was", () => {
    const x = zeros([2]);
    x.scatterAdd(0, integers([1]), tensor([5]));
    expect(x.toArray()).toEqual([0, 0]);
  });
  test("gradient of both, with duplicates", () => {
    for (const n of [1, 3, 4, 5, 17]) {
      const index = randomIndex([4, n], 3, n);
      checkOp({
        op: (x, source) => x.scatterAdd(0, index, source),
        shapes: [
          [3, n],
          [4, n],
        ],
        result: [3, n],
      });
    }
    checkOp({
      op: (x, source) => x.scatterAdd(-2, randomIndex([2, 5, 3], 4, 1), source),
      shapes: [
        [2, 4, 3],
        [2, 5, 3],
      ],
      result: [2, 4, 3],
    });
  });
  test("x and source may be one tensor", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = x.scatterAdd(0, integers([1, 1]), x);
    expect(y.toArray()).toEqual([1, 5]);
    expect(grad(y.mul(tensor([1, 10])).sum(), x)[0].toArray()).toEqual([11, 20]);
  });
  test("errors", () => {
    const x = zeros([2, 3]);
    for (const build of builds) {
      withBuild(build, () =>
        expect(failure(() => x.scatterAdd(0, integers([0, 2, 0], [1, 3]), zeros([1, 3])))).toBe(
          "INDEX scatterAdd: index 2 at position 1 is outside 0 … 1.",
        ),
      );
    }
    expect(failure(() => x.scatterAdd(0, integers([0, 0, 0], [1, 3]), zeros([2, 3])))).toBe(
      "SHAPE scatterAdd: source [2, 3] and index [1, 3] differ; expected one shape.",
    );
    expect(failure(() => x.scatterAdd(0, integers([0]), zeros([1])))).toBe(
      "SHAPE scatterAdd: index [1] and x [2, 3] differ in more than axis 0.",
    );
    expect(failure(() => x.scatterAdd(0, integers([0, 0, 0], [1, 3]), 1 as never))).toBe(
      "ARGUMENT scatterAdd: source is 1; expected a tensor. Wrap it with tensor(…).",
    );
    expect(failure(() => zeros([1], { dtype: "bool" }).scatterAdd(0, integers([0]), tensor([true])))).toBe(
      'DTYPE scatterAdd: x has dtype bool; expected float32 or float64 or int32 or uint8. Convert it with cast("float32").',
    );
    expect(failure(() => scatterAdd(1 as never, 0, integers([0]), zeros([1])))).toBe(
      "ARGUMENT scatterAdd: x is 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});
