import { describe, expect, test } from "vitest";
import {
  capture,
  Dense,
  grad,
  gradcheck,
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

/** Whatever the registry of losses exports is held to this; its numbers are held against PyTorch's in golden.test.ts. */
const ALL = Object.entries(losses as unknown as Record<string, LossFunction<object>>);

test("the registry holds losses", () => expect(ALL.map(([name]) => name)).toEqual(expect.arrayContaining(["mse", "crossEntropy"])));

describe.each(ALL)("%s", (name, loss) => {
  const classes = loss.targets === "classes";
  const x = tensor(normals(12, 7), { shape: [4, 3], dtype: "float64", requiresGrad: true });
  /** Targets of every kind that the loss takes: labels and probabilities, or values from 0 to 1, which all losses take. */
  const targets: [string, Tensor][] = classes
    ? [
        ["labels", tensor([0, 2, 1, 1], { dtype: "int32" })],
        ["probabilities", tensor(normals(12, 5), { shape: [4, 3], dtype: "float64" }).softmax()],
      ]
    : [
        ["values", tensor(normals(12, 5), { shape: [4, 3], dtype: "float64" }).sigmoid()],
        ["whole values", tensor([0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1], { shape: [4, 3], dtype: "uint8" })],
      ];
  const [, y] = targets[0];

  test("says what it is", () => {
    expect(loss.name).toBe(name);
    expect(loss.declaration.op).toBe(name);
    expect(loss.capturable).toBe(true);
    expect(loss.aka.length).toBeGreaterThan(0);
    expect(ALL.filter(([other, { aka }]) => other !== name && aka.some((word) => loss.aka.includes(word)))).toEqual([]);
    expect("fromLogits" in loss.declaration.options).toBe(loss.squashing !== null);
  });

  test.each(targets)("%s: the gradient is that of the formula", (_, target) => {
    expect(loss(x, target).dtype).toBe("float64");
    for (const reduction of ["mean", "sum", "none"]) gradcheck((prediction) => loss(prediction, target, { reduction }), [x]);
  });

  test.each(targets)("%s: reductions", (_, target) => {
    const each = loss(x, target, { reduction: "none" });
    expect(each.shape).toEqual(classes ? [4] : [4, 3]);
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
      `ARGUMENT ${name}: reduction is "avg"; expected "mean", "sum" or "none".`,
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
    const target = classes ? y : y.cast("float32");
    const [eager, captured] = [step(target).map(({ data }) => [...data]), capture(step)];
    for (let i = 0; i < 4; i++) expect(captured(target).map(({ data }) => [...data])).toEqual(eager);
    expect(captured.status().state).toBe("replaying");
  });
});
