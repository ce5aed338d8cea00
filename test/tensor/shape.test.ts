import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { broadcastStrides, collapse, repeatedAxes } from "../../src/tensor/broadcast.js";
import { broadcastShapes, checkShape, normalizeAxes, normalizeAxis, sameShape, sizeOf, stridesOf } from "../../src/tensor/shape.js";
import { failure } from "../support/errors.js";
import { broadcastingShapes, naiveShape } from "../support/naive.js";

test("sizeOf, stridesOf, sameShape", () => {
  expect([[], [3], [2, 3, 4], [2, 0]].map(sizeOf)).toEqual([1, 3, 24, 0]);
  expect([[], [3], [2, 3, 4], [2, 0, 3]].map(stridesOf)).toEqual([[], [1], [12, 4, 1], [0, 3, 1]]);
  expect([sameShape([2], [2]), sameShape([2], [3]), sameShape([2], [2, 1]), sameShape([], [])]).toEqual([true, false, false, true]);
});

describe("checkShape", () => {
  test("takes up to eight extents ≥ 0", () => {
    for (const shape of [[], [0], [2, 3], [1, 1, 1, 1, 1, 1, 1, 1]]) expect(checkShape("op", shape)).toBe(shape);
  });
  test("an extent that no number can be compared with", () =>
    expect(failure(() => checkShape("op", [Object.create(null)]))).toBe(
      "SHAPE op: shape [an object] holds an object; extents are whole numbers ≥ 0.",
    ));
  test("more elements than can be counted, also beside an extent of 0", () => {
    for (const shape of [[2 ** 53], [2 ** 27, 2 ** 27], [0, 1e308, 1e308]]) {
      expect(failure(() => checkShape("op", shape))).toMatch(
        /^MEMORY op: shape \[.*\] holds .* elements; no memory holds more than 9007199254740991\.$/,
      );
    }
  });
  test.each<[unknown, string]>([
    [[1, 1, 1, 1, 1, 1, 1, 1, 1], "shape [1, 1, 1, 1, 1, 1, 1, 1, 1] has 9 axes; at most 8."],
    [[2, -1], "shape [2, -1] holds -1; extents are whole numbers ≥ 0."],
    [[Number.NaN], "shape [NaN] holds NaN; extents are whole numbers ≥ 0."],
    [[Number.POSITIVE_INFINITY], "shape [Infinity] holds Infinity; extents are whole numbers ≥ 0."],
    [[null], "shape [null] holds null; extents are whole numbers ≥ 0."],
    [5, "the shape is 5; expected an array of whole numbers. Write [5]."],
    [null, "the shape is null; expected an array of whole numbers."],
    [Int32Array.of(2), "the shape is an Int32Array; expected an array of whole numbers."],
    [{ length: 1 }, "the shape is an object; expected an array of whole numbers."],
  ])("%j", (shape, text) => expect(failure(() => checkShape("op", shape as never))).toBe(`SHAPE op: ${text}`));
});

describe("broadcastShapes", () => {
  test("is NumPy's rule", () => {
    fc.assert(
      fc.property(broadcastingShapes(2), ([a, b]) => {
        expect(broadcastShapes("op", a, b)).toEqual(naiveShape(a, b));
      }),
    );
  });
  test("an empty extent stays empty beside 1, and does not fit others", () => {
    expect(broadcastShapes("op", [0], [1])).toEqual([0]);
    expect(broadcastShapes("op", [3, 1], [0])).toEqual([3, 0]);
    expect(failure(() => broadcastShapes("op", [0], [2]))).toBe(
      "SHAPE op: shapes [0] and [2] do not broadcast: 0 against 2 at axis −1; extents must be equal or 1. Use reshape or unsqueeze to line up the axes.",
    );
  });
});

describe("axes", () => {
  test("count from either end", () => {
    expect([0, 1, -1, -2].map((axis) => normalizeAxis("op", axis, [2, 3]))).toEqual([0, 1, 1, 0]);
    expect(normalizeAxes("op", undefined, [2, 3])).toEqual([0, 1]);
    expect(normalizeAxes("op", -1, [2, 3])).toEqual([1]);
    expect(normalizeAxes("op", [-1, 0], [2, 3, 4])).toEqual([0, 2]);
    expect(normalizeAxes("op", [], [2])).toEqual([]);
  });
  test.each<[unknown, string]>([
    [2, "INDEX op: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1."],
    [-3, "INDEX op: axis -3 is outside shape [2, 3]; expected a whole number from -2 to 1."],
    [0.5, "INDEX op: axis 0.5 is outside shape [2, 3]; expected a whole number from -2 to 1."],
    [[0, -2], "SHAPE op: axis 0 is named twice in [0,-2]."],
  ])("%j", (axes, text) => expect(failure(() => normalizeAxes("op", axes as never, [2, 3]))).toBe(text));
});

describe("walks of operands that broadcast", () => {
  test("broadcastStrides and repeatedAxes", () => {
    expect(broadcastStrides([3, 1], [2, 3, 4])).toEqual([0, 1, 0]);
    expect(broadcastStrides([], [2, 3])).toEqual([0, 0]);
    expect(broadcastStrides([2, 3], [2, 3])).toEqual([3, 1]);
    expect(repeatedAxes([3, 1], [2, 3, 4])).toEqual([0, 2]);
    expect(repeatedAxes([1, 3], [1, 3])).toEqual([]);
  });

  test("collapse joins what can be walked as one", () => {
    const walk = (shape: number[], ...operands: number[][]) =>
      collapse({ shape, strides: operands.map((own) => broadcastStrides(own, shape)) });
    expect(walk([32, 8, 16], [32, 8, 16], [8, 16])).toEqual({
      shape: [32, 128],
      strides: [
        [128, 1],
        [0, 1],
      ],
    });
    expect(walk([2, 3, 4], [2, 3, 4], [2, 3, 4])).toEqual({ shape: [24], strides: [[1], [1]] });
    expect(walk([1, 1], [1, 1])).toEqual({ shape: [1], strides: [[0]] });
    expect(walk([2, 3], [2, 1], [1, 3])).toEqual({
      shape: [2, 3],
      strides: [
        [1, 0],
        [0, 1],
      ],
    });
  });

  test("collapse visits the same elements in the same order", () => {
    const visits = (shape: readonly number[], strides: readonly number[]): number[] =>
      shape.reduce<number[]>(
        (offsets, extent, axis) => offsets.flatMap((at) => Array.from({ length: extent }, (_, i) => at + i * strides[axis])),
        [0],
      );
    fc.assert(
      fc.property(broadcastingShapes(2), (shapes) => {
        const shape = naiveShape(...shapes);
        const strides = shapes.map((own) => broadcastStrides(own, shape));
        const joined = collapse({ shape, strides });
        strides.forEach((own, i) => {
          expect(visits(joined.shape, joined.strides[i])).toEqual(visits(shape, own));
        });
      }),
    );
  });
});
