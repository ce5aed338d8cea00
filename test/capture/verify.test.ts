import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { capture, ones, type Tensor, tensor } from "../../src/index.js";
import { expectSameBits, trial } from "../support/captured.js";

describe("SIMDGRAD_CHECK_CAPTURE", () => {
  beforeEach(() => {
    process.env.SIMDGRAD_CHECK_CAPTURE = "4";
  });
  afterEach(() => {
    delete process.env.SIMDGRAD_CHECK_CAPTURE;
  });

  test("is a whole number", () => {
    process.env.SIMDGRAD_CHECK_CAPTURE = "yes";
    expect(() => capture((x: Tensor) => x.neg())(ones([2]))).toThrow(
      'capture: SIMDGRAD_CHECK_CAPTURE is "yes"; expected a whole number ≥ 0.',
    );
  });

  test("holds replays against the step, and changes nothing", () => {
    expectSameBits((captured) => trial(captured));
  });

  test("finds a closure that changed after the recording", () => {
    let slope = 0.1;
    const step = capture((x: Tensor) => x.leakyRelu({ slope }));
    for (let i = 0; i < 6; i++) step(tensor([-1]));
    slope = 0.2;
    expect(() => {
      for (let i = 0; i < 4; i++) step(tensor([-1]));
    }).toThrow(/^capture: the step does something else now than when it was recorded: call 1, "leakyRelu", was given another number/);
  });
});
