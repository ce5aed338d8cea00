import { describe, test } from "vitest";
import { convolve, convolveInput, convolveWeight, type Geometry } from "../../src/ops/convolution.js";
import { checkOp } from "../support/checkOp.js";

/** Each product is differentiated twice, so that each is checked as a gradient of the others. */
describe.each<[string, Geometry]>([
  ["one axis", { input: [7], kernel: [3], output: [4], stride: [2], padding: [1], dilation: [1], groups: 1 }],
  ["two axes", { input: [4, 5], kernel: [2, 3], output: [4, 2], stride: [1, 2], padding: [1, 0], dilation: [2, 1], groups: 1 }],
  ["two axes, groups", { input: [3, 4], kernel: [3, 3], output: [3, 4], stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 2 }],
  [
    "three axes",
    { input: [2, 3, 3], kernel: [2, 2, 1], output: [1, 2, 3], stride: [1, 1, 1], padding: [0, 0, 0], dilation: [1, 1, 1], groups: 1 },
  ],
])("%s", (_, geometry) => {
  const { input, kernel, output, groups } = geometry;
  const x = [2, 2 * groups, ...input];
  const weight = [groups, 2, ...kernel];
  const y = [2, groups, ...output];
  test("convolve", () => checkOp({ op: (a, b, c) => convolve(a, b, c, geometry), shapes: [x, weight, [groups]], result: y }));
  test("convolveInput", () => checkOp({ op: (a, b, c) => convolveInput(a, b, c, geometry), shapes: [y, weight, [2 * groups]], result: x }));
  test("convolveWeight", () => checkOp({ op: (a, b) => convolveWeight(a, b, geometry), shapes: [y, x], result: weight }));
});
