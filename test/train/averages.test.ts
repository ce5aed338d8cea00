/** Averages of weights: exponential, stochastic, with batch norm measured anew; snapshots and ensembles. */
import { describe, expect, it, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import {
  BatchNorm,
  Dense,
  Dropout,
  EarlyStopping,
  Ensemble,
  ExponentialMovingAverage,
  type FitOptions,
  type Module,
  manualSeed,
  randint,
  randn,
  Sequential,
  SGD,
  Snapshots,
  StochasticWeightAveraging,
  type Tensor,
  tensor,
  updateBatchNorm,
} from "../../src/index.js";
import { failure, rejection } from "../support/errors.js";

const data = () => ({ x: randn([40, 4]), y: randint(0, 3, [40]) });
const weightsOf = (model: Sequential): number[] => model.parameters().flatMap((parameter) => [...parameter.data]);

function compiled(layers: Module[] = [new Dense(6, { activation: "tanh" }), new Dense(3)]): Sequential {
  const model = new Sequential(layers);
  model.compile({ optimizer: new SGD({ learningRate: 0.5 }), loss: "crossEntropy", metrics: ["accuracy"] });
  return model;
}

/** The weights after each step, as fit made them. */
async function traced(options: FitOptions) {
  manualSeed(5);
  const model = compiled();
  const trace: number[][] = [];
  const given = data();
  await model.fit(given, { batchSize: 8, verbose: 0, ...options, callbacks: [{ onBatchEnd: () => void trace.push(weightsOf(model)) }] });
  return { trace, model, given };
}

function near(found: readonly number[], expected: readonly number[], digits = 5): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, digits);
}

describe("ExponentialMovingAverage", () => {
  it.each([
    [{ decay: 0.8, warmUp: false }, () => 0.8],
    [{ decay: 0.8 }, (t: number) => Math.min(0.8, (1 + t) / (10 + t))],
  ])("follows its formula in fit, %j", async (options, decayAt) => {
    const { trace } = await traced({ epochs: 4 });
    let mean = trace[0];
    for (let t = 1; t < trace.length; t++) mean = mean.map((value, i) => decayAt(t) * value + (1 - decayAt(t)) * trace[t][i]);
    manualSeed(5);
    const model = compiled();
    const average = new ExponentialMovingAverage(options);
    await model.fit(data(), { batchSize: 8, epochs: 4, verbose: 0, callbacks: [average] });
    expect(average.updates).toBe(20);
    near(weightsOf(model), mean);
  });

  it("leaves training as it is, and the weights at its end where keep is false", async () => {
    const { trace } = await traced({ epochs: 3 });
    manualSeed(5);
    const model = compiled();
    const seen: number[][] = [];
    const watch = { onBatchEnd: () => void seen.push(weightsOf(model)) };
    const callbacks = [new ExponentialMovingAverage({ decay: 0.5, keep: false }), watch];
    await model.fit(data(), { batchSize: 8, epochs: 3, verbose: 0, validationSplit: 0, callbacks });
    expect(seen).toEqual(trace);
    expect(weightsOf(model)).toEqual(trace.at(-1));
  });

  it("is what is validated, and what EarlyStopping keeps", async () => {
    manualSeed(6);
    const model = compiled();
    const [given, validation] = [data(), data()];
    const average = new ExponentialMovingAverage({ decay: 0.9 });
    const found: number[] = [];
    const check = {
      onEpochEnd: async (_: number, logs: Record<string, number>) =>
        void found.push((await model.evaluate(validation)).loss - logs.valLoss),
    };
    await model.fit(given, {
      epochs: 3,
      verbose: 0,
      validationData: validation,
      callbacks: [average, check, new EarlyStopping({ monitor: "valLoss" })],
    });
    for (const difference of found) expect(difference).toBeCloseTo(0, 6);
  });

  it("counts steps, not batches", async () => {
    manualSeed(5);
    const average = new ExponentialMovingAverage();
    await compiled().fit(data(), { batchSize: 8, accumulate: 2, epochs: 2, verbose: 0, callbacks: [average] });
    // Of five batches two and two make a step; the last one's step is made when the epoch ends.
    expect(average.updates).toBeGreaterThanOrEqual(5);
    expect(average.updates).toBeLessThanOrEqual(6);
  });

  it("by hand: swaps in and out, saves and loads", () => {
    const model = new Sequential([new Dense(2, { inputShape: [3] })]);
    const [weight] = model.parameters();
    const average = new ExponentialMovingAverage(model, { decay: 0.75, warmUp: false });
    const [first, second] = [
      tensor(new Float32Array(6).fill(1), { shape: [2, 3] }),
      tensor(new Float32Array(6).fill(5), { shape: [2, 3] }),
    ];
    expect(weightsOf(average.swapIn() && model)).toEqual(weightsOf(model));
    weight.assign(first);
    average.update();
    weight.assign(second);
    average.update();
    average.swapIn().swapIn();
    expect([...weight.data]).toEqual([2, 2, 2, 2, 2, 2]);
    expect(failure(() => average.update())).toContain("ARGUMENT update: the average is in the place of the weights. Call swapOut()");
    average.swapOut();
    expect([...weight.data]).toEqual([5, 5, 5, 5, 5, 5]);

    const state = average.stateDict();
    const other = new ExponentialMovingAverage(model, { decay: 0.75, warmUp: false });
    other.loadStateDict(state);
    for (const one of [average, other]) one.update();
    expect([...other.stateDict()].map(([name, { data }]) => [name, [...data]])).toEqual(
      [...average.stateDict()].map(([name, { data }]) => [name, [...data]]),
    );
    const { size } = state;
    state.delete([...state.keys()][1]);
    expect(size).toBe(3);
    expect(failure(() => other.loadStateDict(state))).toContain("is missing; expected a tensor of shape [2, 3]");
    expect(failure(() => other.loadStateDict({} as never))).toContain("expected a Map of tensors");
  });

  it("says what is wrong with a call", async () => {
    expect(failure(() => new ExponentialMovingAverage({ decay: 1 }))).toContain("decay is 1; expected a number from 0 to below 1");
    expect(failure(() => new ExponentialMovingAverage(3 as never, {}))).toContain("the model is 3; expected a Module");
    expect(failure(() => new ExponentialMovingAverage().update())).toContain("it has no model");
    const other = new ExponentialMovingAverage(compiled());
    expect(await rejection(() => compiled().fit(data(), { verbose: 0, callbacks: [other] }))).toContain("averages another model");
  });
});

describe("StochasticWeightAveraging", () => {
  it("is the mean of the weights at the ends of the last epochs, and moves the rate", async () => {
    manualSeed(5);
    const model = compiled();
    const ends: number[][] = [];
    const rates: number[] = [];
    const average = new StochasticWeightAveraging({ start: 2, every: 2, learningRate: 0.1, annealEpochs: 2, annealing: "linear" });
    const watch = {
      onEpochBegin: () => void rates.push(model.optimizer.currentLearningRate),
      onEpochEnd: () => void ends.push(weightsOf(model)),
    };
    await model.fit(data(), { batchSize: 8, epochs: 7, verbose: 0, callbacks: [average, watch] });
    expect(average.updates).toBe(3);
    near(
      weightsOf(model),
      ends[2].map((value, i) => (value + ends[4][i] + ends[6][i]) / 3),
    );
    near(rates, [0.5, 0.5, 0.3, 0.1, 0.1, 0.1, 0.1], 12);
  });

  it("anneals along a cosine, from a share of the epochs on", async () => {
    const model = compiled();
    const rates: number[] = [];
    const callbacks = [
      new StochasticWeightAveraging({ start: 0.5, learningRate: 0.1, annealEpochs: 4 }),
      { onEpochBegin: () => void rates.push(model.optimizer.currentLearningRate) },
    ];
    await model.fit(data(), { epochs: 8, verbose: 0, callbacks });
    const share = (t: number) => (1 - Math.cos((Math.PI * t) / 4)) / 2;
    near(rates, [0.5, 0.5, 0.5, 0.5, ...[1, 2, 3, 4].map((t) => 0.5 - 0.4 * share(t))], 12);
  });

  it("measures running statistics anew over data, and says so where it has none", async () => {
    forgetNotes();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const run = async (options: object) => {
      manualSeed(7);
      const model = compiled([new Dense(5), new BatchNorm(), new Dense(3)]);
      const given = data();
      await model.fit(given, { epochs: 4, verbose: 0, callbacks: [new StochasticWeightAveraging({ start: 1, ...options })] });
      return { model, given };
    };
    await run({});
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("Give it data to measure them anew"));
    warn.mockRestore();
    manualSeed(7);
    const own = data();
    const { model } = await run({ data: own, batchSize: 10 });
    const before = [...model.stateDict()].map(([name, { data }]) => [name, [...data]]);
    await updateBatchNorm(model, own, { batchSize: 10 });
    expect([...model.stateDict()].map(([name, { data }]) => [name, [...data]])).toEqual(before);
  });
});

describe("updateBatchNorm", () => {
  it.each([0.1, 0.9, null])("gives the mean of the batches' statistics, momentum %s", async (momentum) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    manualSeed(8);
    const model = new Sequential([new BatchNorm({ momentum }), new Dropout(0.5)]);
    const x = randn([12, 2]);
    model.forward(x);
    model.eval();
    await updateBatchNorm(model, { x }, { batchSize: 4 });
    const rows = x.toArray() as number[][];
    const statistics = [0, 4, 8].map((from) =>
      [0, 1].map((column) => {
        const values = rows.slice(from, from + 4).map((row) => row[column]);
        const mean = values.reduce((a, b) => a + b) / 4;
        return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3 };
      }),
    );
    const norm = [...model.namedModules().values()].find((module) => module instanceof BatchNorm) as BatchNorm;
    for (const column of [0, 1]) {
      const of = (pick: (one: { mean: number; variance: number }) => number) =>
        statistics.reduce((sum, one) => sum + pick(one[column]) / 3, 0);
      expect((norm.runningMean as Tensor).data[column]).toBeCloseTo(
        of(({ mean }) => mean),
        5,
      );
      expect((norm.runningVar as Tensor).data[column]).toBeCloseTo(
        of(({ variance }) => variance),
        5,
      );
    }
    expect((norm.numBatchesTracked as Tensor).item()).toBe(3);
    expect([...model.namedModules().values()].some(({ training }) => training)).toBe(false);
    vi.restoreAllMocks();
  });

  it("says what is wrong with a call", async () => {
    expect(await rejection(() => updateBatchNorm(3 as never, { x: [[1]] }))).toContain("the model is 3; expected a Module");
    expect(await rejection(() => updateBatchNorm(compiled(), []))).toContain("ARGUMENT updateBatchNorm:");
  });
});

describe("Ensemble", () => {
  const members = () => {
    manualSeed(9);
    return [0, 1, 2].map(() => compiled());
  };

  it("predicts the mean of the probabilities, and evaluates it", async () => {
    const models = members();
    const { x, y } = data();
    const ensemble = new Ensemble(models, { squashing: "softmax" });
    ensemble.compile({ optimizer: "sgd", loss: "crossEntropy", metrics: ["accuracy"] });
    const each = await Promise.all(models.map(async (model) => (await model.predict(x)).softmax().toArray() as number[][]));
    const mean = each[0].map((row, i) => row.map((_, j) => (each[0][i][j] + each[1][i][j] + each[2][i][j]) / 3));
    near(((await ensemble.predict(x)).toArray() as number[][]).flat(), mean.flat());
    const labels = [...y.data];
    const { loss, accuracy } = await ensemble.evaluate({ x, y });
    expect(loss).toBeCloseTo(
      mean.reduce((sum, row, i) => sum - Math.log(row[labels[i]]) / mean.length, 0),
      4,
    );
    expect(accuracy).toBeCloseTo(mean.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]).length / mean.length, 6);
  });

  it("averages values as they are, and the probabilities of members that end in softmax or sigmoid", async () => {
    const x = randn([6, 4]);
    const plain = members();
    const values = (await new Ensemble(plain).predict(x)).toArray() as number[][];
    const each = await Promise.all(plain.map(async (model) => (await model.predict(x)).toArray() as number[][]));
    near(
      values[2],
      [0, 1, 2].map((j) => (each[0][2][j] + each[1][2][j] + each[2][2][j]) / 3),
    );
    const squashed = [0, 1].map(() => new Sequential([new Dense(1, { activation: "sigmoid" })]));
    const ensemble = new Ensemble(squashed);
    ensemble.compile({ optimizer: "sgd", loss: "binaryCrossEntropy" });
    const y = tensor([0, 1, 1, 0, 1, 0], { shape: [6, 1] });
    const p = [...(await ensemble.predict(x)).data];
    const { loss } = await ensemble.evaluate({ x, y });
    expect(loss).toBeCloseTo(
      [...y.data].reduce((sum, target, i) => sum - Math.log(target ? p[i] : 1 - p[i]) / 6, 0),
      5,
    );
  });

  it("is made of snapshots of one training", async () => {
    manualSeed(4);
    const model = compiled();
    const snapshots = new Snapshots({ every: 2 });
    const given = data();
    await model.fit(given, { epochs: 5, verbose: 0, callbacks: [snapshots] });
    expect(snapshots.states).toHaveLength(2);
    const models = snapshots.states.map((state) => {
      const member = compiled();
      member.loadStateDict(state);
      return member;
    });
    expect(weightsOf(models[0])).not.toEqual(weightsOf(models[1]));
    const p = await new Ensemble(models, { squashing: "softmax" }).predict(given.x);
    expect(p.shape).toEqual([40, 3]);
  });

  it("says what is wrong with a call", () => {
    expect(failure(() => new Ensemble([]))).toContain("ARGUMENT Ensemble: the models are an array of length 0");
    expect(failure(() => new Ensemble([compiled()]).serialize())).toContain("ARGUMENT Ensemble: it cannot be saved");
    expect(failure(() => new Ensemble([3 as never]))).toContain("models[0] is 3; expected a Module");
    expect(failure(() => new Ensemble([compiled()], { squashing: "tanh" as never }))).toContain(
      'squashing is "tanh"; expected "softmax" or "sigmoid"',
    );
    expect(failure(() => new Snapshots({ every: 0 }))).toContain("every is 0; expected a whole number ≥ 1");
  });
});
