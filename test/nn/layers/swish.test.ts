import { expect, test } from "vitest";
import { gradcheck, SiLU, Swish, swish, type Tensor, tensor } from "../../../src/index.js";

const x = tensor([-100, -2, 0, 1, 100]);

test("it starts as silu, and its β is learned", () => {
  const layer = new Swish();
  const silu = new SiLU().forward(x).toArray() as number[];
  (layer.forward(x).toArray() as number[]).forEach((value, i) => {
    expect(value).toBeCloseTo(silu[i], 5);
  });
  layer.forward(x).sum().backward();
  // Σ x² σ(x)(1 − σ(x))
  expect((layer.parameters()[0].grad as Tensor).item()).toBeCloseTo(4 * 0.1049935854 + 0.1966119332, 5);
});

test("a fixed β holds no parameter", () => {
  const layer = new Swish(2, { learnable: false });
  expect(layer.parameters()).toEqual([]);
  expect(layer.forward(x).toArray()).toEqual(swish(x, { beta: 2 }).toArray());
});

test("its gradients are right for x and β", () => {
  gradcheck(
    (x, beta) => Object.assign(new Swish(), { beta }).forward(x),
    [tensor([-2, -0.3, 0.4, 1.5], { dtype: "float64", requiresGrad: true }), tensor([1.3], { dtype: "float64", requiresGrad: true })],
  );
});
