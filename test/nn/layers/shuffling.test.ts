import { expect, test } from "vitest";
import { ChannelShuffle, channelShuffle, PixelShuffle, PixelUnshuffle, pixelShuffle, pixelUnshuffle, randn } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("layers do what the functions do", () => {
  const x = randn([2, 8, 4, 6]);
  expect(new PixelShuffle(2).forward(x).toArray()).toEqual(pixelShuffle(x, 2).toArray());
  expect(new PixelUnshuffle(2).forward(x).toArray()).toEqual(pixelUnshuffle(x, 2).toArray());
  expect(new ChannelShuffle(4).forward(x).toArray()).toEqual(channelShuffle(x, 4).toArray());
});

test("errors", () => {
  expect(failure(() => new PixelShuffle(0.5))).toBe(
    "ARGUMENT PixelShuffle: upscaleFactor is 0.5; expected a whole number ≥ 1. Write a whole number such as 2.",
  );
  expect(failure(() => new ChannelShuffle(3).forward(randn([1, 4, 2])))).toContain("has 4 channels; expected a multiple of 3.");
});
