import { describe, expect, test } from "vitest";
import { ArgumentError, defineOp, GradcheckError, gradcheck, gradgradcheck, memory, type Tensor, tensor } from "../../src/index.js";
import { failure } from "../support/failure.js";

const leaf = (...values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

/** y = x², whose gradient is `factor`·x instead of 2x. */
const squareWith = (factor: number): ((x: Tensor) => Tensor) =>
  defineOp({
    name: "square",
    inputs: ["x"],
    save: ["x"],
    shape: ({ x }) => x.shape,
    forward: ({ x, out }) => out.view().set(x.view().map((v) => v * v)),
    grad: { x: (g, { x }) => g.mul(x).mul(factor) },
  });

/** y = x³ with the right gradient, which reads x through a wrong one. */
const cubeOver = (square: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) =>
  defineOp({
    name: "cube",
    inputs: ["x"],
    save: ["x"],
    shape: ({ x }) => x.shape,
    forward: ({ x, out }) => out.view().set(x.view().map((v) => v * v * v)),
    grad: { x: (g, { x }) => g.mul(square(x)).mul(3) },
  });

describe("gradcheck", () => {
  test("passes what is right, of any output shape, and leaves the inputs as they were", () => {
    const [a, b] = [leaf(0.5, -1, 2), leaf(3)];
    expect(gradcheck((x, y) => x.mul(y).tanh().reshape([3, 1]), [a, b])).toBe(true);
    expect(gradcheck(squareWith(2), [a])).toBe(true);
    expect([a.toArray(), b.toArray(), a.grad]).toEqual([[0.5, -1, 2], [3], null]);
  });

  test("fails what is wrong, and names input, element and both values", () => {
    const text = failure(() => gradcheck((x, y) => x.mul(1).add(squareWith(3)(y)), [leaf(1), leaf(2)]));
    const numbers = text.match(/^gradcheck: input 1, element 0: backprop gives (\S+), central differences give (\S+)\.$/);
    expect(numbers).not.toBe(null);
    const [, found, numerical] = (numbers as RegExpMatchArray).map(Number);
    // Along the direction d: 3x·d instead of 2x·d.
    expect(found / numerical).toBeCloseTo(1.5, 6);
    expect(() => gradcheck(squareWith(2.01), [leaf(1)])).toThrow(GradcheckError);
    expect(gradcheck(squareWith(2.01), [leaf(1)], { rtol: 0.1 })).toBe(true);
    expect(() => gradcheck(squareWith(2), [leaf(1)], { epsilon: 0.1, rtol: 0, atol: 1e-20 })).toThrow(GradcheckError);
  });

  test("a gradient that is NaN, or missing, fails", () => {
    const nan = defineOp({
      name: "nan",
      inputs: ["x"],
      shape: ({ x }) => x.shape,
      forward: ({ x, out }) => out.view().set(x.view()),
      grad: { x: (g) => g.mul(Number.NaN) },
    });
    expect(() => gradcheck(nan, [leaf(1)])).toThrow(/backprop gives NaN/);
    const [a, b] = [leaf(1), leaf(2)];
    expect(failure(() => gradcheck((x, y) => x.mul(y.detach()), [a, b]))).toMatch(
      /^gradcheck: input 1, element 0: backprop gives 0, central differences give/,
    );
  });

  test("restores the inputs when the function fails", () => {
    const x = leaf(1, 2);
    let calls = 0;
    const fails = (y: Tensor): Tensor => {
      if (++calls > 2) throw new Error("later");
      return y.square();
    };
    expect(failure(() => gradcheck(fails, [x]))).toBe("later");
    expect(x.toArray()).toEqual([1, 2]);
  });

  test("arguments", () => {
    expect(failure(() => gradcheck((x) => x, [tensor([1], { requiresGrad: true })]))).toBe(
      'gradcheck: an input is not float64; float32 is too coarse for finite differences. Make it with dtype: "float64".',
    );
    expect(failure(() => gradcheck((x) => x, [tensor([1], { dtype: "float64" })]))).toBe("gradcheck: no input has requiresGrad.");
    expect(() => gradgradcheck((x) => x, [])).toThrow(ArgumentError);
  });
});

describe("gradgradcheck", () => {
  test("passes what is right, curved or not", () => {
    expect(gradgradcheck((x) => x.tanh(), [leaf(0.5, -1)])).toBe(true);
    expect(gradgradcheck((x, y) => x.mul(y).square(), [leaf(0.5, -1), leaf(2, 3)])).toBe(true);
    expect(gradgradcheck((x) => x.mul(2), [leaf(1)])).toBe(true);
    expect(gradgradcheck(cubeOver(squareWith(2)), [leaf(1, 2)])).toBe(true);
  });

  test("fails where only the second derivative is wrong", () => {
    const cube = cubeOver(squareWith(3));
    expect(gradcheck(cube, [leaf(1, 2)])).toBe(true);
    expect(failure(() => gradgradcheck(cube, [leaf(1, 2)]))).toMatch(
      /^gradgradcheck: input 0, element 0: backprop gives \S+, central differences give \S+\.$/,
    );
  });
});

test("neither leaves a graph behind", () => {
  const before = memory().unconsumedGraphs;
  for (let i = 0; i < 5; i++) {
    gradcheck((x) => x.tanh(), [leaf(0.5)]);
    gradgradcheck((x) => x.tanh(), [leaf(0.5)]);
    gradgradcheck((x) => x.mul(2), [leaf(0.5)]);
  }
  expect(memory().unconsumedGraphs).toBe(before);
});
