import { describe, expect, test } from "vitest";
import { Dot, manualSeed, ones, randn, type Tensor, tensor } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

type Nested = number[][][];

/** Σ over the axes in float64, for [n, i, d] and [n, j, d]. */
function products(a: Nested, b: Nested, normalize = false): number[][][] {
  const unit = (v: number[]): number[] => (normalize ? v.map((x) => x / Math.sqrt(v.reduce((sum, y) => sum + y * y, 0))) : v);
  const inner = (v: number[], w: number[]): number => unit(v).reduce((sum, x, i) => sum + x * unit(w)[i], 0);
  return a.map((rows, n) => rows.map((v) => b[n].map((w) => inner(v, w))));
}

const nested = (x: Tensor): Nested => x.toArray() as Nested;

function expectClose(result: Tensor, expected: number[][][]): void {
  const found = Array.from(result.data);
  for (const [i, value] of expected.flat(2).entries()) expect(found[i]).toBeCloseTo(value, 5);
  expect(found.length).toBe(expected.flat(2).length);
}

test("of vectors there is one number a sample", () => {
  expect(
    new Dot(1)
      .forward(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor([
          [5, 6],
          [-7, 8],
        ]),
      )
      .toArray(),
  ).toEqual([[17], [11]]);
  expect(new Dot(-1).outputShape([5, 3], [5, 3])).toEqual([5, 1]);
});

describe("along an axis of each", () => {
  manualSeed(7);
  const [a, b] = [randn([2, 3, 4]), randn([2, 5, 4])];

  test.each([false, true])("normalize %s", (normalize) => {
    const layer = new Dot(2, { normalize });
    expectClose(layer.forward(a, b), products(nested(a), nested(b), normalize));
    expectClose(new Dot([1, 2], { normalize }).forward(a.transpose(), b), products(nested(a), nested(b), normalize));
    expectClose(new Dot([-1, -2], { normalize }).forward(a, b.transpose()), products(nested(a), nested(b), normalize));
    expect([layer.forward(a, b).shape, layer.outputShape(a.shape, b.shape)]).toEqual([
      [2, 3, 5],
      [2, 3, 5],
    ]);
  });

  test("Keras's example: [100, 20] and [100, 30, 20] along [1, 2] give [100, 30]", () => {
    expect(new Dot([1, 2]).forward(ones([100, 20]), ones([100, 30, 20])).shape).toEqual([100, 30]);
    expect(new Dot([2, 1]).forward(ones([100, 2, 20, 3]).permute([0, 1, 2, 3]), ones([100, 20, 30])).shape).toEqual([100, 2, 3, 30]);
  });

  test("a vector of zeros has the similarity 0", () => {
    expect(new Dot(1, { normalize: true }).forward(tensor([[0, 0]]), tensor([[1, 2]])).toArray()).toEqual([[0]]);
  });
});

test("what does not fit", () => {
  expect(failure(() => new Dot(1).forward(ones([2, 3]), ones([2, 4])))).toBe(
    "SHAPE Dot: a [2, 3] along axis 1 and b [2, 4] along axis 1 do not fit; expected one number of samples and one extent.",
  );
  expect(failure(() => new Dot(1).forward(ones([2, 3]), ones([5, 3])))).toMatch(/^SHAPE Dot: a \[2, 3\] along axis 1 and b \[5, 3\]/);
  expect(failure(() => new Dot(-2).forward(ones([2, 3]), ones([2, 3])))).toBe(
    "SHAPE Dot: axis -2 of [2, 3] is that of the samples; expected another.",
  );
  expect(failure(() => new Dot(2).forward(ones([2, 3]), ones([2, 3])))).toMatch(/^INDEX Dot: axis 2 is outside shape \[2, 3\]/);
  expect(failure(() => new Dot(0 as never))).toBe(
    "ARGUMENT Dot: axes is 0; expected an axis other than 0, which are the samples, or one for each input. Write new Dot(1) or new Dot([1, 2]).",
  );
});
