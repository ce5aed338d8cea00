import { expect, test } from "vitest";
import {
  BatchNorm1d,
  Dense,
  Dropout,
  input,
  Linear,
  Model,
  manualSeed,
  monteCarlo,
  ones,
  randn,
  Sequential,
  type Tensor,
} from "../../src/index.js";
import { bits, rejection } from "../support/toy.js";

test("mean and standard deviation of the dropped input are those of the binomial formula", async () => {
  const model = new Sequential([new Dropout(0.5)]).eval();
  const { mean, std } = await monteCarlo(model, ones([200, 10]), { samples: 400 });
  // Each element is 0 or 2: mean 1, standard deviation 1.
  expect(mean.shape).toEqual([200, 10]);
  expect(mean.mean().item()).toBeCloseTo(1, 2);
  expect(std.mean().item()).toBeCloseTo(1, 2);
  expect(mean.sub(1).abs().max().item()).toBeLessThan(0.3);
});

test("the same seed gives the same, another another; a training beside it goes on as without it", async () => {
  manualSeed(1);
  const model = new Sequential([new Dense(8, { activation: "relu" }), new Dropout(0.3), new Dense(2)]);
  const x = randn([5, 3]);
  const ask = async (seed: number): Promise<unknown> => (await monteCarlo(model, x, { seed, samples: 5 })).std.toArray();
  const first = await ask(1);
  expect(await ask(1)).toEqual(first);
  expect(await ask(2)).not.toEqual(first);
  const train = async (between: () => Promise<unknown>): Promise<unknown> => {
    manualSeed(2);
    const fresh = new Sequential([new Dense(8, { activation: "relu" }), new Dropout(0.3), new Dense(2)]);
    const seen = [fresh.forward(x).toArray()];
    await between();
    seen.push(fresh.forward(x).toArray());
    await monteCarlo(fresh, x, { samples: 3 });
    return [...seen, fresh.forward(x).toArray()];
  };
  expect(await train(async () => {})).toEqual(await train(() => ask(3)));
});

test("batch norm is as in evaluation, and every module as it was before", async () => {
  manualSeed(3);
  const model = new Sequential([new Linear(3, 4), new BatchNorm1d(4), new Dropout(0.5), new Linear(4, 1)]);
  model.forward(randn([6, 3]));
  model.eval();
  model.children().get("2")?.train();
  const before = bits(model);
  const { std } = await monteCarlo(model, randn([6, 3]));
  expect(bits(model)).toEqual(before);
  expect([...model.namedModules().values()].map(({ training }) => training)).toEqual([false, false, false, true, false]);
  expect(std.min().item()).toBeGreaterThan(0);
  const sure = new Sequential([new Linear(3, 4), new BatchNorm1d(4)]);
  const found = await monteCarlo(sure, ones([2, 3]), { samples: 2 });
  expect(found.std.max().item()).toBe(0);
  expect(found.mean.toArray()).toEqual((await sure.predict(ones([2, 3]))).toArray());
});

test("several outputs, several batches, wrong calls", async () => {
  const x = input([3]);
  const model = new Model({ inputs: x, outputs: [new Dropout().forward(x), new Dense(2).forward(x)] });
  const { mean, std } = await monteCarlo<Tensor[]>(model, ones([7, 3]), { batchSize: 3, samples: 3 });
  expect([...mean, ...std].map(({ shape }) => shape)).toEqual([
    [7, 3],
    [7, 2],
    [7, 3],
    [7, 2],
  ]);
  expect(std[1].max().item()).toBeLessThan(1e-6);
  expect(await rejection(monteCarlo(model, ones([7, 3]), { samples: 1 }))).toBe(
    "ARGUMENT monteCarlo: samples is 1; expected a whole number ≥ 2.",
  );
  expect(await rejection(monteCarlo(model, ones([0, 3])))).toMatch(/^ARGUMENT monteCarlo: x has no samples/);
  expect(await rejection(monteCarlo({} as never, ones([1, 3])))).toMatch(/^ARGUMENT monteCarlo: the model is an object; expected a Module/);
});
