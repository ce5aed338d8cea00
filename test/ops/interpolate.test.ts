import { describe, expect, test } from "vitest";
import {
  arange,
  type InterpolateOptions,
  input,
  interpolate,
  type NestedNumbers,
  ones,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const X = [[[[1, 2, 4], [0, -1, 3]]]]; // biome-ignore format: a matrix

// What PyTorch 1.13 has: shape, result, and the gradient of x where that of the result is 1, 2, 3, …
// biome-ignore-start format: numbers
const CASES: [InterpolateOptions, number[], number[], number[]][] = [
  [
    { mode: "bilinear", size: [3, 5] },
    [1, 1, 3, 5],
    [1, 1.4, 2, 3.2, 4, 0.5, 0.5, 0.5, 2.3, 3.5, 0, -0.4, -1, 1.4, 3],
    [7.3, 12.6, 15.1, 23.3, 30.6, 31.1],
  ],
  [
    { mode: "bilinear", size: [3, 5], alignCorners: true },
    [1, 1, 3, 5],
    [1, 1.5, 2, 3, 4, 0.5, 0.5, 0.5, 2, 3.5, 0, -0.5, -1, 1, 3],
    [6.75, 14, 14.25, 21.75, 34, 29.25],
  ],
  [
    { mode: "bicubic", size: [2, 4] },
    [1, 1, 2, 4],
    [0.9282227, 1.419922, 2.830566, 4.143555, 0.07177734, -1.079102, 0.331543, 3.287109],
    [1.462891, 3.388672, 5.148438, 6.751953, 8.810547, 10.4375],
  ],
  [
    { mode: "bicubic", scaleFactor: 1.5, alignCorners: true },
    [1, 1, 3, 4],
    [1, 1.462963, 2.74074, 4, 0.5, 0.1666666, 1.444444, 3.5, 0, -1.12963, 0.1481476, 3],
    [4.351854, 9.157408, 9.490739, 13.98149, 21.89815, 19.12037],
  ],
  [
    { mode: "nearest", scaleFactor: [1.5, 2] },
    [1, 1, 3, 6],
    [1, 1, 2, 2, 4, 4, 1, 1, 2, 2, 4, 4, 0, 0, -1, -1, 3, 3],
    [18, 26, 34, 27, 31, 35],
  ],
  [{ mode: "nearestExact", size: [3, 2] }, [1, 1, 3, 2], [1, 4, 0, 3, 0, 3], [1, 0, 2, 8, 0, 10]],
];
// biome-ignore-end format: until here

function expectNear(found: Tensor | null, expected: readonly number[]): void {
  const { data } = found as Tensor;
  expect(data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(data[i] - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
}

describe.each(builds)("%s", (build) => {
  test.each(CASES)("PyTorch's numbers: %o", (options, shape, expected, gradient) => {
    withBuild(build, () => {
      const x = tensor(X, { requiresGrad: true });
      const y = interpolate(x, options);
      expect(y.shape).toEqual(shape);
      expectNear(y, expected);
      y.mul(arange(y.size).add(1).reshape(shape)).sum().backward();
      expectNear(x.grad, gradient);
    });
  });
});

const of = (values: NestedNumbers, options: InterpolateOptions): unknown => interpolate(tensor(values), options).toArray();

test("signals and volumes, up and down", () => {
  expect(of([[[1, 3]]], { size: 3, mode: "linear", alignCorners: true })).toEqual([[[1, 2, 3]]]);
  expect(of([[[1, 3, 5, 7]]], { scaleFactor: 0.5, mode: "linear" })).toEqual([[[2, 6]]]);
  expect(of([[[1, 3, 5, 7]]], { size: 1, mode: "linear", alignCorners: true })).toEqual([[[1]]]);
  expect(of([[[1, 3, 5, 8]]], { size: 2, mode: "area" })).toEqual([[[2, 6.5]]]);
  expect(of([[[[[1, 2]]]]], { size: [2, 1, 4], mode: "trilinear" })).toEqual([[[[[1, 1.25, 1.75, 2]], [[1, 1.25, 1.75, 2]]]]]);
  // The factor would take element ⌊4 / 2.3⌋ = 1 for the fifth.
  expect(of([[[1, 2, 3]]], { scaleFactor: 2.3 })).toEqual([[[1, 1, 2, 2, 3, 3]]]);
  expect(interpolate(ones([2, 3, 4, 5, 6]), { scaleFactor: [1, 2, 0.5] }).shape).toEqual([2, 3, 4, 10, 3]);
  expect(interpolate(ones([0, 3, 4]), { scaleFactor: 2 }).shape).toEqual([0, 3, 8]);
});

test("what is not finite stays where it is; integers become float32", () => {
  const values = [Number.NaN, 1, Number.POSITIVE_INFINITY, 2];
  expect(of([[values]], { scaleFactor: 2 })).toEqual([[values.flatMap((value) => [value, value])]]);
  expect(of([[[Number.NaN, 1, 2]]], { size: 5, mode: "linear", alignCorners: true })).toEqual([[[Number.NaN, Number.NaN, 1, 1.5, 2]]]);
  const y = interpolate(tensor([[[1, 2]]], { dtype: "int32" }), { scaleFactor: 2 });
  expect([y.dtype, y.toArray()]).toEqual(["float32", [[[1, 1, 2, 2]]]]);
});

test.each([
  [[2, 1, 5], { size: 7, mode: "linear" }],
  [[1, 2, 3, 5], { scaleFactor: [2, 0.7], mode: "bilinear" }],
  [[1, 1, 4, 3], { size: [3, 5], mode: "bicubic" }],
  [[1, 1, 2, 3, 2], { scaleFactor: 1.5, mode: "trilinear", alignCorners: true }],
  [[1, 2, 5, 3], { size: [3, 7], mode: "nearest" }],
] as [number[], InterpolateOptions][])("gradients of both orders: [%s] %o", (shape, options) => {
  checkOp({ op: (x) => interpolate(x, options), shapes: [shape] });
});

test("errors", () => {
  const x = randn([1, 2, 3, 4]);
  const said = (options: object, operand: unknown = x): string =>
    failure(() => interpolate(operand as Tensor, options as InterpolateOptions));
  expect(said({})).toBe(
    "ARGUMENT interpolate: neither size nor scaleFactor is given; expected one of them. Write { scaleFactor: 2 } or { size: [32, 32] }.",
  );
  expect(said({ size: 2, scaleFactor: 2 })).toContain("both size and scaleFactor are given; expected one of them.");
  expect(said({ size: [2, 2, 2] })).toBe("SHAPE interpolate: size is [2, 2, 2] for 2 spatial axes; expected a number for each.");
  expect(said({ scaleFactor: 0 })).toBe(
    "ARGUMENT interpolate: scaleFactor is 0; expected a number > 0, or one for each spatial axis, or null.",
  );
  expect(said({ scaleFactor: 0.1 })).toBe("SHAPE interpolate: spatial axis 0 of extent 3 would get 0; expected both ≥ 1.");
  expect(said({ size: 4, mode: "linear" })).toBe('SHAPE interpolate: x has shape [1, 2, 3, 4]; mode "linear" takes [n, c, l].');
  expect(said({ size: 4, mode: "cubic" })).toContain('mode is "cubic"; expected "nearest", "nearestExact",');
  expect(said({ size: 4, alignCorners: false })).toBe(
    'ARGUMENT interpolate: alignCorners is given with mode "nearest"; it belongs to "linear", "bilinear", "bicubic" and "trilinear".',
  );
  expect(said({ size: 4 }, randn([2, 3]))).toBe(
    'SHAPE interpolate: x has shape [2, 3]; mode "nearest" takes [n, c, l], [n, c, h, w], [n, c, d, h, w].',
  );
  expect(said({ size: 4 }, input([1, 4]))).toContain("Use the layer: new Upsample(…).forward(x).");
});
