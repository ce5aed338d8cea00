import { describe, expect, it } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { Adam, Nadam } from "../../src/optim/index.js";

const at = (x: number) => new Parameter(tensor([x, -x], { dtype: "float64" }));

describe("Nadam", () => {
  it("its first step is that of the formula", () => {
    const x = at(0);
    x.grad = tensor([2, -300], { dtype: "float64" });
    new Nadam([x], { learningRate: 0.1 }).step();
    const [mu, next] = [1, 2].map((t) => 0.9 * (1 - 0.5 * 0.96 ** (t * 4e-3)));
    const step = 0.1 * ((1 - mu) / (1 - mu) + (next * 0.1) / (1 - mu * next));
    expect(x.data[0]).toBeCloseTo(-step, 8);
    expect(x.data[1]).toBeCloseTo(step, 8);
  });

  it("without momentum it is Adam without momentum", () => {
    const [x, y] = [at(1), at(1)];
    const [one, other] = [new Nadam([x], { beta1: 0, learningRate: 0.1 }), new Adam([y], { beta1: 0, learningRate: 0.1 })];
    for (let t = 0; t < 10; t++) {
      x.grad = x.square().mul(Math.cos(t));
      y.grad = y.square().mul(Math.cos(t));
      one.step();
      other.step();
    }
    for (const i of [0, 1]) expect(x.data[i]).toBeCloseTo(y.data[i], 12);
  });

  it("weight decay that is decoupled shrinks by lr · λ where no gradient is", () => {
    const x = at(1);
    const optimizer = new Nadam([x], { learningRate: 0.1, weightDecay: 0.5, decoupledWeightDecay: true });
    for (let t = 0; t < 3; t++) {
      x.grad = tensor([0, 0], { dtype: "float64" });
      optimizer.step();
    }
    expect(x.data[0]).toBeCloseTo(0.95 ** 3, 12);
  });

  it("knows the words of Keras' older version", () => {
    expect(() => new Nadam({ schedule_decay: 0.004 } as never)).toThrow('Did you mean "momentumDecay"?');
    expect(() => new Nadam({ decay: 0.1 } as never)).toThrow('Did you mean "learningRate"?');
  });
});
