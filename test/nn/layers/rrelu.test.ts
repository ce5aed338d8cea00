import { expect, test } from "vitest";
import { grad, manualSeed, ones, RReLU, rrelu, type Tensor, tensor } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

const negative = (): Tensor => ones([4000]).neg();

test.each([
  ["the layer", (x: Tensor) => new RReLU(0.1, 0.5).forward(x)],
  ["the function", (x: Tensor) => rrelu(x, { lower: 0.1, upper: 0.5, training: true })],
])("%s: slopes are drawn from U(lower, upper) in training, for what is not positive", (_, apply) => {
  manualSeed(1);
  const slopes = apply(negative()).neg();
  expect(slopes.min().item()).toBeGreaterThanOrEqual(0.1);
  expect(slopes.max().item()).toBeLessThanOrEqual(0.5);
  expect(slopes.mean().item()).toBeCloseTo(0.3, 2);
  expect(slopes.std().item()).toBeCloseTo(0.4 / Math.sqrt(12), 2);
  expect(apply(tensor([3, 5])).toArray()).toEqual([3, 5]);
});

test("each forward draws anew, from the seed and the place in the model alone", () => {
  const run = (): unknown[] => {
    manualSeed(2);
    const layer = new RReLU();
    return [layer.forward(negative()).toArray(), layer.forward(negative()).toArray()];
  };
  const [first, second] = run();
  expect(first).not.toEqual(second);
  expect(run()).toEqual([first, second]);
});

test("the gradient is the slope that was drawn", () => {
  const x = tensor([-1, -1, 2], { requiresGrad: true });
  const y = new RReLU().forward(x);
  const [dx] = grad(y.sum(), x);
  expect([...dx.data]).toEqual([-y.data[0], -y.data[1], 1]);
});

test("the mean of both limits in evaluation", () => {
  expect(
    new RReLU(0.25, 0.75)
      .eval()
      .forward(tensor([-2, 3]))
      .toArray(),
  ).toEqual([-1, 3]);
  expect(rrelu(tensor([-2, 3]), { lower: 0.25, upper: 0.75 }).toArray()).toEqual([-1, 3]);
});

test("limits in the wrong order", () => {
  expect(failure(() => new RReLU(0.5, 0.1))).toBe("ARGUMENT RReLU: lower 0.5, upper 0.1; expected lower ≤ upper.");
  expect(failure(() => rrelu(tensor([1]), { lower: 1 }))).toBe(`ARGUMENT rrelu: lower 1, upper ${1 / 3}; expected lower ≤ upper.`);
});
