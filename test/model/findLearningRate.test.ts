import { describe, expect, test } from "vitest";
import {
  Adam,
  AdamW,
  BatchNorm1d,
  cosineDecay,
  Dense,
  Dropout,
  type FindLearningRateOptions,
  findLearningRate,
  History,
  manualSeed,
  type Optimizer,
  type OptimizerState,
  rand,
  Sequential,
  SGD,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { steepest, valley } from "../../src/model/rateSuggestions.js";
import { bits, blobs, rejection } from "../support/toy.js";

/** Lazy, with running statistics and random masks. */
function network(optimizer: Optimizer): Sequential {
  const layers = [new Dense(8, { activation: "relu" }), new BatchNorm1d(null), new Dropout(0.3), new Dense(3)];
  return new Sequential(layers).compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });
}

const numbersOf = ({ parameters, ...state }: OptimizerState) => ({
  ...state,
  parameters: parameters.map(({ states, ...rest }) => ({
    ...rest,
    states: Object.fromEntries(Object.entries(states).map(([name, { data }]) => [name, Array.from(data)])),
  })),
});

const options: FindLearningRateOptions = { from: 1e-5, to: 10, steps: 60, batchSize: 16 };

describe("findLearningRate", () => {
  test.each<[string, () => Optimizer]>([
    ["Adam", () => new Adam({ learningRate: 0.01 })],
    ["a schedule with momentum", () => new SGD({ learningRate: cosineDecay(0.1, { steps: 40 }), momentum: 0.9 })],
    ["AdamW, clipped", () => new AdamW({ globalClipNorm: 1 })],
  ])("leaves model, optimizer and random numbers as they were, to the bit: %s", async (_, make) => {
    manualSeed(3);
    const data = blobs(64);
    const run = async (search: boolean) => {
      manualSeed(4);
      const model = network(make());
      const find = async () => {
        if (search) await findLearningRate(model, data, options);
      };
      // Before the first training of a model that is not built, and between two.
      await find();
      await model.fit(data, { epochs: 2, batchSize: 16, verbose: 0 });
      const history = model.history;
      await find();
      expect(model.history).toBe(history);
      const between = { bits: bits(model), state: numbersOf(model.optimizer.stateDict()), drawn: rand([3]).toArray() };
      const { history: figures, steps } = await model.fit(data, { epochs: 2, batchSize: 16, verbose: 0 });
      return { between, figures, steps, bits: bits(model), state: numbersOf(model.optimizer.stateDict()) };
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test("restores modes, rates of groups, and what the optimizer's rate was", async () => {
    const data = blobs(64);
    const model = network(new SGD({ learningRate: 0.1 }));
    await model.fit(data, { epochs: 1, verbose: 0 });
    model.eval();
    model.optimizer.groups[0].learningRate = 0.3;
    await findLearningRate(model, data, options);
    expect([...model.namedModules().values()].some(({ training }) => training)).toBe(false);
    expect([model.optimizer.groups[0].learningRate, model.optimizer.learningRate]).toEqual([0.3, 0.1]);
    model.optimizer.groups[0].ownsRate = false;
    await findLearningRate(model, data, options);
    model.optimizer.learningRate = 0.2;
    expect(model.optimizer.groups[0].learningRate).toBe(0.2);
  });

  test("sweeps by a factor, and suggests a rate that trains well", async () => {
    manualSeed(5);
    const data = blobs(128);
    const model = network(new SGD());
    const { rates, losses, smoothed, suggestion, valley, steepest } = await findLearningRate(model, data, {
      ...options,
      divergence: Infinity,
    });
    expect(rates[0]).toBe(1e-5);
    expect(rates[rates.length - 1]).toBeCloseTo(10, 12);
    for (let i = 2; i < rates.length; i++) expect(rates[i] / rates[i - 1]).toBeCloseTo(1e6 ** (1 / 59), 10);
    expect([rates.length, losses.length, smoothed.length]).toEqual([60, 60, 60]);
    expect(smoothed[1]).toBeCloseTo((0.8 * losses[0] + losses[1]) / 1.8, 6);
    expect(suggestion).toBe(valley);
    for (const rate of [valley, steepest] as number[]) {
      expect(rate).toBeGreaterThan(1e-3);
      expect(rate).toBeLessThan(3);
    }
    model.optimizer.learningRate = suggestion as number;
    const { history } = await model.fit(data, { epochs: 15, batchSize: 16, verbose: 0 });
    expect(history.accuracy[14]).toBeGreaterThan(0.85);
  });

  test("the losses are those of steps at these rates", async () => {
    manualSeed(6);
    const data = blobs(32);
    const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer: "sgd", loss: "crossEntropy" });
    const before = model.stateDict();
    const { losses, rates } = await findLearningRate(model, data, { from: 0.1, to: 0.4, steps: 4, mode: "linear", shuffle: false });
    expect(rates.map((rate) => rate.toFixed(10))).toEqual(["0.1000000000", "0.2000000000", "0.3000000000", "0.4000000000"]);
    model.loadStateDict(before);
    model.optimizer.learningRate = (step) => rates[step];
    const { steps } = await model.fit(data, { epochs: 4, shuffle: false, verbose: 0 });
    expect(losses).toEqual(steps.loss);
  });

  test("ends where the loss explodes, or is no longer finite", async () => {
    const { x } = blobs(64);
    const data = { x, y: (x as Tensor).sum(1) };
    const model = new Sequential([new Dense(1, { inputShape: [4] })]).compile({ optimizer: "sgd", loss: "mse" });
    const start = bits(model);
    const wide = { from: 1e-4, to: 1e4, steps: 100 };
    const grown = await findLearningRate(model, data, wide);
    expect(grown.diverged).toBe(true);
    expect(grown.rates.length).toBeLessThan(80);
    expect(grown.smoothed[grown.smoothed.length - 1]).toBeGreaterThan(4 * Math.min(...grown.smoothed));
    const infinite = await findLearningRate(model, data, { ...wide, to: 1e30, divergence: Infinity });
    expect(infinite.diverged).toBe(true);
    expect(infinite.suggestion).toBeLessThan(1);
    expect(bits(model)).toEqual(start);
  });

  test("an error, or an abort, leaves all as it was", async () => {
    const model = network(new SGD());
    await model.fit(blobs(32), { verbose: 0 });
    const before = [bits(model), numbersOf(model.optimizer.stateDict())];
    const controller = new AbortController();
    let asked = 0;
    const data = {
      *[Symbol.iterator]() {
        for (;;) {
          if (asked++ === 5) controller.abort(new Error("enough"));
          yield blobs(8);
        }
      },
    };
    await expect(findLearningRate(model, data, { ...options, signal: controller.signal })).rejects.toThrow("enough");
    expect([bits(model), numbersOf(model.optimizer.stateDict())]).toEqual(before);
    expect(model.history).toBeInstanceOf(History);
  });

  test("refuses what is wrong", async () => {
    const model = network(new SGD());
    const of = (given: object) => rejection(findLearningRate(model, blobs(8), given));
    expect(await of({ from: 1, to: 0.1 })).toBe("ARGUMENT findLearningRate: from is 1, to is 0.1; expected from below to.");
    expect(await of({ steps: 1 })).toBe("ARGUMENT findLearningRate: steps is 1; expected a whole number ≥ 2.");
    expect(await of({ endLr: 1 })).toContain('Did you mean "to"?');
    expect(await rejection(findLearningRate({} as never, blobs(8)))).toBe(
      "ARGUMENT findLearningRate: the model is an object; expected a Model, such as a Sequential.",
    );
    const raw = new Sequential([new Dense(3)]);
    expect(await rejection(findLearningRate(raw, blobs(8)))).toMatch(/^GRAPH .*the model is not compiled/);
  });
});

describe("suggestions", () => {
  test("the valley is the middle of the longest descending subsequence", () => {
    expect(valley([5, 6, 4, 3, 7, 2, 1, 9])).toBe(3);
    expect(valley([9, 8, 1, 7, 6, 5, 20])).toBe(3);
    expect([valley([2, 1]), valley([1, 2, 3]), valley([1]), valley([])]).toEqual([0, null, null, null]);
  });

  test("the steepest fall lies before the least loss", () => {
    expect(steepest([0, 1, 2, 3, 4, 5, 6], [10, 10, 9, 5, 4, 40, 0.5])).toBe(6);
    expect(steepest([0, 1, 2, 3, 4, 5], [10, 10, 9, 5, 4, 40])).toBe(2);
    expect(steepest([0, 10, 11, 12], [10, 4, 3.5, 3])).toBe(1);
    expect([steepest([0, 1], [1, 2]), steepest([], [])]).toEqual([null, null]);
  });
});

test("a tensor of targets is left alone", async () => {
  const y = tensor([0, 1, 2], { dtype: "int32" });
  const model = new Sequential([new Dense(3, { inputShape: [1] })]).compile({ optimizer: "sgd", loss: "crossEntropy" });
  await findLearningRate(model, { x: [[1], [2], [3]], y }, { steps: 5 });
  expect(y.toArray()).toEqual([0, 1, 2]);
});
