import { describe, expect, test } from "vitest";
import { grad, median, quantile, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const NAN = Number.NaN;

describe("median", () => {
  test.each([1, 3, 4, 5, 17, 64])("of %i, with gradients", (n) => {
    checkOp({ op: (x) => median(x), shapes: [[n]], result: [] });
    checkOp({ op: (x) => median(x, 1).values, shapes: [[2, n]], result: [2] });
    checkOp({ op: (x) => median(x, 0, { keepDims: true }).values, shapes: [[n, 2]], result: [1, 2] });
  });
  test("the lower of two, and where it stands", () => {
    const { values, indices } = median(
      tensor([
        [5, 3, 9, 1],
        [1, NAN, 0, NAN],
      ]),
      { axis: 1 },
    );
    expect([...values.data]).toEqual([3, NAN]);
    expect([...indices.data]).toEqual([1, 1]);
    expect(median(tensor([5, 3, 9, 1], { dtype: "int32" })).item()).toBe(3);
    expect(median(tensor([1, NAN, 2])).item()).toBe(NAN);
    expect(median(tensor(7)).item()).toBe(7);
    expect(median(zeros([0])).item()).toBe(NAN);
  });
  test("the gradient goes to the element taken", () => {
    const x = tensor([2, 1, 2, 2], { requiresGrad: true });
    expect([...grad(median(x), x)[0].data]).toEqual([1, 0, 0, 0]);
  });
  test("errors", () => {
    expect(failure(() => median(zeros([2, 0]), 1))).toBe(
      "SHAPE median: there is no middle of shape [2, 0]; expected an extent of 1 or more.",
    );
    expect(failure(() => median(zeros([2]), 1))).toMatch(/^INDEX median: axis 1/);
  });
});

describe("quantile", () => {
  const KINDS = ["linear", "lower", "higher", "nearest", "midpoint"] as const;
  test.each(KINDS)("%s, with gradients", (interpolation) => {
    for (const q of [0, 0.3, 0.5, 1]) {
      checkOp({ op: (x) => quantile(x, q, 1, { interpolation }), shapes: [[2, 6]], result: [2] });
      checkOp({ op: (x) => quantile(x, q, { interpolation, keepDims: true }), shapes: [[2, 3]], result: [1, 1] });
    }
    checkOp({ op: (x) => quantile(x, [0.1, 0.5, 0.9], 0, { interpolation }), shapes: [[5, 2]], result: [3, 2] });
  });
  test.each([
    ["linear", [1.75, 2.5, 4]],
    ["lower", [1, 2, 4]],
    ["higher", [2, 3, 4]],
    ["nearest", [2, 3, 4]],
    ["midpoint", [1.5, 2.5, 4]],
  ] as const)("%s of 1, 2, 3, 4", (interpolation, wanted) => {
    for (const dtype of ["float32", "float64"] as const) {
      const x = tensor([4, 2, 1, 3], { dtype });
      expect([...quantile(x, [0.25, 0.5, 1], { interpolation }).data]).toEqual(wanted);
      expect([...quantile(x, tensor([0.25, 0.5, 1]), 0, { interpolation }).data]).toEqual(wanted);
    }
  });
  test("the place is rounded as the elements are; NaN spoils its own row", () => {
    const hundred = Array.from({ length: 101 }, (_, i) => i);
    expect(quantile(tensor(hundred), 0.55, { interpolation: "higher" }).item()).toBe(55);
    expectClose(
      "rows",
      quantile(
        tensor([
          [1, NAN, 2],
          [3, 1, 2],
        ]),
        0.5,
        1,
      ),
      [NAN, 2],
    );
  });
  test("shapes of q", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(quantile(x, tensor(0.5)).shape).toEqual([]);
    expect(quantile(x, [0.5]).shape).toEqual([1]);
    expect(quantile(x, [0.5, 1], 1, { keepDims: true }).shape).toEqual([2, 2, 1]);
  });
  test("errors", () => {
    expect(failure(() => quantile(zeros([2]), 1.5))).toBe("ARGUMENT quantile: q is 1.5; expected a number from 0 to 1.");
    expect(failure(() => quantile(tensor([1], { dtype: "int32" }), 0.5))).toMatch(/^DTYPE quantile: x has dtype int32/);
    expect(failure(() => quantile(zeros([0]), 0.5))).toMatch(/^SHAPE quantile/);
    expect(failure(() => quantile(zeros([2]), []))).toMatch(/^SHAPE quantile: q/);
    expect(failure(() => quantile(zeros([2]), "half" as never))).toMatch(/^ARGUMENT quantile: q/);
    const call = quantile as (x: Tensor) => Tensor;
    expect(failure(() => call(zeros([2])))).toMatch(/^ARGUMENT quantile: q/);
  });
});
