import { expect, test } from "vitest";
import { grad, PReLU, prelu, Sequential, SGD, tensor } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("the slope starts at init, and is learned", () => {
  const layer = new PReLU(1, { init: 0.5 });
  expect(layer.weight.toArray()).toEqual([0.5]);
  const optimizer = new SGD(layer.parameters(), { learningRate: 0.1 });
  layer
    .forward(tensor([-2, 3]))
    .sum()
    .backward();
  optimizer.step();
  // The gradient is the sum of what is negative.
  expect(layer.weight.item()).toBeCloseTo(0.7, 6);
});

test("one slope for each channel, under PyTorch's name", () => {
  const layer = new PReLU(2);
  layer.loadStateDict({ weight: tensor([0.5, 2]) });
  expect(layer.forward(tensor([[[-1], [-1]], [[3], [-2]]])).toArray()).toEqual([[[-0.5], [-2]], [[3], [-4]]]); // biome-ignore format: a matrix
  expect(failure(() => layer.forward(tensor([[1, 2, 3]])))).toBe("SHAPE prelu: weight [2] does not fit x [1, 3]; expected [1] or [3].");
  expect(failure(() => layer.forward(tensor([1, 2])))).toBe("SHAPE prelu: weight [2] does not fit x [2]; expected [1] or [1].");
});

test("what is infinite, NaN or 0 has PyTorch's gradients", () => {
  const x = tensor([Number.POSITIVE_INFINITY, 0, -1, Number.NaN], { requiresGrad: true });
  const weight = tensor([0.25], { requiresGrad: true });
  expect(prelu(x, weight).toArray()).toEqual([Number.POSITIVE_INFINITY, 0, -0.25, Number.NaN]);
  const three = x.slice([[0, 3]]);
  const [dx, dw] = grad(prelu(three, weight).sum(), [three, weight]);
  expect([dx.toArray(), dw.toArray()]).toEqual([[1, 0.25, 0.25], [-1]]);
});

test("it trains behind layers and survives a file", () => {
  const model = new Sequential([new PReLU(3)]);
  expect([...model.namedParameters().keys()]).toEqual(["0.weight"]);
});
