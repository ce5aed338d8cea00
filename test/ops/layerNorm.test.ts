import { expect, test } from "vitest";
import { Parameter, type Shape, type Tensor, tensor, zeros } from "../../src/index.js";
import { layerNorm } from "../../src/ops/layerNorm.js";
import { checkOp } from "../support/checkOp.js";

const EPSILON = 1e-3;

test.each([
  [[3, 3], 1],
  [[5, 4], 1],
  [[9, 17], 1],
  [[7], 1],
  [[2, 3, 5], 1],
  [[2, 3, 5], 2],
  [[2, 3, 4], 3],
] as [Shape, number][])("layer norm of [%s] over %i axes", (shape, axes) => {
  const attributes = { axes, epsilon: EPSILON };
  const inner = shape.slice(-axes);
  const check = (op: (...inputs: Tensor[]) => Tensor, shapes: Shape[]): void => checkOp({ op, shapes, result: shape, tolerance: 3e-5 });
  check((x, w, b) => layerNorm(x, w, b, attributes), [shape, inner, inner]);
  check((x, w) => layerNorm(x, w, null, attributes), [shape, inner]);
  check((x) => layerNorm(x, null, null, attributes), [shape]);
  check((x, w) => layerNorm(x, w, null, { ...attributes, centered: false }), [shape, inner]);
});

test("of nothing", () => {
  const weight = new Parameter(tensor([1, 2]));
  const y = layerNorm(zeros([0, 2]), weight, null, { axes: 1, epsilon: EPSILON });
  expect(y.shape).toEqual([0, 2]);
  y.sum().backward();
  expect(weight.grad?.toArray()).toEqual([0, 0]);
});

test("one tensor as weight, bias and input", () => {
  const attributes = { axes: 1, epsilon: EPSILON };
  const of = (x: Tensor): Tensor =>
    layerNorm(x, x, x, attributes)
      .mul(tensor([1, 2, 4]))
      .sum();
  const [fused, formula] = [new Parameter(tensor([1, 2, 4])), tensor([1, 2, 4], { requiresGrad: true })];
  of(fused).backward();
  const [a, b, c] = [1, 2, 3].map(() => tensor([1, 2, 4], { requiresGrad: true }));
  layerNorm(a, b, c, attributes)
    .mul(tensor([1, 2, 4]))
    .sum()
    .backward();
  const expected = [a, b, c].map(({ grad }) => grad as Tensor).reduce((sum, grad) => sum.add(grad));
  of(formula).backward();
  for (const { grad } of [fused, formula]) {
    for (const [i, value] of (grad as Tensor).data.entries()) expect(value).toBeCloseTo(expected.data[i], 5);
  }
});
