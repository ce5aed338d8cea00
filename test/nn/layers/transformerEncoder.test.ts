import { expect, test } from "vitest";
import { type LayerNorm, randn, TransformerEncoder } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("layers of their own, one behind the other, and the norm", () => {
  const stack = new TransformerEncoder(8, 2, 3, { feedForward: 16, finalNorm: true, dropout: 0 });
  const x = randn([2, 4, 8]);
  const result = stack.forward(x);
  const [first, second, third] = stack.layers;
  const expected = (stack.norm as LayerNorm).forward(third.forward(second.forward(first.forward(x))));
  expect(result.toArray()).toEqual(expected.toArray());
  expect(first.linear1.weight.toArray()).not.toEqual(second.linear1.weight.toArray());
  expect(new TransformerEncoder(8, 2, 1).norm).toBe(null);
});

test("errors", () => {
  expect(failure(() => new TransformerEncoder(8, 3, 1))).toContain("numHeads is 3, which does not divide embedDim 8");
  expect(failure(() => new TransformerEncoder(8, 2, 0))).toContain("numLayers is 0; expected a whole number ≥ 1");
});
