import { expect, test } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { ASGD } from "../../src/optim/index.js";

test("the average is the parameter until t0, and then the mean of the parameters on the way", () => {
  const x = new Parameter(tensor([1, -2], { dtype: "float64" }));
  const optimizer = new ASGD([x], { learningRate: 0.1, lambd: 0, t0: 2 });
  const way: number[][] = [];
  for (let t = 1; t <= 6; t++) {
    x.grad = tensor([t, -1], { dtype: "float64" });
    optimizer.step();
    way.push([...x.data]);
    const average = optimizer.stateDict().parameters[0].states.average.data;
    // The mean begins with update t0 + 2, whose share is the first that counts: 1/1.
    const counted = t <= 4 ? way.slice(-1) : way.slice(3);
    for (const i of [0, 1]) expect(average[i]).toBeCloseTo(counted.reduce((sum, one) => sum + one[i], 0) / counted.length, 12);
  }
});

test("the rate falls with lambd", () => {
  const x = new Parameter(tensor([0], { dtype: "float64" }));
  const optimizer = new ASGD([x], { learningRate: 0.1, lambd: 2, alpha: 1 });
  for (let t = 1; t <= 4; t++) {
    const before = x.item();
    x.grad = tensor([1], { dtype: "float64" });
    optimizer.step();
    // PyTorch keeps the rate in float32.
    expect((before - x.item()) / (1 + 2 * before)).toBeCloseTo(0.1 / (1 + 0.2 * (t - 1)), 7);
  }
});
