import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { AdamW } from "../../src/optim/index.js";

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
