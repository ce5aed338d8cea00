import { describe, expect, test } from "vitest";
import { avgPool1d, avgPool2d, avgPool3d, input, ones, randn, type Tensor, tensor } from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

describe("values, first and second derivatives", () => {
  test.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ["one axis", (x) => avgPool1d(x, 3, { stride: 2, padding: 1 }), [2, 2, 9], [2, 2, 5]],
    ["two axes", (x) => avgPool2d(x, 2), [2, 2, 4, 17], [2, 2, 2, 8]],
    ["overlapping", (x) => avgPool2d(x, 3, { stride: [1, 2], padding: [0, 1], countIncludePad: false }), [1, 2, 5, 11], [1, 2, 3, 6]],
    ["unbatched, ceil", (x) => avgPool2d(x, [1, 2], { ceilMode: true, divisorOverride: 5 }), [2, 3, 5], [2, 3, 3]],
    ["three axes", (x) => avgPool3d(x, [1, 2, 3], { stride: 2, ceilMode: true }), [1, 1, 2, 4, 8], [1, 1, 1, 2, 4]],
  ])("%s", (_, op, shape, result) => checkOp({ op, shapes: [shape], result }));
});

test("what an average divides by", () => {
  const x = tensor([[[2, 4, 6, 8, 10]]]);
  const averages = (options: object): unknown => avgPool1d(x, 2, { stride: 3, padding: 1, ...options }).toArray();
  expect(averages({})).toEqual([[[1, 7]]]);
  expect(averages({ countIncludePad: false })).toEqual([[[2, 7]]]);
  expect(averages({ divisorOverride: 4 })).toEqual([[[0.5, 3.5]]]);
  // A last window that ends behind the padding counts no place behind it.
  expect(avgPool1d(x, 4, { stride: 3, ceilMode: true }).toArray()).toEqual([[[5, 9]]]);
  expect(avgPool1d(x, 4, { stride: 4, padding: 1, ceilMode: true }).toArray()).toEqual([[[3, 6]]]);
});

test("an empty batch gives an empty result", () => {
  expect(avgPool2d(ones([0, 3, 4, 4]), 2).shape).toEqual([0, 3, 2, 2]);
});

describe("errors name the values and what helps", () => {
  const x = randn([1, 2, 4, 5]);
  test.each<[() => unknown, string]>([
    [
      () => avgPool2d(x, [2, 6]),
      "SHAPE avgPool2d: a window of 2 × 6 does not fit into 4 × 5 (padding included). Take a smaller window, or more padding.",
    ],
    [
      () => avgPool2d(x, 3, { padding: [1, 2] }),
      "ARGUMENT avgPool2d: padding [1, 2] is more than half of kernelSize [3, 3]. Pad x before, with x.pad(…), for more.",
    ],
    [() => avgPool1d(ones([5]), 2), "SHAPE avgPool1d: x has shape [5]; expected [n, c, l] or [c, l]."],
    [
      () => avgPool2d(ones([1, 2, 4, 5]).cast("uint8"), 2),
      'DTYPE avgPool2d: x has dtype uint8; expected float32 or float64. Convert it with cast("float32").',
    ],
    [() => avgPool2d(x, 2, { divisorOverride: 0 }), "ARGUMENT avgPool2d: divisorOverride is 0; expected a whole number ≥ 1, or null."],
    [
      () => avgPool2d(input([2, 4, 5]), 2),
      "ARGUMENT avgPool2d: x is a symbolic tensor, which has no elements yet. Write new AvgPool2d(…).forward(x).",
    ],
  ])("%#", (call, text) => expect(failure(call)).toBe(text));
});
