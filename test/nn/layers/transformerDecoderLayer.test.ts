import { expect, test } from "vitest";
import { noGrad, ones, randn, TransformerDecoderLayer } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("a causal one is one with a causal mask", () => {
  const layer = new TransformerDecoderLayer(8, 2, { feedForward: 16 }).eval();
  const [x, memory] = [randn([2, 4, 8]), randn([2, 5, 8])];
  const mask = ones([4, 4]).triu(1).cast("bool");
  const [a, b] = [{ causal: true }, { mask }].map((options) => noGrad(() => layer.forward(x, memory, options)));
  for (const [i, value] of a.data.entries()) expect(value).toBeCloseTo(b.data[i], 6);
});

test("errors name both shapes", () => {
  const layer = new TransformerDecoderLayer(8, 2);
  expect(failure(() => layer.forward(randn([2, 4, 8]), randn([2, 5, 6])))).toBe(
    "SHAPE TransformerDecoderLayer: x has shape [2, 4, 8] and memory [2, 5, 6]; expected [batch, length, 8] each, or without batch.",
  );
  expect(failure(() => layer.forward(randn([2, 4, 8]), randn([2, 5, 8]), { memoryMask: ones([4, 4]) }))).toContain(
    "attnMask has shape [4, 4]; expected [4, 5] or [4, 4, 5]",
  );
});
