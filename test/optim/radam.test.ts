import { expect, test } from "vitest";
import { Parameter, tensor } from "../../src/index.js";
import { RAdam } from "../../src/optim/index.js";

test("RAdam goes along the mean gradient for five steps, and by its quotient from then on", () => {
  const x = new Parameter(tensor([0], { dtype: "float64" }));
  const optimizer = new RAdam([x], { learningRate: 1 });
  const steps = Array.from({ length: 6 }, () => {
    const before = x.item();
    x.grad = tensor([100], { dtype: "float64" });
    optimizer.step();
    return before - x.item();
  });
  for (const step of steps.slice(0, 5)) expect(step).toBeCloseTo(100, 9);
  // ρ = 5.99 after six steps: r of the formula.
  const [most, power] = [1999, 0.999 ** 6];
  const rho = most - (12 * power) / (1 - power);
  expect(steps[5]).toBeCloseTo(Math.sqrt(((rho - 4) * (rho - 2) * most) / ((most - 4) * (most - 2) * rho)), 7);
});
