import { expect, test } from "vitest";
import { calculateGain } from "../../src/index.js";
import { failure } from "../support/errors.js";

test("gains are PyTorch's", () => {
  expect(calculateGain("linear")).toBe(1);
  expect(calculateGain("sigmoid")).toBe(1);
  expect(calculateGain("tanh")).toBe(5 / 3);
  expect(calculateGain("relu")).toBe(Math.SQRT2);
  expect(calculateGain("leakyRelu")).toBeCloseTo(1.4141428569978354, 12);
  expect(calculateGain("leakyRelu", 0.2)).toBeCloseTo(1.3867504905630728, 12);
  expect(calculateGain("selu")).toBe(0.75);
  expect(failure(() => calculateGain("rellu" as never))).toBe(
    'ARGUMENT calculateGain: the activation is "rellu"; expected linear, sigmoid, tanh, relu, leakyRelu, selu. Did you mean "relu"?',
  );
});
