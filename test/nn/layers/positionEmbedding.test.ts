import { expect, test } from "vitest";
import { PositionEmbedding, randn, zeros } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("a vector for each position, trained where it was used", () => {
  const layer = new PositionEmbedding(5);
  const y = layer.forward(zeros([2, 3, 4]), { start: 1 });
  expect(y.slice([0]).toArray()).toEqual(layer.weight.slice([[1, 4]]).toArray());
  y.sum().backward();
  expect(layer.weight.grad?.toArray()).toEqual([0, 2, 2, 2, 0].map((g) => [g, g, g, g]));
});

test("errors name the lengths", () => {
  const layer = new PositionEmbedding(5, 4);
  expect(failure(() => layer.forward(randn([2, 6, 4])))).toBe(
    "SHAPE PositionEmbedding: x has shape [2, 6, 4]; expected at most 5 vectors along the length, maxLength. Make maxLength larger, or the sequence shorter.",
  );
  expect(failure(() => layer.forward(randn([2, 3, 4]), { start: 3 }))).toContain(
    "expected at most 2 vectors along the length behind position 3",
  );
  expect(failure(() => layer.forward(randn([2, 3, 5])))).toContain("expected [..., length, 4]");
});
