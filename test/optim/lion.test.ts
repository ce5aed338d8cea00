import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { Lion } from "../../src/optim/index.js";
import { builds, withBuild } from "../support/kernels.js";
import { disposedOf } from "../support/optimizers.js";

describe.each(builds)("Lion, %s", (build) => {
  it("steps by the rate along the sign, in every coordinate; by nothing where the mean is 0; NaN stays", () => {
    withBuild(build, () => {
      const x = new Parameter(tensor([1, 1, 1, 1, 1]));
      const optimizer = disposedOf(new Lion([x], { learningRate: 0.25 }));
      x.grad = tensor([1e-30, -1e30, 0, -0, Number.NaN]);
      optimizer.step();
      expect([...x.data]).toEqual([0.75, 1.25, 1, 1, Number.NaN]);
    });
  });

  it("turns when the gradient outweighs the momentum in the mean of β₁, which keeps its pace by β₂", () => {
    withBuild(build, () => {
      const x = new Parameter(tensor([0, 0]));
      const optimizer = disposedOf(new Lion([x], { learningRate: 1, beta1: 0.5, beta2: 0.75 }));
      const follow = (a: number, b: number): number[] => {
        x.grad = tensor([a, b]);
        optimizer.step();
        return [...x.data];
      };
      expect(follow(4, 4)).toEqual([-1, -1]); // m = 1
      expect(follow(-0.5, -2)).toEqual([-2, 0]); // signs of 0.5 and −0.5
    });
  });

  it("shrinks the weights by lr · λ beside the step", () => {
    withBuild(build, () => {
      const x = new Parameter(tensor([8]));
      x.grad = tensor([1]);
      disposedOf(new Lion([x], { learningRate: 0.5, weightDecay: 0.25 })).step();
      expect(x.item()).toBe(8 * (1 - 0.5 * 0.25) - 0.5);
    });
  });
});
