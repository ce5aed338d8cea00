import { describe, expect, it } from "vitest";
import { ConjugateGradient, type ConjugateGradientOptions, Parameter, tensor } from "../../src/index.js";
import { disposedOf } from "../support/optimizers.js";
import { lossOf } from "../support/trajectories.js";

/** The least point of 0.5 xᵀAx − bᵀx of test/golden/optimizers.json: A⁻¹b. */
const LEAST = [0.367697632, -1.002661826, 0.402560542, 1.991190058, -2.992933278];

function minimize(problem: "quadratic" | "rosenbrock", options: ConjugateGradientOptions, steps = 1) {
  const x = new Parameter(tensor(problem === "quadratic" ? [1.5, -1, 2, 0.5, -3] : [-1.2, 1], { dtype: "float64" }));
  const optimizer = disposedOf(new ConjugateGradient([x], options));
  let evaluations = 0;
  for (let i = 0; i < steps; i++) {
    optimizer.step(() => {
      evaluations++;
      return lossOf(problem, x);
    });
  }
  return { x: [...x.data], evaluations, optimizer };
}

describe.each(["polakRibiere", "fletcherReeves"] as const)("%s", (method) => {
  it("needs few iterations where the loss is quadratic", () => {
    const { x, evaluations } = minimize("quadratic", { method, maxIter: 12 });
    for (const [i, value] of LEAST.entries()) expect(x[i]).toBeCloseTo(value, 4);
    expect(evaluations).toBeLessThan(45);
  });

  it("follows Rosenbrock's valley to its end", () => {
    const { x } = minimize("rosenbrock", { method, maxIter: 50 }, 4);
    for (const value of x) expect(value).toBeCloseTo(1, 4);
  });
});

it("the first direction is the gradient's, the second keeps β of it", () => {
  const { optimizer } = minimize("rosenbrock", { maxIter: 1 });
  const before = optimizer.stateDict();
  const { direction, gradient } = before.parameters[0].states;
  expect([...direction.data]).toEqual([...gradient.data].map((value) => -value));
  expect(before.numbers).toMatchObject({ age: 0 });
});

it("restarts after so many iterations", () => {
  // Within two iterations the directions of a plane are used up.
  const { optimizer } = minimize("quadratic", { maxIter: 4, restart: 1 });
  const { states } = optimizer.stateDict().parameters[0];
  expect([...states.direction.data]).toEqual([...states.gradient.data].map((value) => -value));
});
