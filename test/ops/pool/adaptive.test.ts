import { describe, expect, test } from "vitest";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  input,
  ones,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

describe("values, first and second derivatives", () => {
  test.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ["means, one axis", (x) => adaptiveAvgPool1d(x, 4), [2, 2, 9], [2, 2, 4]],
    ["means, two axes", (x) => adaptiveAvgPool2d(x, [3, null]), [2, 2, 4, 5], [2, 2, 3, 5]],
    ["means of parts that fit", (x) => adaptiveAvgPool2d(x, 2), [2, 2, 4, 6], [2, 2, 2, 2]],
    ["means of all", (x) => adaptiveAvgPool2d(x, 1), [2, 2, 4, 5], [2, 2, 1, 1]],
    ["means, more than the input has", (x) => adaptiveAvgPool2d(x, 5), [2, 3, 4], [2, 5, 5]],
    ["means, three axes", (x) => adaptiveAvgPool3d(x, [2, 1, 3]), [1, 1, 3, 2, 4], [1, 1, 2, 1, 3]],
    ["greatest, one axis", (x) => adaptiveMaxPool1d(x, 4), [2, 2, 9], [2, 2, 4]],
    ["greatest, two axes", (x) => adaptiveMaxPool2d(x, [3, null]), [2, 2, 4, 5], [2, 2, 3, 5]],
    ["greatest of all", (x) => adaptiveMaxPool2d(x, 1), [2, 2, 4, 5], [2, 2, 1, 1]],
    ["greatest, three axes", (x) => adaptiveMaxPool3d(x, [2, 1, 3]), [1, 1, 3, 2, 4], [1, 1, 2, 1, 3]],
  ])("%s", (_, op, shape, result) => checkOp({ op, shapes: [shape], result }));
});

test("windows overlap where they do not fit", () => {
  const x = tensor([[[1, 2, 3, 4, 5]]]);
  expect(adaptiveAvgPool1d(x, 3).toArray()).toEqual([[[1.5, 3, 4.5]]]);
  expect(adaptiveMaxPool1d(x, 3).toArray()).toEqual([[[2, 4, 5]]]);
});

describe("errors name the values and what helps", () => {
  const x = ones([1, 2, 4, 5]);
  test.each<[() => unknown, string]>([
    [() => adaptiveAvgPool2d(x, 0), "ARGUMENT adaptiveAvgPool2d: outputSize is 0; expected a whole number ≥ 1 or null, or two."],
    [() => adaptiveMaxPool1d(ones([3]), 1), "SHAPE adaptiveMaxPool1d: x has shape [3]; expected [n, c, l] or [c, l]."],
    [
      () => adaptiveAvgPool2d(x.cast("int32"), 1),
      'DTYPE adaptiveAvgPool2d: x has dtype int32; expected float32 or float64. Convert it with cast("float32").',
    ],
    [
      () => adaptiveAvgPool2d(input([2, 4, 5]), 1),
      "ARGUMENT adaptiveAvgPool2d: x is a symbolic tensor, which has no elements yet. Write new AdaptiveAvgPool2d(…).forward(x).",
    ],
  ])("%#", (call, text) => expect(failure(call)).toBe(text));
});
