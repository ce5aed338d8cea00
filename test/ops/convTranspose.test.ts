import { describe, expect, test } from "vitest";
import { convTranspose1d, convTranspose2d, convTranspose3d, input, ones, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";
import { random } from "../support/kernels.js";

const FUNCTIONS = [convTranspose1d, convTranspose2d, convTranspose3d];

/** A transposed convolution drawn at random, whose result has an extent. */
function drawnCase(seed: number) {
  const next = random(seed);
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const axes = 1 + (seed % 3);
  const each = (low: number, high: number): number[] => Array.from({ length: axes }, () => whole(low, high));
  const [kernel, dilation, stride, extents] = [each(1, 3), each(1, 2), each(1, 3), each(1, axes === 3 ? 2 : 4)];
  const whole1 = extents.map((n, i) => (n - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1);
  const padding = whole1.map((n) => Math.min(whole(0, 2), Math.floor((n - 1) / 2)));
  const outputPadding = stride.map((n, i) => whole(0, Math.max(n, dilation[i]) - 1));
  const [groups, channels, filters, n, biased] = [whole(1, 3), whole(1, 2), whole(1, 2), whole(1, 2), next() < 0.5];
  const options = { stride, padding, outputPadding, dilation, groups };
  const result = [n, groups * channels, ...whole1.map((extent, i) => extent - 2 * padding[i] + outputPadding[i])];
  return { axes, options, x: [n, groups * filters, ...extents], weight: [groups * filters, channels, ...kernel], biased, result };
}

describe("against float64 and central differences, drawn at random", () => {
  test.each(Array.from({ length: 24 }, (_, seed) => ({ seed, ...drawnCase(seed) })))(
    "convTranspose$axes d: x $x, weight $weight, $options",
    ({ seed, axes, options, x, weight, biased, result }) => {
      const shapes = biased ? [x, weight, [result[1]]] : [x, weight];
      checkOp({ op: (a, w, b) => FUNCTIONS[axes - 1](a, w, b ?? null, options), shapes, result, seed });
    },
  );
});

test("adds the kernel up at every element of x", () => {
  const [x, weight] = [tensor([[[1, 10]]]), tensor([[[1, 2, 3]]])];
  expect(convTranspose1d(x, weight).toArray()).toEqual([[[1, 12, 23, 30]]]);
  expect(convTranspose1d(x, weight, tensor([100]), { stride: 3, outputPadding: 2 }).toArray()).toEqual([
    [[101, 102, 103, 110, 120, 130, 100, 100]],
  ]);
  expect(convTranspose1d(x, weight, null, { padding: 1 }).toArray()).toEqual([[[12, 23]]]);
  expect(convTranspose1d(x, weight, null, { dilation: 2 }).toArray()).toEqual([[[1, 10, 2, 20, 3, 30]]]);
});

test("without a batch, with mixed floating types, an empty batch", () => {
  const weight = ones([2, 1, 3]);
  expect(convTranspose1d(ones([2, 1]), weight).toArray()).toEqual([[2, 2, 2]]);
  expect(convTranspose1d(ones([1, 2, 1], { dtype: "float64" }), weight).dtype).toBe("float64");
  expect(convTranspose1d(zeros([0, 2, 4]), weight).shape).toEqual([0, 1, 6]);
});

test.each<[string, () => Tensor, string]>([
  ["a symbolic tensor", () => convTranspose2d(input([1, 5, 5]), ones([1, 1, 3, 3])), "Use the layer: new ConvTranspose2d(…).forward(x)."],
  [
    "a weight of other axes",
    () => convTranspose2d(ones([1, 1, 5]), ones([1, 1, 3])),
    "SHAPE convTranspose2d: weight has shape [1, 1, 3]; expected 4 axes, [in, out / groups, kh, kw].",
  ],
  [
    "a bias of another size",
    () => convTranspose1d(ones([1, 2, 5]), ones([2, 3, 3]), ones([3]), { groups: 2 }),
    "SHAPE convTranspose1d: bias has shape [3]; expected [6].",
  ],
  [
    "groups that do not divide",
    () => convTranspose1d(ones([1, 3, 5]), ones([3, 2, 3]), null, { groups: 2 }),
    "ARGUMENT convTranspose1d: groups is 2, which does not divide the channels 3. Take the channels 4, or other groups.",
  ],
  [
    "other channels",
    () => convTranspose1d(ones([1, 3, 5]), ones([4, 2, 3])),
    "SHAPE convTranspose1d: x has shape [1, 3, 5]; expected [n, 4, l], as weight [4, 2, 3] says.",
  ],
  [
    "a result of no extent",
    () => convTranspose2d(ones([1, 1, 1, 2]), ones([1, 1, 2, 2]), null, { padding: [1, 0] }),
    "SHAPE convTranspose2d: x [1, 1, 1, 2] gives a result of extents 0 × 3: padding 1 × 0 takes all of it away. Take less padding, or a larger kernel.",
  ],
  [
    "an outputPadding that nothing reaches",
    () => convTranspose2d(ones([1, 1, 2, 2]), ones([1, 1, 2, 2]), null, { outputPadding: [1, 0], dilation: [1, 2] }),
    "ARGUMENT convTranspose2d: outputPadding is [1, 0]; expected less than the stride [1, 1] or the dilation [1, 2].",
  ],
  [
    "a stride beyond all coordinates",
    () => convTranspose1d(ones([1, 1, 3]), ones([1, 1, 1]), null, { stride: 2 ** 32, padding: 2 ** 32 }),
    "SHAPE convTranspose1d: padding and stride reach over 8589934593 elements; expected less than 2147483648 along each axis.",
  ],
  ["integers", () => convTranspose1d(ones([1, 1, 5], { dtype: "int32" }), ones([1, 1, 3])), "DTYPE convTranspose1d: x has dtype int32"],
])("error: %s", (_, run, text) => expect(failure(run)).toContain(text));
