import { describe, expect, test } from "vitest";
import { contrastive, cosineEmbedding, gaussianNll, grad, marginRanking, type Tensor, tensor, tripletMargin } from "../../../src/index.js";
import type { LossFunction } from "../../../src/nn/index.js";
import * as losses from "../../../src/nn/losses.js";
import { operandsOf } from "../../support/lossOperands.js";

const OF_TWO = Object.entries(losses as unknown as Record<string, LossFunction<object>>).filter(
  ([name, { length }]) => length === 3 && name !== "ctcLoss",
);

/** Far out, where exponentials overflow, and all alike. */
const PREDICTIONS = [
  [1e4, -1e4, 0, -1e4, 1e4, 0, 3e4, 2e4, 1e4, 0, 0, -1e4],
  [200, -200, 100, -100, 100, 50, 300, 200, 100, 0, 0, -100],
  new Array<number>(12).fill(0),
];

/** Losses that are infinite by their formula: e^1000 is no number. */
const INFINITE = ["poissonNll"];

describe.each(OF_TWO)("%s", (name, loss) => {
  test.each(PREDICTIONS.map((x, i) => [["far out", "saturated", "all alike"][i], x] as const))("%s: no NaN", (_, numbers) => {
    const { targets } = operandsOf(name);
    for (const target of Object.values(targets)) {
      const x = tensor(numbers, { shape: [4, 3], requiresGrad: true });
      const result = loss(x, target, { reduction: "none" });
      const [slope] = grad(result.sum(), [x]);
      expect([...result.data].some(Number.isNaN)).toBe(false);
      if (INFINITE.includes(name)) continue;
      expect([...result.data, ...slope.data].every(Number.isFinite)).toBe(true);
    }
  });
});

test("embeddings that are all alike, zero, or long have finite gradients", () => {
  const signs = tensor([1, -1]);
  for (const numbers of [
    [0, 0, 0, 0],
    [1, 2, 3, 4],
    [1e15, -1e15, 3e15, 1e15],
    [1e-30, 0, 0, 1e-30],
  ]) {
    const a = tensor(numbers, { shape: [2, 2], requiresGrad: true });
    const b = tensor(numbers, { shape: [2, 2], requiresGrad: true });
    const c = tensor([1, 1, 1, 1], { shape: [2, 2], requiresGrad: true });
    const calls: [Tensor, Tensor[]][] = [
      [cosineEmbedding(a, b, signs), [a, b]],
      [contrastive(a, b, tensor([0, 1])), [a, b]],
      [tripletMargin(a, b, c, { swap: true, epsilon: 0 }), [a, b, c]],
      [marginRanking(a, b, tensor([[1, -1], [-1, 1]])), [a, b]], // biome-ignore format: a matrix
      [gaussianNll(a.clamp(-1e9, 1e9), c.detach(), b.abs().clamp(0, 1e9)), [a, b]],
    ];
    for (const [loss, operands] of calls) {
      expect(Number.isFinite(loss.item())).toBe(true);
      for (const slope of grad(loss, operands)) expect([...slope.data].every(Number.isFinite)).toBe(true);
    }
  }
  const long = cosineEmbedding(tensor([[1e25, 0]]), tensor([[1e25, 1e25]]), tensor([1]));
  expect(long.item()).toBeCloseTo(1 - Math.SQRT1_2, 6);
});
