import { describe, expect, test } from "vitest";
import { grad, hypot, lerp, logAddExp, tensor } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const SHAPES = [
  ...[1, 3, 4, 5, 17, 64].map((n) => [[n], [n]]),
  [[3, 4], [4]],
  [
    [3, 1],
    [1, 4],
  ],
  [[], [5]],
  [[0, 3], [3]],
];

describe("hypot", () => {
  test.each(SHAPES)("%j and %j", (a, b) => checkOp({ op: hypot, shapes: [a, b], range: [0.2, 2] }));
  test("neither overflows nor underflows, and has the gradient 0 at the origin", () => {
    expectClose("lengths", hypot(tensor([3e30, 0, -Infinity]), tensor([4e30, 0, NaN])), [5e30, 0, Infinity], 1e-6);
    expect(hypot(tensor([3e-40]), 4e-40).item()).toBeCloseTo(5e-40, 44);
    const x = tensor([0, 3], { requiresGrad: true });
    expectClose("gradient", grad(hypot(x, tensor([0, -4])).sum(), x)[0], [0, 0.6]);
  });
});

describe("logAddExp", () => {
  test.each(SHAPES)("%j and %j", (a, b) => checkOp({ op: logAddExp, shapes: [a, b] }));
  test("large numbers and infinities", () => {
    const [a, b] = [tensor([1000, -Infinity, Infinity, 3, -Infinity]), tensor([1000, -Infinity, Infinity, -Infinity, NaN])];
    expectClose("sums", logAddExp(a, b), [1000 + Math.LN2, -Infinity, Infinity, 3, NaN]);
    const x = tensor([-Infinity, Infinity, 0], { requiresGrad: true });
    expectClose("gradient", grad(logAddExp(x, tensor([-Infinity, Infinity, -Infinity])).sum(), x)[0], [0.5, 0.5, 1]);
  });
});

describe("lerp", () => {
  test.each([0, 0.3, 0.7, 1, 2])("weight %d", (weight) => checkOp({ op: (a, b) => lerp(a, b, weight), shapes: [[3, 4], [4]] }));
  test("a weight for each element", () => {
    checkOp({ op: lerp, shapes: [[3, 4], [4], [3, 1]], range: [0.05, 0.45] });
    checkOp({ op: lerp, shapes: [[17], [17], [17]], range: [0.55, 0.95] });
  });
  test("both ends are exact", () => {
    const [start, end] = [tensor([1e8, 0.1]), tensor([1, 3e7])];
    expect(lerp(start, end, 0).data).toEqual(start.data);
    expect(lerp(start, end, 1).data).toEqual(end.data);
    expect(lerp(start, end, tensor(1)).data).toEqual(end.data);
    expect([...lerp(0, end, 0.5).data]).toEqual([0.5, 1.5e7]);
  });
  test("errors", () => {
    expect(failure(() => lerp(1, 2, 0.5))).toBe(
      "ARGUMENT lerp: the operands are 1 and 2; expected tensors or numbers, at least one a tensor.",
    );
    expect(failure(() => lerp(tensor([1]), 2, "0.5" as never))).toBe(
      'ARGUMENT lerp: the operands are a tensor and "0.5"; expected tensors or numbers, at least one a tensor.',
    );
  });
});
