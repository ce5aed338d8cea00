import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { AdamW } from "../../src/optim/index.js";
import { builds, withBuild } from "../support/kernels.js";
import { follow, trajectories } from "../support/trajectories.js";

describe.each(builds)("AdamW, %s", (build) => {
  it.each(trajectories("AdamW"))("%s follows PyTorch", (_, one) => {
    const { lr, weight_decay } = one.config as { lr: number; weight_decay?: number };
    for (const dtype of ["float32", "float64"] as const) {
      withBuild(build, () => follow(one, dtype, (x) => new AdamW([x], { learningRate: lr, weightDecay: weight_decay })));
    }
  });
});

describe("AdamW", () => {
  it("shrinks weights whose gradient is 0 by lr · λ, 0.01 if not told otherwise", () => {
    const x = new Parameter(tensor([1, -2], { dtype: "float64" }));
    x.grad = tensor([0, 0], { dtype: "float64" });
    new AdamW([x], { learningRate: 0.5 }).step();
    expect([...x.data]).toEqual([0.995, -1.99]);
  });

  it("is called by its own name", () => {
    expect(() => new AdamW({ beta1: 2 })).toThrow("AdamW: beta1 is 2; expected a number from 0 to below 1.");
    expect(new AdamW([new Parameter(tensor([1]))]).stateDict().optimizer).toBe("AdamW");
  });
});
