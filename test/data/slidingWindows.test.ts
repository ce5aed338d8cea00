import { expect, test } from "vitest";
import { slidingWindows } from "../../src/data.js";
import { arange, Linear, LSTM, Sequential } from "../../src/index.js";
import { failure } from "../support/errors.js";

test("windows of a series of numbers, with what comes behind", () => {
  const { x, y } = slidingWindows([0, 1, 2, 3, 4, 5, 6, 7], { length: 3, horizon: 2, gap: 1, stride: 2 });
  expect(x.toArray()).toEqual([
    [0, 1, 2],
    [2, 3, 4],
  ]);
  expect(y.toArray()).toEqual([
    [4, 5],
    [6, 7],
  ]);
});

test("several features: all of them, some, or one are predicted", () => {
  const series = arange(10).reshape([5, 2]);
  const { x, y } = slidingWindows(series, { length: 2 });
  expect([x.shape, y.shape]).toEqual([
    [3, 2, 2],
    [3, 1, 2],
  ]);
  expect(x.toArray()).toEqual([0, 1, 2].map((i) => [0, 1].map((step) => [2 * (i + step), 2 * (i + step) + 1])));
  expect(y.toArray()).toEqual([[[4, 5]], [[6, 7]], [[8, 9]]]);
  expect(slidingWindows(series, { length: 2, target: 1 }).y.toArray()).toEqual([[5], [7], [9]]);
  expect(slidingWindows(series, { length: 2, target: [1, 0] }).y.toArray()).toEqual([[[5, 4]], [[7, 6]], [[9, 8]]]);
  const none = slidingWindows(series, { length: 5, horizon: 0 });
  expect([none.x.shape, none.y.shape]).toEqual([
    [1, 5, 2],
    [1, 0, 2],
  ]);
});

test("a model learns of them", async () => {
  const { x, y } = slidingWindows(arange(60).reshape([60, 1]).div(60), { length: 5, target: 0 });
  const model = new Sequential([new LSTM(1, 4), new Linear(4, 1)]);
  model.compile({ optimizer: "adam", loss: "mse" });
  const { history } = await model.fit({ x, y }, { epochs: 5, verbose: 0 });
  expect(history.loss[4]).toBeLessThan(history.loss[0]);
});

test("wrong calls", () => {
  expect(failure(() => slidingWindows([1, 2], { length: 2 }))).toBe(
    "ARGUMENT slidingWindows: the series has 2 steps; a window of 2, a gap of 0 and a horizon of 1 need 3.",
  );
  expect(failure(() => slidingWindows([1, 2, 3], {} as never))).toMatch(/^ARGUMENT slidingWindows: length is undefined/);
  expect(failure(() => slidingWindows([1, 2, 3], { length: 1, target: 0 }))).toMatch(/target is 0; the series has shape \[3\]/);
  expect(
    failure(() =>
      slidingWindows(
        [
          [1, 2],
          [3, 4],
        ],
        { length: 1, target: 2 },
      ),
    ),
  ).toMatch(/target is 2; the series has shape \[2, 2\]/);
  expect(failure(() => slidingWindows([[[1]]], { length: 1 }))).toMatch(/^SHAPE slidingWindows: the series has shape \[1, 1, 1\]/);
});
