import { describe, expect, it } from "vitest";
import {
  cosineDecay,
  exponentialDecay,
  inverseTimeDecay,
  linearDecay,
  linearWarmup,
  Parameter,
  perEpoch,
  piecewiseConstant,
  SGD,
  tensor,
} from "../../src/index.js";

describe("schedules of the lectures", () => {
  it("power: after s, 2s, 3s steps a half, a third, a quarter", () => {
    const rate = inverseTimeDecay(0.1, { steps: 10 });
    for (const [step, part] of [
      [0, 1],
      [10, 2],
      [20, 3],
      [30, 4],
    ])
      expect(rate(step)).toBeCloseTo(0.1 / part, 12);
  });

  it("power: SGD's old option decay is the same with s = 1/decay", () => {
    const w = new Parameter(tensor([0]));
    const optimizer = new SGD([w], { learningRate: 0.01, decay: 1e-4 });
    const rate = inverseTimeDecay(0.01, { steps: 1e4 });
    for (let step = 0; step < 5; step++) {
      const before = w.data[0];
      w.sum().backward();
      optimizer.step();
      optimizer.zeroGrad();
      expect(before - w.data[0]).toBeCloseTo(rate(step), 7);
    }
  });

  it("exponential: 0.01 · 0.1^(epoch/20), an order of magnitude every 20 epochs", () => {
    const rate = perEpoch(exponentialDecay(0.01, { gamma: 0.1, steps: 20 }), 3);
    for (const epoch of [0, 5, 20, 40]) expect(rate(3 * epoch)).toBeCloseTo(0.01 * 0.1 ** (epoch / 20), 12);
  });

  it("exponential: by e^(rate · epoch) it is a factor of e^rate", () => {
    const rate = exponentialDecay(1, { gamma: Math.exp(-0.1) });
    expect(rate(7)).toBeCloseTo(Math.exp(-0.7), 12);
  });

  it("piecewise constant: 0.01 up to epoch 5, 0.005 up to 15, then 0.001", () => {
    const rate = piecewiseConstant([0.01, 0.005, 0.001], { milestones: [5, 15] });
    expect([0, 4, 5, 14, 15, 99].map((epoch) => rate(epoch))).toEqual([0.01, 0.01, 0.005, 0.005, 0.001, 0.001]);
  });

  it("cosine: ½α₀(1 + cos πt/T), not ½α₀ + (1 + cos πt/T)", () => {
    const rate = cosineDecay(0.4, { steps: 100 });
    for (const t of [0, 30, 50, 100]) expect(rate(t)).toBeCloseTo(0.2 * (1 + Math.cos((Math.PI * t) / 100)), 12);
  });

  it("linear: α₀(1 − t/T)", () => {
    const rate = linearDecay(0.4, { steps: 100 });
    for (const t of [0, 25, 100]) expect(rate(t)).toBeCloseTo(0.4 * (1 - t / 100), 12);
  });

  it("warm-up: the rate rises in a line over its first steps, and goes on as the schedule behind says", () => {
    const rate = linearWarmup(cosineDecay(0.1, { steps: 50 }), { steps: 10 });
    const rises = Array.from({ length: 10 }, (_, step) => rate(step + 1) - rate(step));
    for (const rise of rises.slice(1, 8)) expect(rise).toBeCloseTo(rises[0], 6);
    expect(rate(10)).toBeCloseTo(0.1, 6);
  });
});
