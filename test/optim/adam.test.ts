import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { Adam } from "../../src/optim/index.js";

describe("Adam", () => {
  it("moves every coordinate by the learning rate at its first step", () => {
    const x = new Parameter(tensor([0, 0, 0], { dtype: "float64" }));
    x.grad = tensor([1e-3, -5, 1e4], { dtype: "float64" });
    new Adam([x]).step();
    expect(Math.max(...[...x.data].map((value, i) => Math.abs(value - [-1e-3, 1e-3, -1e-3][i])))).toBeLessThan(1e-7);
  });

  it("leaves elements alone whose gradient is 0", () => {
    const x = new Parameter(tensor([1, 2]));
    x.grad = tensor([0, 0]);
    new Adam([x]).step();
    expect([...x.data]).toEqual([1, 2]);
  });

  it("corrects the bias of a parameter by its own number of updates", () => {
    const step = (late: boolean) => {
      const [x, y] = [new Parameter(tensor([1])), new Parameter(tensor([1]))];
      const optimizer = new Adam([x, y]);
      if (late) {
        x.grad = tensor([1]);
        optimizer.step();
        optimizer.zeroGrad();
      }
      y.grad = tensor([3]);
      optimizer.step();
      return y.item();
    };
    expect(step(true)).toBe(step(false));
  });

  it("says what is wrong with an option", () => {
    expect(() => new Adam({ beta1: 1 })).toThrow("Adam: beta1 is 1; expected a number from 0 to below 1.");
    expect(() => new Adam({ beta2: -0.1 })).toThrow("Adam: beta2 is -0.1; expected a number from 0 to below 1.");
    expect(() => new Adam({ epsilon: 0 })).toThrow("Adam: epsilon is 0; expected a number > 0.");
    expect(() => new Adam({ epsilon: 1e-50 })).toThrow("Adam: epsilon is 1e-50; expected a number > 0. It is 0 in float32.");
    expect(() => new Adam({ weightDecay: "1" as never })).toThrow('Adam: weightDecay is "1"; expected a number ≥ 0.');
    expect(() => new Adam({ weight_decay: 1 } as never)).toThrow(
      /^Adam: unknown option "weight_decay"\. Known: .* Did you mean "weightDecay"\?$/,
    );
  });
});
