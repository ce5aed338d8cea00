import { expect, test } from "vitest";
import { randn, TransformerDecoder } from "../../../src/index.js";

test("all layers attend to one memory", () => {
  const stack = new TransformerDecoder(8, 2, 2, { feedForward: 16, dropout: 0 });
  const [x, memory] = [randn([2, 4, 8]), randn([2, 5, 8])];
  const [first, second] = stack.layers;
  expect(stack.forward(x, memory).toArray()).toEqual(second.forward(first.forward(x, memory), memory).toArray());
  expect(stack.outputShape([2, 4, 8], [2, 5, 8])).toEqual([2, 4, 8]);
});
