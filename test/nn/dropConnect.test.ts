import { expect, test } from "vitest";
import {
  Conv2d,
  capture,
  Dense,
  deserializeModel,
  dropConnect,
  eye,
  Linear,
  manualSeed,
  randn,
  removeDropConnect,
  Sequential,
  SGD,
  type Tensor,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { bits } from "../support/toy.js";

test("in training weights fall with probability p and the others are divided by 1 − p; in evaluation none falls", () => {
  manualSeed(1);
  const layer = dropConnect(new Linear(100, 80, { bias: false }), { p: 0.25 });
  const weight = Array.from(layer.weight.data);
  const seen = Array.from(layer.forward(eye(100)).transpose().data);
  let fallen = 0;
  for (const [i, value] of seen.entries()) {
    if (value === 0) fallen++;
    else expect(value).toBeCloseTo(weight[i] / 0.75, 5);
  }
  // Three standard deviations of a share of 8,000.
  expect(Math.abs(fallen / 8000 - 0.25)).toBeLessThan(0.015);
  expect(Array.from(layer.forward(eye(100)).transpose().data)).not.toEqual(seen);
  expect(Array.from(layer.eval().forward(eye(100)).transpose().data)).toEqual(weight);
});

test("what fell has no gradient; the parameter keeps its name", () => {
  manualSeed(2);
  const layer = dropConnect(new Linear(4, 3));
  expect([...layer.namedParameters().keys()]).toEqual(["weight", "bias"]);
  const y = layer.forward(eye(4));
  y.sum().backward();
  const fell = y
    .sub(layer.bias as Tensor)
    .transpose()
    .toArray() as number[][];
  const gradient = layer.weight.grad?.toArray() as number[][];
  for (const [i, row] of fell.entries())
    for (const [j, value] of row.entries()) expect(gradient[i][j]).toBe(Math.abs(value) < 1e-6 ? 0 : 2);
});

test("is saved, loaded and taken away", () => {
  const model = new Sequential([dropConnect(new Dense(3, { inputShape: [4] }), { p: 0.3 }), dropConnect(new Dense(2))]);
  model.forward(randn([2, 4]));
  const again = deserializeModel(model.serialize());
  expect(again.describe()).toEqual(model.describe());
  const x = randn([5, 4]);
  const run = (each: Sequential): unknown => {
    manualSeed(3);
    return each.train().forward(x).toArray();
  };
  expect(run(again as Sequential)).toEqual(run(model));
  const layer = dropConnect(new Linear(3, 2));
  const weight = layer.weight.toArray();
  expect(removeDropConnect(layer).weight.toArray()).toEqual(weight);
  expect(failure(() => removeDropConnect(layer))).toMatch(/^ARGUMENT removeDropConnect: /);
  expect(failure(() => dropConnect(new Conv2d(1, 1, 1), { p: 2 }))).toMatch(/^ARGUMENT dropConnect: p is 2; expected a number from 0 to 1/);
});

test("captured steps have the bits of eager ones", () => {
  const run = (captured: boolean): unknown => {
    manualSeed(4);
    const model = new Sequential([dropConnect(new Linear(4, 8)), new Linear(8, 1)]);
    const optimizer = new SGD(model.parameters());
    const step = (x: Tensor): void => {
      model.forward(x).square().mean().backward();
      optimizer.step();
      optimizer.zeroGrad();
    };
    const steps = captured ? capture(step) : step;
    for (let i = 0; i < 8; i++) steps(randn([5, 4]));
    return bits(model);
  };
  expect(run(true)).toEqual(run(false));
});
