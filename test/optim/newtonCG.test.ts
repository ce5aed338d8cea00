import { describe, expect, it } from "vitest";
import { Dense, manualSeed, NewtonCG, Parameter, randint, randn, Sequential, tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";
import { disposedOf } from "../support/optimizers.js";
import { lossOf } from "../support/trajectories.js";

function at(...x: number[]): Parameter {
  return new Parameter(tensor(x, { dtype: "float64" }));
}

describe("NewtonCG", () => {
  it("needs hardly more than one iteration where the loss is quadratic", () => {
    const x = at(1.5, -1, 2, 0.5, -3);
    const optimizer = disposedOf(new NewtonCG([x], { maxIter: 6, toleranceChange: 1e-18 }));
    let evaluations = 0;
    optimizer.step(() => {
      evaluations++;
      return lossOf("quadratic", x);
    });
    for (const [i, value] of [0.367697632, -1.002661826, 0.402560542, 1.991190058, -2.992933278].entries())
      expect(x.data[i]).toBeCloseTo(value, 5);
    expect(evaluations).toBeLessThan(16);
  });

  it("follows Rosenbrock's valley in as few iterations as Newton's method", () => {
    const x = at(-1.2, 1);
    const optimizer = disposedOf(new NewtonCG([x], { maxIter: 30, toleranceChange: 1e-18 }));
    optimizer.step(() => lossOf("rosenbrock", x));
    expect(x.data[0]).toBeCloseTo(1, 6);
    expect(x.data[1]).toBeCloseTo(1, 6);
  });

  it("leaves a saddle along the direction that bends downwards", () => {
    // x² − y² + y⁴ has its saddle at 0 and is least at y = ±1/√2.
    const x = at(1, 1e-3);
    const optimizer = disposedOf(new NewtonCG([x], { maxIter: 30 }));
    const square = () => x.square();
    const mask = (values: number[]) => tensor(values, { dtype: "float64" });
    optimizer.step(() =>
      square()
        .mul(mask([1, -1]))
        .add(
          square()
            .square()
            .mul(mask([0, 1])),
        )
        .sum(),
    );
    expect(x.data[0]).toBeCloseTo(0, 4);
    expect(Math.abs(x.data[1])).toBeCloseTo(Math.SQRT1_2, 4);
  });

  it("trains in fit, with and without capture alike", async () => {
    const run = async (capture: boolean) => {
      manualSeed(2);
      const model = new Sequential([new Dense(6, { activation: "tanh" }), new Dense(3)]);
      model.compile({ optimizer: new NewtonCG({ maxIter: 3 }), loss: "crossEntropy" });
      const { history } = await model.fit({ x: randn([40, 4]), y: randint(0, 3, [40]) }, { batchSize: 40, epochs: 4, verbose: 0, capture });
      return { history, weights: model.parameters().map(({ data }) => [...data]) };
    };
    const found = await run(true);
    expect(found).toEqual(await run(false));
    expect(found.history.loss[3]).toBeLessThan(0.7 * found.history.loss[0]);
  });

  it("needs a loss whose graph is still there", () => {
    const x = at(1, 2);
    const optimizer = disposedOf(new NewtonCG([x]));
    const consumed = () => {
      const loss = x.square().sum();
      loss.backward();
      return loss;
    };
    expect(failure(() => optimizer.step(consumed))).toMatch(/^GRAPH .*consumed/);
    expect([...x.data]).toEqual([1, 2]);
  });
});
