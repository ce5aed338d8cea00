import { describe, expect, test } from "vitest";
import { cast, type DType, grad, type Tensor, tensor } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];
const TYPES: DType[] = ["float32", "float64", "int32", "uint8", "bool"];
const of = (values: number[], dtype: DType = "float32", requiresGrad = false): Tensor => tensor(values, { dtype, requiresGrad });
const list = (x: Tensor): number[] => Array.from(x.data);

describe("cast", () => {
  test.each(TYPES.flatMap((from) => TYPES.map((to) => [from, to] as const)))("%s to %s", (from, to) => {
    for (const n of [0, 1, 3, 4, 5, 17, 64]) {
      const values = Array.from({ length: n }, (_, i) => (from === "bool" || to === "bool" ? i % 2 : i % 7));
      const y = of(values, from).cast(to);
      expect([y.dtype, y.shape, list(y)]).toEqual([to, [n], values]);
    }
  });

  test("integers cut fractions and refuse what they do not hold", () => {
    for (const from of ["float32", "float64"] as const) {
      expect(list(of([1.9, -1.9, 300, -(2 ** 31), 2 ** 31 - 128], from).cast("int32"))).toEqual([1, -1, 300, -(2 ** 31), 2 ** 31 - 128]);
      expect(list(of([1.9, -0.9, 255.9], from).cast("uint8"))).toEqual([1, 0, 255]);
      for (const x of [NAN, INF, -INF, 2 ** 31, -(2 ** 31) - 256, 2 ** 40]) {
        expect(failure(() => of([0, x], from).cast("int32"))).toBe(
          `DTYPE cast: ${x} at position 1 is outside int32 (-2147483648 … 2147483647). Use float32 or float64, or clamp before.`,
        );
      }
      for (const x of [NAN, -1, 256, 2 ** 32]) {
        expect(failure(() => of([0, x], from).cast("uint8"))).toBe(
          `DTYPE cast: ${x} at position 1 is outside uint8 (0 … 255). Use int32 or float32, or clamp before.`,
        );
      }
    }
    expect(failure(() => of([5, -1, 300], "int32").cast("uint8"))).toBe(
      "DTYPE cast: -1 at position 1 is outside uint8 (0 … 255). Use int32 or float32, or clamp before.",
    );
    expect(list(of([0.1, 1e-50], "float64").cast("float32"))).toEqual([Math.fround(0.1), 0]);
    expect(list(of([16777217], "int32").cast("float32"))).toEqual([16777216]);
  });

  test("bool is not 0, NaN true", () => {
    expect(list(of([0, -0, 0.5, NAN, -INF]).cast("bool"))).toEqual([0, 0, 1, 1, 1]);
    expect(list(of([256, 0, -1], "int32").cast("bool"))).toEqual([1, 0, 1]);
  });

  test("its own type is the tensor itself", () => {
    const x = of([1]);
    expect(x.cast("float32")).toBe(x);
    expect(cast(x, "float32")).toBe(x);
  });

  test("gradients come back in the operand's type", () => {
    const x = of([1, 2], "float32", true);
    const y = x.cast("float64");
    const [dx] = grad(y.mul(y).sum(), x);
    expect([dx.dtype, list(dx)]).toEqual(["float32", [2, 4]]);
    checkOp({ op: (t) => t.cast("float64").mul(t).cast("float32"), shapes: [[5]], gradient: false });
    for (const dtype of ["int32", "uint8", "bool"] as const) expect(x.cast(dtype).requiresGrad).toBe(false);
  });

  test("errors", () => {
    const known = "Known: float32, float64, int32, uint8, bool.";
    expect(failure(() => of([1]).cast("float" as never))).toBe(`DTYPE cast: unknown dtype "float". ${known} Did you mean "float32"?`);
    expect(failure(() => of([1]).cast("Int32" as never))).toBe(`DTYPE cast: unknown dtype "Int32". ${known} Did you mean "int32"?`);
    expect(failure(() => of([1]).cast("complex64" as never))).toBe(`DTYPE cast: unknown dtype "complex64". ${known}`);
    expect(failure(() => of([1]).cast(undefined as never))).toBe(`DTYPE cast: unknown dtype undefined. ${known}`);
    expect(failure(() => of([1]).cast(Int32Array as never))).toBe(`DTYPE cast: unknown dtype a function. ${known}`);
    expect(failure(() => cast([1] as never, "bool"))).toBe(
      "ARGUMENT cast: x is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
  });
});
