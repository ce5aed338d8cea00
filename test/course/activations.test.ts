import { expect, test } from "vitest";
import { grad, heaviside, leakyRelu, linspace, prelu, relu, softplus, swish, tensor } from "../../src/index.js";

/** How activations hang together, as slides tell it. */

const x = linspace(-4, 4, 81, { dtype: "float64" });

test("swish goes from x/2 over silu to relu as β grows; softplus to relu, with the sigmoid as its derivative", () => {
  expect(swish(x, { beta: 0 }).toArray()).toEqual(x.mul(0.5).toArray());
  expect(swish(x, { beta: 1000 }).sub(relu(x)).abs().max().item()).toBeLessThan(1e-3);
  expect(softplus(x, { beta: 1000 }).sub(relu(x)).abs().max().item()).toBeLessThan(1e-3);
  const at = tensor([-3, 0, 2], { dtype: "float64", requiresGrad: true });
  const [slope] = grad(softplus(at).sum(), at);
  expect(slope.sub(at.sigmoid()).abs().max().item()).toBeLessThan(1e-12);
});

test("a leaky relu has a fixed slope, prelu the same as a weight that is learned", () => {
  expect(prelu(x, tensor([0.1], { dtype: "float64" })).toArray()).toEqual(leakyRelu(x, { slope: 0.1 }).toArray());
});

test("the perceptron's threshold is 0 at 0, and teaches nothing: its derivative is 0 everywhere", () => {
  const at = tensor([-1, 0, 1], { requiresGrad: true });
  expect(heaviside(at).toArray()).toEqual([0, 0, 1]);
  expect(grad(heaviside(at).sum(), at)[0].toArray()).toEqual([0, 0, 0]);
});
