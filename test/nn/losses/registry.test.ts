import { describe, expect, test } from "vitest";
import {
  capture,
  Dense,
  grad,
  gradcheck,
  gradgradcheck,
  type LossName,
  manualSeed,
  Parameter,
  Sequential,
  type Tensor,
  tensor,
  zeros,
} from "../../../src/index.js";
import type { LossFunction } from "../../../src/nn/index.js";
import * as losses from "../../../src/nn/losses.js";
import { failure } from "../../support/errors.js";
import { normals } from "../../support/kernels.js";
import { operandsOf } from "../../support/lossOperands.js";

/** Whatever the registry of losses exports is held to this; its numbers are held against PyTorch's in golden.test.ts. */
const ALL = Object.entries(losses as unknown as Record<string, LossFunction<object>>);

/** Losses of a prediction and a target; those of three tensors are held to the same in joint.test.ts, ctcLoss in a test of its own. */
const OF_TWO = ALL.filter(([name, loss]) => loss.length === 3 && name !== "ctcLoss");

test("the registry holds losses", () => expect(ALL.map(([name]) => name)).toEqual(expect.arrayContaining(["mse", "crossEntropy"])));

test.each(ALL)("%s says what it is", (name, loss) => {
  expect(loss.name).toBe(name);
  expect(loss.declaration.op).toBe(name);
  expect(loss.capturable).toBe(true);
  expect(loss.aka.length).toBeGreaterThan(0);
  expect(ALL.filter(([other, { aka }]) => other !== name && aka.some((word) => loss.aka.includes(word)))).toEqual([]);
  expect("fromLogits" in loss.declaration.options).toBe(loss.squashing !== null);
});

describe.each(OF_TWO)("%s", (name, loss) => {
  const classes = loss.targets === "classes";
  const { prediction: x, targets: named, each: shape } = operandsOf(name);
  const targets = Object.entries(named);
  const [, y] = targets[0];

  test.each(targets)("%s: the gradient is that of the formula", (_, target) => {
    expect(loss(x, target).dtype).toBe("float64");
    for (const reduction of ["mean", "sum", "none"]) gradcheck((prediction) => loss(prediction, target, { reduction }), [x]);
    gradgradcheck((prediction) => loss(prediction, target), [x]);
  });

  test.each(targets)("%s: reductions", (_, target) => {
    const each = loss(x, target, { reduction: "none" });
    expect(each.shape).toEqual(shape);
    expect(loss(x, target, { reduction: "sum" }).item()).toBeCloseTo(each.sum().item(), 10);
    const mean = loss(x, target);
    expect(mean.shape).toEqual([]);
    expect(mean.item()).toBeCloseTo(each.mean().item(), 10);
    expect(loss(x, target, { reduction: "mean" }).item()).toBe(mean.item());
  });

  test("never broadcasts", () => {
    expect(failure(() => loss(zeros([3, 4]), zeros([4, 3])))).toMatch(
      new RegExp(`^SHAPE ${name}: prediction \\[3, 4\\] and target \\[4, 3\\]`),
    );
    if (classes) return;
    const differ = "differ in shape; a loss never broadcasts.";
    expect(failure(() => loss(zeros([32]), zeros([32, 1])))).toBe(
      `SHAPE ${name}: prediction [32] and target [32, 1] ${differ} Use target.squeeze(1).`,
    );
    expect(failure(() => loss(zeros([32, 1]), zeros([32])))).toBe(
      `SHAPE ${name}: prediction [32, 1] and target [32] ${differ} Use prediction.squeeze(1).`,
    );
    expect(failure(() => loss(zeros([4, 2]), zeros([2, 4])))).toBe(
      `SHAPE ${name}: prediction [4, 2] and target [2, 4] ${differ} Bring both to one shape with reshape.`,
    );
  });

  test("refuses what it does not know", () => {
    expect(failure(() => loss(x, y, { reducton: "sum" } as never))).toMatch(
      new RegExp(`^ARGUMENT ${name}: unknown option "reducton"\\. Known: reduction.* Did you mean "reduction"\\?$`),
    );
    expect(failure(() => loss(x, y, { reduction: "avg" } as never))).toBe(
      `ARGUMENT ${name}: reduction is "avg"; expected ${name === "klDivergence" ? '"mean", "sum", "none" or "batchMean"' : '"mean", "sum" or "none"'}.`,
    );
    expect(failure(() => loss(x, y, "sum" as never))).toBe(
      `ARGUMENT ${name}: the options are "sum"; expected an object. Write { reduction: "sum" }.`,
    );
    expect(failure(() => (loss as (...args: unknown[]) => Tensor)(x, y, {}, 1))).toBe(
      `ARGUMENT ${name}: 4 arguments were given; it takes at most 3.`,
    );
    expect(failure(() => loss(x, [0, 0] as never))).toBe(
      `ARGUMENT ${name}: target is an array of length 2; expected a tensor. Wrap it with tensor(…).`,
    );
    expect(failure(() => loss(1 as never, y))).toBe(`ARGUMENT ${name}: prediction is 1; expected a tensor. Wrap it with tensor(…).`);
  });

  test("fit captures it, with the bits of the loop that one writes", async () => {
    const run = async (byName: boolean): Promise<unknown> => {
      manualSeed(4);
      const model = new Sequential([new Dense(3, { inputShape: [2] })]);
      model.compile({ optimizer: "sgd", loss: byName ? (name as LossName) : loss });
      const data = { x: tensor(normals(8, 3), { shape: [4, 2] }), y };
      const { history } = await model.fit(data, { epochs: 5, shuffle: false, capture: byName, verbose: 0 });
      return [history.loss, [...model.stateDict().values()].map(({ data }) => [...data])];
    };
    expect(await run(true)).toEqual(await run(false));
    const weight = new Parameter(tensor(normals(12, 2), { shape: [4, 3] }));
    const step = (target: Tensor): Tensor[] => {
      const result = loss(weight.mul(2), target);
      return [result, ...grad(result, [weight])];
    };
    const target = y.dtype === "float64" ? y.cast("float32") : y;
    const [eager, captured] = [step(target).map(({ data }) => [...data]), capture(step)];
    for (let i = 0; i < 4; i++) expect(captured(target).map(({ data }) => [...data])).toEqual(eager);
    expect(captured.status().state).toBe("replaying");
  });
});
