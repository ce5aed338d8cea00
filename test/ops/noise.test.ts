import { expect, test } from "vitest";
import { ones, type Tensor } from "../../src/index.js";
import { noise } from "../../src/ops/noise.js";

test.each<["uniform" | "normal", number, number]>([
  ["uniform", 0.5, Math.sqrt(1 / 12)],
  ["normal", 0, 1],
])("%s numbers depend on key and counter alone", (distribution, mean, std) => {
  const draw = (x: Tensor, counter: number): Tensor => noise(x, { shape: [100, 100], distribution, key: [3, 4], counter });
  const drawn = draw(ones([2]), 1);
  expect(drawn.mean().item()).toBeCloseTo(mean, 1);
  expect(drawn.std().item()).toBeCloseTo(std, 1);
  expect(draw(ones([5], { requiresGrad: true }), 1).toArray()).toEqual(drawn.toArray());
  expect(draw(ones([2]), 2).toArray()).not.toEqual(drawn.toArray());
  expect(draw(ones([2], { dtype: "float64" }), 1).dtype).toBe("float64");
});
