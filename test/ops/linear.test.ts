import { describe, expect, test } from "vitest";
import { linear, ones, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";

describe("linear", () => {
  for (const [rows, inputs, outputs] of [
    [1, 1, 1],
    [3, 5, 4],
    [17, 9, 8],
    [5, 64, 17],
    [0, 3, 2],
  ]) {
    const result = [rows, outputs];
    test(`${rows}×${inputs} → ${outputs}`, () => {
      checkOp({ op: (x, w, b) => x.linear(w, b), shapes: [[rows, inputs], [outputs, inputs], [outputs]], result });
      checkOp({
        op: (x, w) => linear(x, w),
        shapes: [
          [rows, inputs],
          [outputs, inputs],
        ],
        result,
      });
    });
  }
  test("leading axes and a vector", () => {
    checkOp({ op: (x, w, b) => x.linear(w, b), shapes: [[2, 3, 4], [5, 4], [5]], result: [2, 3, 5] });
    checkOp({ op: (x, w, b) => x.linear(w, b), shapes: [[4], [5, 4], [5]], result: [5] });
  });
  test("weights given the wrong way round", () => {
    expect(() => ones([32, 784]).linear(zeros([784, 10]))).toThrow(
      "linear: x [32, 784] and weight [784, 10] do not fit; expected weight [out, in] whose second extent is x's last. If it is stored [in, out], use matmul(x, weight).",
    );
    expect(() => ones([2, 3]).linear(zeros([4, 3]), tensor([1, 2]))).toThrow("linear: bias has shape [2]; expected [4].");
  });
});
