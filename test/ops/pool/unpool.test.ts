import { describe, expect, test } from "vitest";
import { grad, input, maxPool2d, maxUnpool1d, maxUnpool2d, maxUnpool3d, ones, randn, tensor, zeros } from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

test("what a pooling found goes back to where it stood, and nothing else", () => {
  const x = randn([2, 3, 5, 7]);
  const { output, indices } = maxPool2d(x, 2, { returnIndices: true });
  const back = maxUnpool2d(output, indices, 2, { outputSize: [5, 7] });
  expect(back.shape).toEqual(x.shape);
  expect(back.ne(0).where(back.sub(x), 0).abs().sum().item()).toBe(0);
  expect(back.sum().item()).toBeCloseTo(output.sum().item(), 4);
});

test("of several at one place the last counts; the gradient goes to all, as PyTorch's", () => {
  const x = tensor([[[1, 2, 3]]], { requiresGrad: true });
  const y = maxUnpool1d(x, tensor([[[1, 1, 4]]], { dtype: "int32" }), 2);
  expect(y.toArray()).toEqual([[[0, 2, 0, 0, 3, 0]]]);
  expect(grad(y.mul(tensor([1, 2, 3, 4, 5, 6])).sum(), [x])[0].toArray()).toEqual([[[2, 2, 5]]]);
});

test("values, first and second derivatives", () => {
  const indices = tensor(
    [
      [
        [
          [0, 3],
          [9, 14],
        ],
      ],
    ],
    { dtype: "int32" },
  );
  checkOp({ op: (x) => maxUnpool2d(x, indices, 2), shapes: [[1, 1, 2, 2]], result: [1, 1, 4, 4] });
  checkOp({ op: (x) => maxUnpool3d(x, zeros([2, 1, 1, 1]), [1, 2, 3]), shapes: [[2, 1, 1, 1]], result: [2, 1, 2, 3] });
});

describe("errors name the values and what helps", () => {
  const [x, indices] = [ones([1, 2, 3]), zeros([1, 2, 3], { dtype: "int32" })];
  test.each<[() => unknown, string]>([
    [() => maxUnpool1d(x, zeros([1, 2, 2]), 2), "SHAPE maxUnpool1d: x [1, 2, 3] and indices [1, 2, 2] differ; expected one shape."],
    [() => maxUnpool1d(x, indices.add(7), 2), "INDEX maxUnpool1d: index 7 at position 0 is outside 0 … 5."],
    [
      () => maxUnpool1d(x, indices, 2, { outputSize: 9 }),
      "ARGUMENT maxUnpool1d: outputSize is [9]; expected [6], each by less than the stride more or less.",
    ],
    [
      () => maxUnpool1d(ones([1, 1, 1]), zeros([1, 1, 1]), 1, { padding: 1 }),
      "SHAPE maxUnpool1d: the result of x [1, 1, 1] would have the extents [-1]; expected ≥ 1.",
    ],
    [
      () => maxUnpool1d(x, [1] as never, 2),
      "ARGUMENT maxUnpool1d: indices is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    ],
    [
      () => maxUnpool1d(x, indices.add(0.5), 2),
      'DTYPE maxUnpool1d: indices are float32 and element 0 is 0.5; expected whole numbers. Convert them with cast("int32").',
    ],
    [
      () => maxUnpool1d(input([2, 3]), indices, 2),
      "ARGUMENT maxUnpool1d: x is a symbolic tensor, which has no elements yet. Write new MaxUnpool1d(…).forward(x).",
    ],
  ])("%#", (call, text) => expect(failure(call)).toBe(text));
});
