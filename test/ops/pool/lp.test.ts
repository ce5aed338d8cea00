import { describe, expect, test } from "vitest";
import { grad, lpPool1d, lpPool2d, ones, tensor } from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

test("values, first and second derivatives", () => {
  checkOp({ op: (x) => lpPool1d(x, 2, 3, { stride: 2 }), shapes: [[2, 2, 8]], result: [2, 2, 3] });
  checkOp({ op: (x) => lpPool2d(x, 1.5, 2, { ceilMode: true }), shapes: [[1, 2, 4, 5]], result: [1, 2, 2, 3], range: [0.5, 2] });
});

test("PyTorch's numbers, for windows that reach beyond the input and for sums of 0", () => {
  const x = tensor(
    [
      [
        [
          [0, 0, 1],
          [0, 0, 2],
          [3, -4, 5],
        ],
      ],
    ],
    { requiresGrad: true },
  );
  const y = lpPool2d(x, 2, 2, { ceilMode: true });
  const round = (values: unknown): unknown =>
    JSON.parse(JSON.stringify(values), (_, value) => (typeof value === "number" ? Number(value.toFixed(4)) : value));
  expect(round(y.toArray())).toEqual([
    [
      [
        [0, 3.1623],
        [7.0711, 10],
      ],
    ],
  ]);
  expect(round(grad(y.sum(), [x])[0].toArray())).toEqual([
    [
      [
        [0, 0, 0.6325],
        [0, 0, 1.2649],
        [0.8485, -1.1314, 2],
      ],
    ],
  ]);
});

describe("errors name the values and what helps", () => {
  test.each<[() => unknown, string]>([
    [() => lpPool1d(ones([1, 1, 4]), 0, 2), "ARGUMENT lpPool1d: normType is 0; expected a number > 0."],
    [() => lpPool2d(ones([4, 4]), 2, 2), "SHAPE lpPool2d: x has shape [4, 4]; expected [n, c, h, w] or [c, h, w]."],
    [
      () => lpPool1d(ones([1, 1, 4]), 2, 5),
      "SHAPE lpPool1d: a window of 5 does not fit into 4 (padding included). Take a smaller window, or more padding.",
    ],
  ])("%#", (call, text) => expect(failure(call)).toBe(text));
});
