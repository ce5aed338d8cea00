import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capture, clone, oneHot, onesLike, Parameter, type Tensor, tensor, tril, triu, zeros, zerosLike } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, DTYPES, expectSame, flat, integers, naive, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

describe("zerosLike and onesLike", () => {
  test("have shape and type of x, but no gradient", () => {
    for (const dtype of DTYPES) {
      const x = counting([2, 3], dtype);
      expectSame(
        () => x.zerosLike(),
        naive([2, 3], () => 0, dtype),
      );
      expectSame(
        () => x.onesLike(),
        naive([2, 3], () => 1, dtype),
      );
    }
    expect(tensor([1], { requiresGrad: true }).onesLike().requiresGrad).toBe(false);
    expect(tensor(3).onesLike().item()).toBe(1);
  });
  test("errors", () => {
    expect(failure(() => zerosLike([2] as never))).toBe(
      "ARGUMENT zerosLike: x is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
    expect(failure(() => onesLike([2] as never))).toBe(
      "ARGUMENT onesLike: x is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("clone", () => {
  test("has memory of its own, on every build and of every type", () => {
    for (const build of builds) {
      withBuild(build, () => {
        for (const dtype of DTYPES) {
          for (const shape of [[], [0], [5], [2, 3], [1000]]) {
            const x = counting(shape, dtype);
            const before = x.toArray();
            const copy = x.clone();
            expect([copy.toArray(), copy.shape, copy.dtype, copy.requiresGrad]).toEqual([before, shape, dtype, false]);
            x.fill(0);
            expect(copy.toArray()).toEqual(before);
          }
        }
      });
    }
  });
  test("belongs to the graph, with gradient 1; what detach gives shares memory", () => {
    checkOp({ op: (x) => x.clone(), shapes: [[3, 5]], result: [3, 5] });
    const x = new Parameter(tensor([1, 2]));
    const [shared, own, copy] = [x.detach(), x.detach().clone(), x.clone()];
    x.fill(7);
    expect([shared.toArray(), own.toArray(), copy.toArray()]).toEqual([
      [7, 7],
      [1, 2],
      [1, 2],
    ]);
    expect([shared.requiresGrad, own.requiresGrad, copy.requiresGrad]).toEqual([false, false, true]);
  });
  test("may stand in a captured step, of any type", () => {
    const step = capture((x: Tensor) => [x.clone(), x.gt(1).clone()]);
    for (let i = 0; i < 5; i++)
      expect(step(tensor([i, 2, 0])).map((one) => one.toArray())).toEqual([
        [i, 2, 0],
        [i > 1 ? 1 : 0, 1, 0],
      ]);
    expect(step.status().reason).toBe(null);
  });
  test("errors", () => {
    expect(failure(() => clone([2] as never))).toBe(
      "ARGUMENT clone: x is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("oneHot", () => {
  test("any shape of labels", () => {
    for (const classes of [1, 3, 4, 5, 17]) {
      for (const shape of [[], [0], [5], [2, 3]]) {
        for (const dtype of ["int32", "uint8"] as const) {
          const labels = naive(shape, (at) => (2 * flat(shape, at)) % classes, dtype);
          expectSame(
            () => labels.oneHot(classes),
            naive([...shape, classes], (at) => Number(labels.data[flat(shape, at.slice(0, -1))] === at[shape.length])),
          );
        }
      }
    }
  });
  test("errors", () => {
    for (const build of builds) {
      withBuild(build, () => {
        expect(failure(() => integers([0, 3]).oneHot(3))).toBe(
          "INDEX oneHot: index 3 at position 1 is outside 0 … 2. Raise classes, or check the labels.",
        );
        expect(failure(() => integers([-1]).oneHot(3))).toBe(
          "INDEX oneHot: index -1 at position 0 is outside 0 … 2. Raise classes, or check the labels.",
        );
      });
    }
    for (const classes of [0, 2.5, undefined as never]) {
      expect(failure(() => integers([0]).oneHot(classes))).toBe(`ARGUMENT oneHot: classes is ${classes}; expected a whole number ≥ 1.`);
    }
    expect(failure(() => tensor([0, 0.5]).oneHot(3))).toBe(
      'DTYPE oneHot: indices are float32 and element 1 is 0.5; expected whole numbers. Convert them with cast("int32").',
    );
    expect(failure(() => oneHot([0] as never, 3))).toBe(
      "ARGUMENT oneHot: x is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

for (const [name, triangle, keeps] of [
  ["triu", triu, (i: number, j: number, diagonal: number) => j - i >= diagonal],
  ["tril", tril, (i: number, j: number, diagonal: number) => j - i <= diagonal],
] as const) {
  describe(name, () => {
    test("any shape, diagonal and type", () => {
      const diagonals = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constantFrom(2 ** 40, -(2 ** 40)));
      fc.assert(
        fc.property(shapes({ minRank: 2 }), diagonals, fc.constantFrom(...DTYPES), (shape, diagonal, dtype) => {
          const x = counting(shape, dtype);
          const [rows, columns] = [shape.length - 2, shape.length - 1];
          const element = (at: number[]): number => (keeps(at[rows], at[columns], diagonal) ? x.data[flat(shape, at)] : 0);
          expectSame(() => triangle(x, diagonal), naive(shape, element, dtype));
        }),
        { numRuns: 60, seed: 16 },
      );
    });
    test("gradient", () => {
      for (const n of [1, 3, 4, 5, 17]) checkOp({ op: (x) => triangle(x), shapes: [[3, n]], result: [3, n] });
      checkOp({ op: (x) => triangle(x, -1), shapes: [[2, 4, 3]], result: [2, 4, 3] });
      checkOp({ op: (x) => triangle(x, 2), shapes: [[4, 5]], result: [4, 5] });
    });
    test("errors", () => {
      expect(failure(() => triangle(zeros([3])))).toBe(`SHAPE ${name}: x has shape [3]; expected at least two axes.`);
      expect(failure(() => triangle(zeros([2, 2]), 0.5))).toBe(`ARGUMENT ${name}: diagonal is 0.5; expected a whole number.`);
      expect(failure(() => triangle(1 as never))).toBe(`ARGUMENT ${name}: x is 1; expected a tensor. Wrap it with tensor(…).`);
    });
  });
}
