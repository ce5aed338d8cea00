import { describe, expect, test } from "vitest";
import { capture, cummax, cummin, cumprod, grad, logCumSumExp, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const RUNS: Record<string, { op: (x: Tensor, axis: number) => Tensor; range?: readonly [number, number]; second?: false }> = {
  cumprod: { op: cumprod, range: [-1.5, 1.5] },
  cummax: { op: (x, axis) => cummax(x, axis).values },
  cummin: { op: (x, axis) => cummin(x, axis).values },
  logCumSumExp: { op: logCumSumExp },
};

describe.each(Object.entries(RUNS))("%s", (name, { op, range }) => {
  test.each([1, 3, 4, 5, 17])("rows and columns of %i", (n) => {
    checkOp({ op: (x) => op(x, 1), shapes: [[2, n]], result: [2, n], range });
    checkOp({ op: (x) => op(x, 0), shapes: [[n, 3]], result: [n, 3], range });
  });
  test("a middle axis, a long one, and nothing", () => {
    checkOp({ op: (x) => op(x, -2), shapes: [[2, 3, 2]], result: [2, 3, 2], range });
    checkOp({ op: (x) => op(x, 0), shapes: [[64]], result: [64], range: [0.9, 1.1], second: false });
    checkOp({ op: (x) => op(x, 0), shapes: [[0, 3]], result: [0, 3] });
    checkOp({ op: (x) => op(x, 0), shapes: [[3, 0]], result: [3, 0] });
  });
  test("errors", () => {
    expect(failure(() => op(zeros([2]), 1))).toBe(`INDEX ${name}: axis 1 is outside shape [2]; expected a whole number from -1 to 0.`);
    expect(failure(() => op(1 as never, 0))).toBe(`ARGUMENT ${name}: x is 1; expected a tensor. Wrap it with tensor(…).`);
  });
});

test("cumprod of elements that are 0, in its gradients of first and second order", () => {
  const values = [2, 0, 3, 0, 4, -1];
  const x = tensor(values, { dtype: "float64", requiresGrad: true });
  const [first] = grad(cumprod(x, 0).sum(), x, { createGraph: true });
  // By hand: of yⱼ, the product of the others up to j.
  const product = (end: number, without: readonly number[]): number =>
    values.reduce((all, value, k) => (k > end || without.includes(k) ? all : all * value), 1);
  const ends = values.map((_, j) => j);
  expect([...first.data]).toEqual(values.map((_, i) => ends.filter((j) => j >= i).reduce((sum, j) => sum + product(j, [i]), 0)));
  const [second] = grad(first.slice([1]), x);
  const wanted = values.map((_, i) =>
    i === 1 ? 0 : ends.filter((j) => j >= Math.max(i, 1)).reduce((sum, j) => sum + product(j, [i, 1]), 0),
  );
  expect([...second.data].map((value) => value + 0)).toEqual(wanted);
});

test("cumprod of integers does not wrap around", () => {
  const y = cumprod(tensor([100000, 100000, 3], { dtype: "int32" }), 0);
  expect([y.dtype, ...y.data]).toEqual(["float64", 1e5, 1e10, 3e10]);
  expect(cumprod(tensor([true, true, false]), 0).dtype).toBe("int32");
});

test("extremes: the last of equals gets the gradient, and a NaN stays", () => {
  const x = tensor([1, 1, 0, 1], { requiresGrad: true });
  const { values, indices } = cummax(x, 0);
  expect([...indices.data]).toEqual([0, 1, 1, 3]);
  expect([...grad(values, x, { gradOutputs: tensor([1, 2, 4, 8]) })[0].data]).toEqual([1, 6, 0, 8]);
  const broken = cummin(tensor([2, Number.NaN, 1]), 0);
  expect([...broken.values.data]).toEqual([2, Number.NaN, Number.NaN]);
  expect([...broken.indices.data]).toEqual([0, 1, 1]);
  expect([...cummin(tensor([3, 1, 2], { dtype: "uint8" }), 0).values.data]).toEqual([3, 1, 1]);
});

test("logCumSumExp: gradients beside −∞, and of numbers far apart", () => {
  const x = tensor([-Infinity, 0, 1000, 990], { requiresGrad: true });
  const y = logCumSumExp(x, 0);
  expectClose("values", y, [-Infinity, 0, 1000, 1000 + Math.log1p(Math.exp(-10))]);
  const share = 1 / (1 + Math.exp(-10));
  // Of −∞ itself, its own result; of 0, the second; of 1000, its own and its share of the last.
  expectClose("gradient", grad(y.sum(), x)[0], [1, 1, 1 + share, 1 - share], 1e-5);
});

test("captured, the bits of the eager step", () => {
  const step = (x: Tensor): Tensor => cumprod(x, 1).add(cummax(x, 1).values).add(logCumSumExp(x, 0)).sum(0);
  const captured = capture(step);
  const x = tensor([
    [0.5, 2, -1],
    [3, 0.1, 0.7],
  ]);
  for (let i = 0; i < 4; i++) expect([...captured(x).data]).toEqual([...step(x).data]);
});
