import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { Rprop } from "../../src/optim/index.js";

describe("Rprop", () => {
  it("goes by signs alone: step by step, by hand", () => {
    const x = new Parameter(tensor([0], { dtype: "float64" }));
    const optimizer = new Rprop([x], { learningRate: 0.1, etas: [0.5, 2], stepSizes: [0.01, 0.3] });
    const follow = (g: number): number => {
      x.grad = tensor([g], { dtype: "float64" });
      optimizer.step();
      return x.item();
    };
    expect(follow(1000)).toBeCloseTo(-0.1, 12);
    expect(follow(1e-3)).toBeCloseTo(-0.3, 12); // the step has doubled
    expect(follow(1)).toBeCloseTo(-0.6, 12); // it is at most 0.3
    expect(follow(-1)).toBeCloseTo(-0.6, 12); // the sign changed: no step, and a shorter one from now on
    expect(follow(-1)).toBeCloseTo(-0.45, 12); // after 0 it neither grows nor shrinks
    expect(follow(-1)).toBeCloseTo(-0.15, 12);
  });

  it("says what is wrong with an option", () => {
    expect(() => new Rprop({ etas: [1.2, 0.5] })).toThrow("Rprop: etas is [1.2, 0.5]; expected two numbers, one below 1 and one above.");
    expect(() => new Rprop({ stepSizes: [1, 0.1] })).toThrow("Rprop: stepSizes is [1, 0.1]; expected two numbers > 0 in ascending order.");
  });
});
