import { describe, expect, test } from "vitest";
import { arange, fractionalMaxPool2d, fractionalMaxPool3d, manualSeed, ones, randn, type Tensor, tensor } from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

const counted = (shape: number[]): Tensor =>
  arange(shape.reduce((a, b) => a * b))
    .cast("float32")
    .reshape(shape);

test("PyTorch's indices for its samples: those of width and height, of depth, height and width", () => {
  const samples = tensor([[[0.3, 0.7]]]);
  const { output, indices } = fractionalMaxPool2d(counted([1, 1, 6, 6]), 2, { outputSize: [3, 4], samples, returnIndices: true });
  const expected = [
    [
      [
        [7, 8, 10, 11],
        [19, 20, 22, 23],
        [31, 32, 34, 35],
      ],
    ],
  ];
  expect([output.toArray(), indices.toArray()]).toEqual([expected, expected]);
  const three = fractionalMaxPool3d(counted([1, 1, 5, 6, 7]), 2, { outputSize: [2, 3, 4], samples: tensor([[[0.3, 0.7, 0.1]]]) });
  expect(three.toArray()).toEqual([
    [
      [
        [
          [50, 51, 53, 55],
          [64, 65, 67, 69],
          [78, 79, 81, 83],
        ],
        [
          [176, 177, 179, 181],
          [190, 191, 193, 195],
          [204, 205, 207, 209],
        ],
      ],
    ],
  ]);
});

test("without samples windows are drawn, by the seed", () => {
  const draw = (seed: number): unknown => {
    manualSeed(seed);
    return fractionalMaxPool2d(counted([1, 1, 20, 20]), 2, { outputRatio: 0.7 }).toArray();
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test("values, first and second derivatives", () => {
  const samples = tensor([
    [
      [0.2, 0.9],
      [0.6, 0.1],
    ],
  ]);
  checkOp({ op: (x) => fractionalMaxPool2d(x, 2, { outputSize: [3, 4], samples }), shapes: [[1, 2, 5, 7]], result: [1, 2, 3, 4] });
  checkOp({ op: (x) => fractionalMaxPool2d(x, [1, 2], { outputRatio: [0.5, 0.6], samples }), shapes: [[2, 5, 7]], result: [2, 2, 4] });
});

describe("errors name the values and what helps", () => {
  const x = randn([1, 1, 7, 9]);
  test.each<[() => unknown, string]>([
    [
      () => fractionalMaxPool2d(x, 2, {}),
      "ARGUMENT fractionalMaxPool2d: neither outputSize nor outputRatio is given; expected one of them. Write { outputRatio: 0.7 }.",
    ],
    [
      () => fractionalMaxPool2d(x, 2, { outputSize: 2, outputRatio: 0.5 }),
      "ARGUMENT fractionalMaxPool2d: both outputSize and outputRatio are given; expected one of them. Write { outputRatio: 0.7 }.",
    ],
    [
      () => fractionalMaxPool2d(x, 3, { outputSize: 6 }),
      "SHAPE fractionalMaxPool2d: [6, 6] windows of [3, 3] do not fit into [7, 9]; expected 1 or more, and windows + kernelSize − 1 at most the extent.",
    ],
    [
      () => fractionalMaxPool2d(x, 2, { outputRatio: 1 }),
      "ARGUMENT fractionalMaxPool2d: outputRatio is 1; expected a number from above 0 to below 1, or two, or null.",
    ],
    [
      () => fractionalMaxPool2d(x, 2, { outputSize: 3, samples: ones([1, 2]) }),
      "SHAPE fractionalMaxPool2d: samples have shape [1, 2]; expected [1, 1, 2].",
    ],
  ])("%#", (call, text) => expect(failure(call)).toBe(text));
});
