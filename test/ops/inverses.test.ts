import { describe, expect, test } from "vitest";
import { acos, acosh, asin, asinh, atan, atan2, atanh, grad, type Tensor, tensor } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const functions: Record<string, { op: (x: Tensor) => Tensor; f: (x: number) => number; range: readonly [number, number] }> = {
  atan: { op: atan, f: Math.atan, range: [-4, 4] },
  asin: { op: asin, f: Math.asin, range: [-0.9, 0.9] },
  acos: { op: acos, f: Math.acos, range: [-0.9, 0.9] },
  asinh: { op: asinh, f: Math.asinh, range: [-4, 4] },
  acosh: { op: acosh, f: Math.acosh, range: [1.2, 5] },
  atanh: { op: atanh, f: Math.atanh, range: [-0.9, 0.9] },
};

describe.each(Object.entries(functions))("%s", (name, { op, f, range }) => {
  test.each([1, 3, 4, 5, 17, 64])("%i elements", (n) => checkOp({ op, shapes: [[n]], result: [n], range, seed: n }));
  test("scalar, matrix, nothing", () => {
    for (const shape of [[], [3, 5], [2, 0]]) checkOp({ op, shapes: [shape], result: shape, range });
  });
  test("is the function of its name, to float64, and makes float32 of integers", () => {
    const x = Array.from({ length: 33 }, (_, i) => range[0] + ((range[1] - range[0]) * i) / 32);
    expectClose(name, op(tensor(x, { dtype: "float64" })), Float64Array.from(x, f), 1e-15);
    expect(op(tensor([1, 1], { dtype: "int32" })).dtype).toBe("float32");
  });
  test("a tensor only", () => {
    expect(failure(() => op(3 as never))).toBe(`ARGUMENT ${name}: x is 3; expected a tensor. Wrap it with tensor(…).`);
  });
});

test("gradients at the ends of the domain, and of huge numbers, as in PyTorch", () => {
  const slope = (op: (x: Tensor) => Tensor, x: number): number => {
    const at = tensor(x, { requiresGrad: true });
    return grad(op(at), at)[0].item();
  };
  expect(slope(asin, 1)).toBe(Infinity);
  expect(slope(acos, -1)).toBe(-Infinity);
  expect(slope(acosh, 1)).toBe(Infinity);
  expect(slope(atanh, 1)).toBe(Infinity);
  expect(slope(asinh, 1e30)).toBeCloseTo(1e-30, 36);
  expect(slope(acosh, 1e30)).toBeCloseTo(1e-30, 36);
});

describe("atan2", () => {
  test.each([
    [[5], [5]],
    [[3, 4], [4]],
    [
      [3, 1],
      [1, 4],
    ],
    [[], [17]],
    [[0, 3], [3]],
  ])("%j and %j", (a, b) => {
    checkOp({ op: atan2, shapes: [a, b], range: [0.3, 2] });
    checkOp({ op: (y, x) => atan2(y.neg(), x.neg()), shapes: [a, b], range: [0.3, 2] });
  });
  test("numbers on either side", () => {
    expectClose("left", atan2(1, tensor([1, -1])), [Math.PI / 4, (3 * Math.PI) / 4]);
    expectClose("right", atan2(tensor([1, -1]), 0), [Math.PI / 2, -Math.PI / 2]);
  });
  test("no gradient at the origin, none that overflows far from it", () => {
    const [y, x] = [tensor([0, 3e30], { requiresGrad: true }), tensor([0, 4e30], { requiresGrad: true })];
    const [dy, dx] = grad(atan2(y, x).sum(), [y, x]);
    expect(dy.data[0]).toBe(0);
    expect(dx.data[0] + 0).toBe(0);
    expect(dy.data[1] * 1e30).toBeCloseTo(0.16, 6);
    expect(dx.data[1] * 1e30).toBeCloseTo(-0.12, 6);
  });
  test("errors", () => {
    expect(failure(() => atan2(1, 2))).toBe(
      "ARGUMENT atan2: the operands are 1 and 2; expected tensors or numbers, at least one a tensor.",
    );
  });
});
