import { expect, it } from "vitest";
import { type ScaleBatchSizeOptions, scaleBatchSize } from "../../src/index.js";
import { failure } from "../support/errors.js";

it("the linear rule scales the rate, and nothing else", () => {
  expect(scaleBatchSize({ from: 256, to: 8192, learningRate: 0.1, momentum: 0.9 })).toEqual({ learningRate: 3.2, momentum: 0.9 });
  expect(scaleBatchSize({ from: 64, to: 32, learningRate: 0.5 })).toEqual({ learningRate: 0.25 });
});

it("the square-root rule scales Adam's decays too", () => {
  const { learningRate, beta1, beta2 } = scaleBatchSize({ from: 32, to: 128, rule: "sqrt", learningRate: 1e-3, beta1: 0.9, beta2: 0.999 });
  expect(learningRate).toBeCloseTo(2e-3, 15);
  expect(beta1).toBeCloseTo(0.6, 12);
  expect(beta2).toBeCloseTo(0.996, 12);
});

it("the momentum rule keeps rate / (B (1 − μ))", () => {
  const { learningRate, momentum } = scaleBatchSize({ from: 32, to: 96, rule: "momentum", learningRate: 0.1, momentum: 0.7 });
  expect(learningRate).toBe(0.1);
  expect(learningRate / (96 * (1 - (momentum as number)))).toBeCloseTo(0.1 / (32 * 0.3), 12);
});

it("says what is wrong with a call", () => {
  const scale = (options: object) => failure(() => scaleBatchSize(options as ScaleBatchSizeOptions));
  expect(scale({ from: 0, to: 1, learningRate: 1 })).toContain("ARGUMENT scaleBatchSize: from is 0; expected a whole number ≥ 1");
  expect(scale({ from: 1, to: 1, learningRate: -1 })).toContain("learningRate is -1; expected a number ≥ 0");
  expect(scale({ from: 1, to: 1, learningRate: 1, momentum: 1 })).toContain("momentum is 1; expected a number from 0 to below 1");
  expect(scale({ from: 1, to: 2, learningRate: 1, rule: "momentum" })).toContain("momentum is not given. Give momentum: 0.9.");
  expect(scale({ from: 32, to: 640, learningRate: 1, rule: "sqrt", beta1: 0.9 })).toBe(
    "ARGUMENT scaleBatchSize: beta1 0.9 would become -1 with batches 20 times as large; expected a number from 0 to below 1. Change the batch size by less.",
  );
});
