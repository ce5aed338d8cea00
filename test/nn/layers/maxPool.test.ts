import { expect, test } from "vitest";
import {
  Flatten,
  input,
  Linear,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  Model,
  manualSeed,
  maxPool2d,
  ones,
  randn,
  Sequential,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("is its function, whose options it takes", () => {
  manualSeed(1);
  const x = randn([2, 3, 7, 8]);
  const options = { stride: [1, 2], padding: 1, dilation: 2, ceilMode: true };
  expect(new MaxPool2d(3, options).forward(x).toArray()).toEqual(maxPool2d(x, 3, options).toArray());
  expect(new MaxPool1d(2).forward(ones([1, 2, 5])).shape).toEqual([1, 2, 2]);
  expect(new MaxPool3d(2).forward(ones([1, 2, 5, 4, 6])).shape).toEqual([1, 2, 2, 2, 3]);
});

test("a functional model has it, and is trained with the gradient of the place that won", () => {
  const x = input([1, 4, 4]);
  const model = new Model({ inputs: x, outputs: new MaxPool2d(2).forward(x) });
  expect(model.forward(ones([3, 1, 4, 4])).shape).toEqual([3, 1, 2, 2]);
  const net = new Sequential([new MaxPool2d(2), new Flatten(), new Linear(4, 1)]);
  net
    .forward(randn([3, 1, 4, 4]))
    .sum()
    .backward();
  expect(net.parameters().every(({ grad }) => grad !== null)).toBe(true);
});

test("errors tell the layer", () => {
  expect(failure(() => new MaxPool2d(2).forward(ones([4, 4])))).toBe(
    "SHAPE MaxPool2d: x has shape [4, 4]; expected [n, c, h, w] or [c, h, w].",
  );
  expect(failure(() => new MaxPool2d(5).forward(ones([1, 1, 4, 4])))).toBe(
    "SHAPE MaxPool2d: a window of 5 × 5 does not fit into 4 × 4 (padding included). Take a smaller window, or more padding.",
  );
  expect(failure(() => new MaxPool2d(2, { strides: 1 } as never))).toMatch(/^ARGUMENT MaxPool2d: unknown option "strides"\. .*"stride"/);
});
