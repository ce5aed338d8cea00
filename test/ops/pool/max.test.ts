import { describe, expect, test } from "vitest";
import { grad, input, maxPool1d, maxPool2d, maxPool3d, ones, randn, type Tensor, tensor } from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

describe("values, first and second derivatives", () => {
  test.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ["one axis", (x) => maxPool1d(x, 3, { stride: 2, padding: 1 }), [2, 2, 9], [2, 2, 5]],
    ["two axes", (x) => maxPool2d(x, 2), [2, 2, 4, 17], [2, 2, 2, 8]],
    ["overlapping", (x) => maxPool2d(x, 3, { stride: [1, 2], padding: [0, 1] }), [1, 2, 5, 11], [1, 2, 3, 6]],
    ["dilated", (x) => maxPool2d(x, 2, { stride: 1, dilation: [2, 3] }), [1, 1, 4, 9], [1, 1, 2, 6]],
    ["unbatched", (x) => maxPool2d(x, [1, 2], { ceilMode: true }), [2, 3, 5], [2, 3, 3]],
    ["three axes", (x) => maxPool3d(x, [1, 2, 3], { stride: 2, ceilMode: true }), [1, 1, 2, 4, 8], [1, 1, 1, 2, 4]],
  ])("%s", (_, op, shape, result) => checkOp({ op, shapes: [shape], result }));
});

test("a last window begins in the input or in the padding before it", () => {
  // Of 6 elements by 3 with stride 4, a second window would begin at 4; of 3 by 2 with padding 1 and stride 4 at 3, which is outside.
  expect(maxPool1d(ones([1, 1, 6]), 3, { stride: 4, ceilMode: true }).shape).toEqual([1, 1, 2]);
  expect(maxPool1d(ones([1, 1, 3]), 2, { stride: 4, padding: 1, ceilMode: true }).shape).toEqual([1, 1, 1]);
});

test("padding never wins, NaN does, the first of equals has the gradient", () => {
  expect(maxPool1d(tensor([[[-3, -5]]]), 2, { padding: 1, stride: 1 }).toArray()).toEqual([[[-3, -3, -5]]]);
  expect(maxPool1d(tensor([[[1, Number.NaN, 3]]]), 3).toArray()).toEqual([[[Number.NaN]]]);
  const x = tensor([[[2, 2, 1, -Infinity, -Infinity, -Infinity]]], { requiresGrad: true });
  expect(grad(maxPool1d(x, 3).sum(), [x])[0].toArray()).toEqual([[[1, 0, 0, 1, 0, 0]]]);
});

test("an empty batch gives an empty result", () => {
  expect(maxPool2d(ones([0, 3, 4, 4]), 2).shape).toEqual([0, 3, 2, 2]);
});

test("a gradient is added to another one of the same tensor", () => {
  const x = tensor([[[1, 4, 3]]], { requiresGrad: true });
  const twice = x.mul(1);
  expect(grad(maxPool1d(twice, 3).add(maxPool1d(twice, 2)).sum().add(twice.sum()), [x])[0].toArray()).toEqual([[[1, 3, 1]]]);
});

describe("errors name the values and what helps", () => {
  const x = randn([1, 2, 4, 5]);
  test.each<[() => unknown, string]>([
    [
      () => maxPool2d(x, [5, 2]),
      "SHAPE maxPool2d: a window of 5 × 2 does not fit into 4 × 5 (padding included). Take a smaller window, or more padding.",
    ],
    [
      () => maxPool2d(x, 3, { padding: 2 }),
      "ARGUMENT maxPool2d: padding [2, 2] is more than half of kernelSize [3, 3]. Pad x before, with x.pad(…), for more.",
    ],
    [() => maxPool2d(ones([4, 5]), 2), "SHAPE maxPool2d: x has shape [4, 5]; expected [n, c, h, w] or [c, h, w]."],
    [() => maxPool3d(ones([4, 5, 6]), 2), "SHAPE maxPool3d: x has shape [4, 5, 6]; expected [n, c, d, h, w] or [c, d, h, w]."],
    [() => maxPool2d(ones([1, 1, 0, 4]), 1), "SHAPE maxPool2d: x has shape [1, 1, 0, 4]; expected h, w ≥ 1."],
    [
      () => maxPool1d(ones([1, 1, 3]), 2, { dilation: 4, padding: 1 }),
      "SHAPE maxPool1d: a window of 2 elements 4 apart from -1 on has none in an axis of 3; expected one.",
    ],
    [
      () => maxPool2d(x.cast("int32"), 2),
      'DTYPE maxPool2d: x has dtype int32; expected float32 or float64. Convert it with cast("float32").',
    ],
    [() => maxPool2d(x, [2, 2, 2]), "ARGUMENT maxPool2d: kernelSize is [2, 2, 2]; expected a whole number ≥ 1, or two."],
    [() => maxPool2d(x, 2, { stride: 0 }), "ARGUMENT maxPool2d: stride is 0; expected a whole number ≥ 1, or two, or null."],
    [
      () => maxPool2d(x, 2, { ceil_mode: true } as never),
      'ARGUMENT maxPool2d: unknown option "ceil_mode". Known: stride, padding, dilation, ceilMode, returnIndices. Did you mean "ceilMode"?',
    ],
    [() => maxPool2d([[1]] as never, 2), "ARGUMENT maxPool2d: x is an array of length 1; expected a tensor. Wrap it with tensor(…)."],
    [
      () => maxPool2d(input([2, 4, 5]), 2),
      "ARGUMENT maxPool2d: x is a symbolic tensor, which has no elements yet. Write new MaxPool2d(…).forward(x).",
    ],
  ])("%#", (call, text) => expect(failure(call)).toBe(text));
});
