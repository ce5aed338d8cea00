import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { SGD } from "../../src/optim/index.js";

describe("SGD", () => {
  /** One element at 1 whose gradient is 1 at every step. */
  function steps(n: number, options: ConstructorParameters<typeof SGD>[1]): number[] {
    const x = new Parameter(tensor([1], { dtype: "float64" }));
    const optimizer = new SGD([x], options);
    return Array.from({ length: n }, () => {
      x.grad = tensor([1], { dtype: "float64" });
      optimizer.step();
      return x.item();
    });
  }

  it("goes down the gradient by the learning rate", () => {
    expect(steps(2, { learningRate: 0.25 })).toEqual([0.75, 0.5]);
    expect(steps(1, {})).toEqual([0.99]);
  });

  it("begins its velocity with the whole gradient, whatever the dampening", () => {
    // v = 1, then 0.5 · 1 + 0.75 · 1
    expect(steps(2, { learningRate: 0.5, momentum: 0.5, dampening: 0.25 })).toEqual([0.5, -0.125]);
  });

  it("decays its learning rate by 1 + decay · step", () => {
    const [first, second, third] = steps(3, { learningRate: 0.5, decay: 1 });
    expect(first).toBe(0.5);
    expect(second).toBe(0.25);
    expect(third).toBeCloseTo(0.25 - 0.5 / 3, 15);
  });

  it("decays weights through the gradient", () => {
    expect(steps(1, { learningRate: 0.5, weightDecay: 0.5 })).toEqual([0.25]);
  });

  it("says what is wrong with an option", () => {
    expect(() => new SGD({ momentum: -1 })).toThrow("SGD: momentum is -1; expected a number ≥ 0.");
    expect(() => new SGD({ decay: Number.NaN })).toThrow("SGD: decay is NaN; expected a number ≥ 0.");
    expect(() => new SGD({ nesterov: true })).toThrow(
      "SGD: nesterov with momentum 0 and dampening 0; expected momentum above 0 and dampening 0.",
    );
    expect(() => new SGD({ lr: 0.1 } as never)).toThrow(
      'SGD: unknown option "lr". Known: learningRate, momentum, dampening, nesterov, weightDecay, maximize, decay, clipValue, clipNorm, globalClipNorm, adaptiveClip.',
    );
  });
});
