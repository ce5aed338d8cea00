import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { Adagrad } from "../../src/optim/index.js";
import { disposedOf } from "../support/optimizers.js";

/** The steps of one coordinate under a gradient that stays. */
function steps(gradient: number, options: object, count: number): number[] {
  const x = new Parameter(tensor([0], { dtype: "float64" }));
  const optimizer = disposedOf(new Adagrad([x], options));
  return Array.from({ length: count }, () => {
    const before = x.item();
    x.grad = tensor([gradient], { dtype: "float64" });
    optimizer.step();
    return before - x.item();
  });
}

describe("Adagrad", () => {
  it("steps by lr/√t under a gradient that stays, however large: its own square counts at the first step already", () => {
    for (const gradient of [1e-3, 7, 1e6]) {
      for (const [t, step] of steps(gradient, { learningRate: 0.5 }, 5).entries()) expect(step).toBeCloseTo(0.5 / Math.sqrt(t + 1), 6);
    }
  });

  it("begins with the initial accumulator, and lets the rate fall by a parameter's own updates", () => {
    const found = steps(2, { learningRate: 0.5, initialAccumulator: 5, decay: 0.1, epsilon: 0.01 }, 3);
    for (const [t, step] of found.entries()) {
      expect(step).toBeCloseTo((0.5 / (1 + 0.1 * t)) * (2 / (Math.sqrt(5 + 4 * (t + 1)) + 0.01)), 12);
    }
  });

  it("knows PyTorch's words", () => {
    expect(() => new Adagrad({ lrDecay: 0.1 } as never)).toThrow('Did you mean "decay"?');
    expect(() => new Adagrad({ initial_accumulator_value: 0.1 } as never)).toThrow('Did you mean "initialAccumulator"?');
  });
});
