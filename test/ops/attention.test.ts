import { describe, expect, test } from "vitest";
import { manualSeed, ones, randn, type Shape, scaledDotProductAttention, type Tensor, tensor, zeros } from "../../src/index.js";
import { input } from "../../src/nn/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

describe("scaledDotProductAttention, its gradients, and theirs", () => {
  const mask = tensor([1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0], { shape: [3, 4], dtype: "bool" });
  test.each([
    [
      [
        [3, 2],
        [4, 2],
        [4, 3],
      ],
      [3, 3],
      {},
    ],
    [
      [
        [2, 3, 4],
        [2, 5, 4],
        [2, 5, 4],
      ],
      [2, 3, 4],
      { scale: 0.3 },
    ],
    [
      [
        [2, 2, 3, 2],
        [2, 2, 4, 2],
        [2, 2, 4, 3],
      ],
      [2, 2, 3, 3],
      { causal: true },
    ],
    [
      [
        [2, 2, 3, 2],
        [2, 2, 4, 2],
        [2, 2, 4, 3],
      ],
      [2, 2, 3, 3],
      { mask },
    ],
    [
      [
        [2, 1, 2, 3, 2],
        [4, 2],
        [1, 2, 4, 3],
      ],
      [2, 1, 2, 3, 3],
      { mask, causal: true },
    ],
  ] as [Shape[], Shape, object][])("of %j → %j, %o", (shapes, result, options) => {
    checkOp({ op: (q, k, v) => scaledDotProductAttention(q, k, v, options), shapes, result, tolerance: 3e-5 });
  });

  test("a float mask has a gradient, too", () => {
    checkOp({
      op: (q, k, v, mask) => scaledDotProductAttention(q, k, v, { mask }),
      shapes: [[2, 2, 3, 2], [2, 2, 4, 2], [2, 2, 4, 3], [2, 1, 4]], // biome-ignore format: one line
      tolerance: 3e-5,
    });
  });
});

test("the mean of the values that may be seen; 0 where there are none", () => {
  const value = tensor([1, 2, 4, 8], { shape: [4, 1] });
  const seen = tensor([1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], { shape: [3, 4], dtype: "bool" });
  expect(scaledDotProductAttention(zeros([3, 2]), zeros([4, 2]), value, { mask: seen }).toArray()).toEqual([[1.5], [8], [0]]);
  const causal = scaledDotProductAttention(zeros([3, 2]), zeros([4, 2]), value, { causal: true });
  for (const [i, mean] of [1, 1.5, 7 / 3].entries()) expect(causal.data[i]).toBeCloseTo(mean, 6);
});

test("dropout: weights fall at the rate asked for, others grow, and each call draws anew", () => {
  manualSeed(1);
  const call = (): Tensor => scaledDotProductAttention(zeros([400, 1]), zeros([25, 1]), ones([25, 1]), { dropout: 0.2 });
  const [first, second] = [call(), call()];
  expect(first.toArray()).not.toEqual(second.toArray());
  expect(first.mean().item()).toBeCloseTo(1, 1);
  for (const value of first.data) expect((value * 25 * 0.8) % 1).toBeCloseTo(Math.round((value * 25 * 0.8) % 1), 3);
});

test("nothing: no samples, no queries, no keys", () => {
  const run = (...shapes: Shape[]): Tensor =>
    scaledDotProductAttention(...(shapes.map((shape) => randn(shape)) as [Tensor, Tensor, Tensor]));
  expect(run([0, 2, 3, 4], [0, 2, 5, 4], [0, 2, 5, 4]).shape).toEqual([0, 2, 3, 4]);
  expect(run([2, 0, 4], [2, 5, 4], [2, 5, 3]).shape).toEqual([2, 0, 3]);
  expect(run([2, 3, 4], [2, 0, 4], [2, 0, 1]).toArray()).toEqual([[[0], [0], [0]], [[0], [0], [0]]]); // biome-ignore format: one line
});

test("errors name the shapes and the mend", () => {
  const x = randn([2, 3, 4]);
  const of = (...args: unknown[]): string => failure(() => (scaledDotProductAttention as (...args: unknown[]) => Tensor)(...args));
  const OP = "scaledDotProductAttention";
  expect(of(x, randn([2, 3, 5]), x)).toBe(
    `SHAPE ${OP}: query [2, 3, 4], key [2, 3, 5] and value [2, 3, 4] do not fit; expected one dim, the last extent of query and key.`,
  );
  expect(of(x, x, randn([2, 4, 4]))).toContain("as many keys as values");
  expect(of(x, randn([5, 3, 4]), x)).toContain("do not broadcast");
  expect(of(x, x, x, { mask: zeros([3, 4]) })).toBe(`SHAPE ${OP}: mask [3, 4] does not broadcast to the scores [2, 3, 3].`);
  expect(of(x, x, x, { mask: zeros([3, 3], { dtype: "int32" }) })).toContain(
    'mask has dtype int32; expected bool or float32. Convert it with cast("bool").',
  );
  expect(of(x.cast("int32"), x, x)).toContain("query has dtype int32; expected float32 or float64");
  expect(of(x, x, x, { isCausal: true })).toContain('Did you mean "causal"?');
  expect(of(input([3, 4]), x, x)).toContain("new MultiheadAttention(null, heads)");
});
