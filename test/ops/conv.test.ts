import { describe, expect, test } from "vitest";
import { conv1d, conv2d, conv3d, input, noGrad, ones, randn, type Tensor, tensor, zeros } from "../../src/index.js";
import { activationOf } from "../../src/nn/activations.js";
import { conv } from "../../src/ops/conv.js";
import { convTranspose } from "../../src/ops/convTranspose.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";
import { random } from "../support/kernels.js";

const FUNCTIONS = [conv1d, conv2d, conv3d];

/** A convolution drawn at random, with a kernel that fits. */
function drawnCase(seed: number) {
  const next = random(seed);
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const axes = 1 + (seed % 3);
  const each = (low: number, high: number): number[] => Array.from({ length: axes }, () => whole(low, high));
  const [kernel, dilation, padding] = [each(1, 3), each(1, 2), each(0, 2)];
  const span = kernel.map((k, i) => dilation[i] * (k - 1) + 1);
  const extents = span.map((n, i) => Math.max(1, n - 2 * padding[i]) + whole(0, axes === 1 ? 6 : 2));
  const same = next() < 0.3;
  const stride = same ? 1 : each(1, 3);
  const [groups, channels, filters, n, biased] = [whole(1, 3), whole(1, 2), whole(1, 2), whole(1, 2), next() < 0.5];
  const options = { stride, padding: same ? ("same" as const) : padding, dilation, groups };
  return { axes, options, x: [n, groups * channels, ...extents], weight: [groups * filters, channels, ...kernel], biased };
}

describe("against float64 and central differences, drawn at random", () => {
  test.each(Array.from({ length: 24 }, (_, seed) => ({ seed, ...drawnCase(seed) })))(
    "conv$axes d: x $x, weight $weight, $options",
    ({ seed, axes, options, x, weight, biased }) => {
      const run = FUNCTIONS[axes - 1];
      checkOp({ op: (a, w, b) => run(a, w, b ?? null, options), shapes: biased ? [x, weight, [weight[0]]] : [x, weight], seed });
    },
  );
});

test.each(["tanh", "sigmoid", "softplus", "elu"] as const)("%s fused: gradients of first and second order", (name) => {
  const { fused } = activationOf("conv", name);
  const sweep = { stride: 2, padding: 1, dilation: 1, groups: 2, outputPadding: 1 };
  const shapes = { x: [2, 4, 4, 3], weight: [4, 2, 3, 2] };
  checkOp({ op: (x, w, b) => conv("conv", x, w, b, sweep, fused), shapes: [shapes.x, shapes.weight, [4]] });
  checkOp({ op: (x, w, b) => convTranspose("conv", x, w, b, sweep, fused), shapes: [shapes.x, shapes.weight, [4]] });
});

/** The definition, along one axis. */
function plain(x: number[], weight: number[], stride: number, before: number, dilation: number, count: number): number[] {
  return Array.from({ length: count }, (_, o) => weight.reduce((sum, w, k) => sum + w * (x[o * stride - before + k * dilation] ?? 0), 0));
}

test.each([
  { stride: 1, padding: 0, dilation: 1, kernel: 3, before: 0, count: 5 },
  { stride: 2, padding: 1, dilation: 1, kernel: 3, before: 1, count: 4 },
  { stride: 3, padding: 2, dilation: 2, kernel: 2, before: 2, count: 3 },
  { stride: 1, padding: "valid", dilation: 2, kernel: 3, before: 0, count: 3 },
  // Three zeros: the extra one stands behind.
  { stride: 1, padding: "same", dilation: 1, kernel: 4, before: 1, count: 7 },
  { stride: 1, padding: "same", dilation: 3, kernel: 2, before: 1, count: 7 },
] as const)("the definition: $stride $padding $dilation $kernel", ({ stride, padding, dilation, kernel, before, count }) => {
  const [x, weight] = [[1, 2, 4, 8, 16, 32, 64], [1, -1, 3, 5].slice(0, kernel)];
  const y = conv1d(tensor([[x]]), tensor([[weight]]), null, { stride, padding, dilation });
  expect(y.toArray()).toEqual([[plain(x, weight, stride, before, dilation, count)]]);
});

test("depthwise: as many groups as channels", () => {
  const x = randn([1, 3, 4, 4]);
  const weight = randn([6, 1, 3, 3]);
  const together = conv2d(x, weight, null, { groups: 3 });
  const alone = [0, 1, 2].map((c) => conv2d(x.slice([null, [c, c + 1]]), weight.slice([[2 * c, 2 * c + 2]])));
  expect(together.toArray()).toEqual([alone.flatMap((y) => (y.toArray() as unknown[][])[0])]);
});

test("without a batch, with mixed floating types, an empty batch", () => {
  const weight = ones([1, 2, 3]);
  expect(conv1d(ones([2, 4]), weight).toArray()).toEqual([[6, 6]]);
  expect(conv1d(ones([1, 2, 4], { dtype: "float64" }), weight).dtype).toBe("float64");
  expect(conv1d(zeros([0, 2, 4]), weight).shape).toEqual([0, 1, 2]);
  expect(noGrad(() => conv1d(ones([2, 4]), weight, tensor([1]))).toArray()).toEqual([[7, 7]]);
});

test.each<[string, () => Tensor, string]>([
  ["a symbolic tensor", () => conv2d(input([1, 5, 5]), ones([1, 1, 3, 3])), "Use the layer: new Conv2d(…).forward(x)."],
  [
    "a weight of other axes",
    () => conv2d(ones([1, 1, 5]), ones([1, 1, 3])),
    "SHAPE conv2d: weight has shape [1, 1, 3]; expected 4 axes, [out, in / groups, kh, kw].",
  ],
  ["a bias of another size", () => conv1d(ones([1, 1, 5]), ones([2, 1, 3]), ones([3])), "SHAPE conv1d: bias has shape [3]; expected [2]."],
  [
    "options in the place of the bias",
    () => conv1d(ones([1, 1, 5]), ones([2, 1, 3]), { stride: 2 } as never),
    "ARGUMENT conv1d: bias is an object; expected a tensor or null. Write conv1d(x, weight, null, { … }).",
  ],
  [
    "groups that do not divide",
    () => conv1d(ones([1, 4, 5]), ones([3, 2, 3]), null, { groups: 2 }),
    "ARGUMENT conv1d: groups is 2, which does not divide the filters 3. Take the filters 4, or other groups.",
  ],
  [
    "other channels",
    () => conv1d(ones([1, 3, 5]), ones([4, 2, 3]), null, { groups: 2 }),
    "SHAPE conv1d: x has shape [1, 3, 5]; expected [n, 4, l]",
  ],
  [
    "integers",
    () => conv1d(ones([1, 1, 5], { dtype: "int32" }), ones([1, 1, 3])),
    "DTYPE conv1d: x has dtype int32; expected float32 or float64.",
  ],
  [
    "one argument too many",
    () => (conv1d as never as (...args: unknown[]) => Tensor)(1, 2, 3, 4, 5),
    "ARGUMENT conv1d: 4 arguments stand behind the tensor; it takes at most 3.",
  ],
])("error: %s", (_, run, text) => expect(failure(run)).toContain(text));
