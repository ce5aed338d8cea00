import { expect, test } from "vitest";
import { randn, rotary, type Shape, tensor } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

test.each([
  [[3, 4], {}],
  [[2, 5, 6], { start: 3, base: 100 }],
  [[2, 2, 3, 8], { interleaved: false }],
] as [Shape, object][])("rotary of [%s], %o: gradients and theirs", (shape, options) => {
  checkOp({ op: (x) => rotary(x, options), shapes: [shape], result: shape, tolerance: 3e-5 });
});

test("pairs are turned by position · base^(−2i/dim)", () => {
  const x = tensor([1, 0, 0, 2], { shape: [1, 4] });
  const [a, b] = [3, 3 / 100];
  const close = (found: ArrayLike<number>, expected: number[]): void => {
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
  };
  close(rotary(x, { start: 3 }).data, [Math.cos(a), Math.sin(a), -2 * Math.sin(b), 2 * Math.cos(b)]);
  // (x0, x2) and (x1, x3) are the pairs of halves.
  close(rotary(x, { start: 3, interleaved: false }).data, [Math.cos(a), -2 * Math.sin(b), Math.sin(a), 2 * Math.cos(b)]);
});

test("products of two vectors depend on their distance only", () => {
  const [q, k] = [randn([1, 16]), randn([1, 16])];
  const product = (i: number, j: number): number =>
    rotary(q, { start: i })
      .mul(rotary(k, { start: j }))
      .sum()
      .item();
  expect(product(5, 2)).toBeCloseTo(product(13, 10), 4);
  expect(product(5, 2)).not.toBeCloseTo(product(5, 3), 2);
});

test("errors", () => {
  expect(failure(() => rotary(randn([2, 3])))).toBe("SHAPE rotary: x has shape [2, 3]; expected [..., length, dim] with an even dim.");
  expect(failure(() => rotary(randn([2, 4]), { theta: 3 } as object))).toContain('Did you mean "base"?');
});
