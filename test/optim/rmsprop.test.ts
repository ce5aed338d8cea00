import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { RMSprop } from "../../src/optim/index.js";

describe("RMSprop", () => {
  it("divides by the root of 0.1 g² at its first step, as if v had been 0", () => {
    const x = new Parameter(tensor([0, 0], { dtype: "float64" }));
    x.grad = tensor([2, -300], { dtype: "float64" });
    new RMSprop([x]).step();
    const expected = 1e-3 / Math.sqrt(0.1);
    expect(x.data[0]).toBeCloseTo(-expected, 10);
    expect(x.data[1]).toBeCloseTo(expected, 10);
  });

  it("keeps finite when centered on a gradient that does not change", () => {
    const x = new Parameter(tensor([0]));
    const optimizer = new RMSprop([x], { centered: true });
    for (let t = 0; t < 500; t++) {
      x.grad = tensor([0.7]);
      optimizer.step();
    }
    expect(x.item()).toBeLessThan(0);
    expect(Number.isFinite(x.item())).toBe(true);
  });

  it("says what is wrong with an option", () => {
    expect(() => new RMSprop({ rho: 1 })).toThrow("RMSprop: rho is 1; expected a number from 0 to below 1.");
    expect(() => new RMSprop({ alpha: 0.9 } as never)).toThrow(/^RMSprop: unknown option "alpha"\. Known: learningRate, rho, /);
  });
});
