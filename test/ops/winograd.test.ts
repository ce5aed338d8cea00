import { expect, test } from "vitest";
import { type DType, grad, type Tensor, tensor } from "../../src/index.js";
import type { ConvArgs } from "../../src/kernels/generated.js";
import { convolve, type Geometry } from "../../src/ops/convolution.js";
import { suitsWinograd } from "../../src/ops/winograd.js";
import { normals } from "../support/kernels.js";

const CHANNELS = 12;
const FILTERS = 9;
const geometry: Geometry = {
  input: [13, 10],
  kernel: [3, 3],
  output: [13, 12],
  stride: [1, 1],
  padding: [1, 2],
  dilation: [1, 1],
  groups: 1,
};

/** The record of a square convolution with padding 1. */
function record(n: number, channels: number, filters: number, extent: number, more: Partial<ConvArgs> = {}): ConvArgs {
  return {
    ...{ x: 0, weight: 0, y: 0, bias: 0, n, groups: 1, channels, filters, parts: 1, beta: 0, act: 0 },
    ...{ d: 1, h: extent, w: extent, od: 1, oh: extent, ow: extent, kd: 1, kh: 3, kw: 3 },
    ...{ strideD: 1, strideH: 1, strideW: 1, padD: 0, padH: 1, padW: 1, dilationD: 1, dilationH: 1, dilationW: 1 },
    ...more,
  };
}

test("tiles are for 3 × 3 taps side by side, for channels, filters and outputs enough to pay for the transforms, and for float32", () => {
  expect(suitsWinograd(record(32, 64, 64, 16), "float32")).toBe(true);
  expect(suitsWinograd(record(1, 64, 64, 56), "float32")).toBe(true);
  expect(suitsWinograd(record(32, 64, 64, 16), "float64")).toBe(false);
  expect(suitsWinograd(record(32, 3, 32, 32), "float32")).toBe(false);
  expect(suitsWinograd(record(1, 64, 64, 4), "float32")).toBe(false);
  expect(suitsWinograd(record(32, 64, 64, 2), "float32")).toBe(false);
  // A row of tiles does not fit into scratch.
  expect(suitsWinograd(record(1, 512, 512, 224), "float32")).toBe(false);
  const others: Partial<ConvArgs>[] = [
    { groups: 2 },
    { strideH: 2 },
    { dilationW: 2 },
    { kw: 5 },
    { d: 3, od: 3 },
    { padH: 3, oh: 20 },
    { padH: 0, oh: 17 },
  ];
  for (const more of others) expect(suitsWinograd(record(32, 64, 64, 16, more), "float32")).toBe(false);
});

test("result, gradients, and gradients of a gradient are those of float64 to rounding", () => {
  expect(suitsWinograd(record(4, CHANNELS, FILTERS, 12), "float32")).toBe(true);
  const [exact, found] = (["float64", "float32"] as const).map(results);
  found.forEach((values, which) => {
    const scale = Math.sqrt(exact[which].reduce((sum, value) => sum + value * value, 0) / values.length);
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[which][i])), 0);
    expect(worst).toBeLessThanOrEqual(2e-5 * scale);
  });
});

/** Of y = x ∗ weight + bias: y, the gradients of Σ y³, and those of the sum of squares of the first. */
function results(dtype: DType): number[][] {
  const operand = (shape: number[], seed: number): Tensor => {
    const values = normals(
      shape.reduce((a, b) => a * b),
      seed,
    );
    return tensor(
      values.map((value) => value / 4),
      { dtype, requiresGrad: true },
    ).reshape(shape);
  };
  const operands = [operand([4, CHANNELS, 13, 10], 1), operand([FILTERS, CHANNELS, 3, 3], 2), operand([FILTERS], 3)];
  const y = convolve(operands[0], operands[1], operands[2], geometry);
  const first = grad(y.pow(3).sum(), operands, { createGraph: true });
  const second = grad(first[0].pow(2).sum(), operands);
  return [y, ...first, ...second].map(({ data }) => Array.from(data as Float32Array));
}
