import { expect, test } from "vitest";
import { concat, type LayerNorm, randn, TransformerEncoder } from "../../../src/index.js";
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
  expect(failure(() => new TransformerEncoder(new TransformerEncoder(8, 2, 1) as never, 6, 1))).toContain(
    "dModel is a TransformerEncoder; expected a whole number ≥ 1, or null. Its arguments are dModel, numHeads, numLayers",
  );
  expect(failure(() => new TransformerEncoder(8, 2, 0))).toContain("numLayers is 0; expected a whole number ≥ 1");
});

test("step by step, the numbers of the whole sequence", () => {
  const stack = new TransformerEncoder(8, 2, 2, { feedForward: 16, causal: true, normFirst: true, finalNorm: true }).eval();
  const x = randn([2, 5, 8]);
  const expected = stack.forward(x);
  const first = stack.step(x.slice([null, [0, 2]]));
  const second = stack.step(x.slice([null, [2, 5]]), first.state);
  const found = concat([first.output, second.output], 1);
  for (const [i, value] of found.data.entries()) expect(value).toBeCloseTo(expected.data[i], 5);
  expect(second.state.map(({ keys }) => keys.shape)).toEqual([[2, 5, 8], [2, 5, 8]]); // biome-ignore format: one line
  expect(failure(() => new TransformerEncoder(8, 2, 1).step(x))).toContain("the layer attends to later positions, too. Write new");
});
