import { expect, test } from "vitest";
import {
  Adam,
  type Constraint,
  capture,
  Dense,
  deserializeModel,
  Linear,
  manualSeed,
  maxNorm,
  mse,
  nonNegative,
  type Optimizer,
  Parameter,
  proximalL1,
  randn,
  Sequential,
  SGD,
  type Tensor,
  tensor,
  unitNorm,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { bits } from "../support/toy.js";

/** What becomes of a weight in a step that does not move it. */
function held(weight: number[] | number[][], constraint: Constraint, learningRate = 0): unknown {
  const w = new Parameter(tensor(weight as number[]));
  w.constraint = constraint;
  w.sum().mul(0).backward();
  new SGD([w], { learningRate }).step();
  return w.toArray();
}

const ROWS = [
  [3, 4],
  [0, 0],
  [0.3, -0.4],
];

test("maxNorm: rows of more than the limit are scaled down, the others keep their bits; another axis, the whole", () => {
  expect(held(ROWS, maxNorm(2.5))).toEqual([
    [1.5, 2],
    [0, 0],
    [Math.fround(0.3), Math.fround(-0.4)],
  ]);
  const columns = held(ROWS, maxNorm(1, { axis: 1 })) as number[][];
  expect(Math.hypot(...columns.map(([first]) => first))).toBeCloseTo(1, 6);
  expect(Math.hypot(...(held(ROWS, maxNorm(2, { axis: null })) as number[][]).flat())).toBeCloseTo(2, 6);
  expect(held([3, -0.5], maxNorm(1))).toEqual([1, -0.5]);
});

test("unitNorm: rows of norm 1, zeros stay", () => {
  const [first, second, third] = held(ROWS, unitNorm()) as number[][];
  expect([first[0], first[1], third[0], third[1]].map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0.8, 0.6, -0.8]);
  expect(second).toEqual([0, 0]);
});

test("nonNegative: what is below 0 becomes 0", () => expect(held([-1, 0, 2], nonNegative())).toEqual([0, 0, 2]));

test("proximalL1: nearer to 0 by rate · factor, and 0 within", () =>
  expect(held([1, -1, 0.25, -0.125, 0], proximalL1(0.5), 0.5)).toEqual([0.75, -0.75, 0, 0, 0]));

test("wrong limits and axes are refused", () => {
  expect(failure(() => maxNorm(0))).toBe("ARGUMENT maxNorm: limit is 0; expected a number > 0.");
  expect(failure(() => maxNorm(1, { dim: 1 } as never))).toMatch(/Did you mean "axis"\?/);
  expect(failure(() => held([1, 2], maxNorm(1, { axis: 1 })))).toMatch(/^INDEX maxNorm: /);
  expect(failure(() => proximalL1(-1))).toBe("ARGUMENT proximalL1: factor is -1; expected a number ≥ 0.");
  expect(failure(() => (nonNegative as (x: number) => unknown)(1))).toMatch(/^ARGUMENT nonNegative: /);
});

test("ISTA finds the lasso's solution: exact zeros where it has them", () => {
  // With an orthonormal design, the solution is the least squares' one, drawn to 0 by n·λ/2 and no further (loss: mean of squares).
  const x = tensor([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const model = new Linear(3, 1, { bias: false, weightConstraint: proximalL1(0.4) });
  const optimizer = new SGD(model.parameters(), { learningRate: 0.5 });
  for (let i = 0; i < 100; i++) {
    optimizer.zeroGrad();
    mse(model.forward(x), tensor([[2], [-0.5], [1]])).backward();
    optimizer.step();
  }
  const [first, second, third] = model.weight.data;
  expect([first, third].map((value) => Number(value.toFixed(5)))).toEqual([1.4, 0.4]);
  expect(second).toBe(0);
});

test.each([
  ["SGD", (params: Parameter[]) => new SGD(params, { learningRate: (step: number) => 0.2 / (1 + step) })],
  ["Adam", (params: Parameter[]) => new Adam(params, { learningRate: 0.1 })],
] as [string, (params: Parameter[]) => Optimizer][])(
  "%s: captured steps have the bits of eager ones, the rate and a new constraint too",
  (_, make) => {
    const run = (captured: boolean): unknown => {
      manualSeed(7);
      const model = new Linear(4, 3, { weightConstraint: proximalL1(0.3), biasConstraint: nonNegative() });
      const optimizer = make(model.parameters());
      const step = (x: Tensor): void => {
        model.forward(x).square().mean().backward();
        optimizer.step();
        optimizer.zeroGrad();
      };
      const steps = captured ? capture(step) : step;
      for (let i = 0; i < 12; i++) {
        if (i === 7) model.weight.constraint = unitNorm();
        steps(randn([5, 4]));
      }
      return bits(model);
    };
    const found = run(true);
    expect(found).toEqual(run(false));
    expect((found as { bias: number[] }).bias.every((value) => value >= 0)).toBe(true);
  },
);

test("fit holds them, and a model that was saved", async () => {
  manualSeed(8);
  const model = new Sequential([new Dense(3, { weightConstraint: maxNorm(0.5), biasConstraint: nonNegative(), inputShape: [4] })]);
  for (const each of [model, deserializeModel(model.serialize()) as Sequential]) {
    each.compile({ optimizer: "adam", loss: "mse" });
    await each.fit({ x: randn([40, 4]), y: randn([40, 3]).mul(10) }, { epochs: 20, batchSize: 8, verbose: 0 });
    const { weight, bias } = Object.fromEntries([...each.stateDict()].map(([name, value]) => [name.slice(2), value]));
    for (const norm of weight.norm(1).data) expect(norm).toBeLessThan(0.5 + 1e-6);
    expect(Math.min(...bias.data)).toBeGreaterThanOrEqual(0);
  }
});

test("double precision", () => {
  const w = new Parameter(tensor([1, -2], { dtype: "float64" }));
  w.constraint = proximalL1(0.1);
  w.sum().backward();
  new SGD([w], { learningRate: 0.5 }).step();
  expect(w.toArray()).toEqual([0.5 - 0.05, -2.5 + 0.05]);
});
