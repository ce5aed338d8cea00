import { describe, expect, test } from "vitest";
import { type DType, floorDivide, grad, remainder, type Tensor, tensor } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const of = (values: number[], dtype: DType = "float32"): Tensor => tensor(values, { dtype });

describe("remainder", () => {
  test.each([1, 3, 4, 5, 17, 64])("%i elements", (n) => {
    // From 5 to 5.9 over 2 to 2.4: the quotient is 2 throughout.
    checkOp({ op: (a, b) => remainder(a.add(5), b.mul(0.4).add(2)), shapes: [[n], [n]], range: [0, 0.9] });
  });
  test("broadcasts", () => checkOp({ op: (a, b) => remainder(a.sub(5), b.add(2)), shapes: [[3, 1], [4]], range: [0.1, 0.4] }));
  test("has the sign of the divisor in every type", () => {
    for (const dtype of ["float32", "float64", "int32"] as const) {
      const y = remainder(of([7, -7, 7, -7], dtype), of([3, 3, -3, -3], dtype));
      expect(y.dtype).toBe(dtype);
      expect([...y.data]).toEqual([1, 2, -2, -1]);
    }
    expect([...remainder(of([250, 3], "uint8"), 7).data]).toEqual([5, 3]);
    expect([...remainder(-1, of([4, 7])).data]).toEqual([3, 6]);
  });
  test("an integer over 0", () => {
    expect(failure(() => remainder(of([1], "int32"), 0))).toMatch(/^DTYPE remainder: a result is outside int32/);
    expect(remainder(of([1]), 0).data).toEqual(Float32Array.of(NaN));
  });
});

describe("floorDivide", () => {
  test("rounds the exact quotient down, in every type", () => {
    for (const dtype of ["float32", "float64", "int32"] as const) {
      const y = floorDivide(of([7, -7, 7, -7], dtype), of([3, 3, -3, -3], dtype));
      expect(y.dtype).toBe(dtype);
      expect([...y.data]).toEqual([2, -3, -3, 2]);
    }
    for (const dtype of ["float32", "float64"] as const) expect(floorDivide(of([1], dtype), of([0.1], dtype)).item()).toBe(9);
  });
  test("has the gradient 0", () => {
    const [a, b] = [tensor([7, 8], { requiresGrad: true }), tensor([2, 3], { requiresGrad: true })];
    for (const gradient of grad(floorDivide(a, b).sum(), [a, b])) expect([...gradient.data]).toEqual([0, 0]);
  });
  test("an integer over 0", () => {
    expect(failure(() => floorDivide(of([1], "int32"), 0))).toMatch(/^DTYPE floorDivide: a result is outside int32/);
    expect([...floorDivide(of([1, -1]), 0).data]).toEqual([Infinity, -Infinity]);
  });
});
