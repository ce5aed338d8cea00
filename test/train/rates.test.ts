import { describe, expect, test } from "vitest";
import {
  AdamW,
  type Callback,
  cosineDecay,
  Dense,
  Dropout,
  EarlyStopping,
  exponentialDecay,
  LearningRateScheduler,
  type Logs,
  linearWarmup,
  manualSeed,
  NewBob,
  oneCycle,
  Parameter,
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  Sequential,
  SGD,
  tensor,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { read } from "../support/repository.js";
import { bits, blobs, rejection } from "../support/toy.js";

interface Golden {
  readonly name: string;
  readonly config: { mode: "min" | "max"; factor: number; patience: number; threshold?: number };
  readonly lr: number[];
  readonly metrics: number[];
}

const { cases } = JSON.parse(read("test/golden/lr_schedulers.json")) as { cases: Golden[] };
const driven = cases.filter(({ metrics }) => metrics !== undefined);

/** An optimizer of two groups, the first with the optimizer's rate, the second with its own. */
function twoGroups(learningRate: SGD["learningRate"] = 0.1): SGD {
  const groups = [{ params: [new Parameter(tensor([0]))] }, { params: [new Parameter(tensor([0]))], learningRate: 0.04 }];
  return new SGD(groups, { learningRate });
}

/** A callback that says what the validation loss is. */
const says = (...losses: number[]): Partial<Callback> => ({
  onEpochEnd: (epoch: number, logs: Logs) => void Object.assign(logs, { told: losses[epoch] }),
});

const compiled = (optimizer = new SGD({ learningRate: 0.1 })): Sequential =>
  new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });

/** The rates that the figure `learningRate` told. */
async function rates(model: Sequential, callbacks: Partial<Callback>[], epochs: number): Promise<number[]> {
  const { history } = await model.fit(blobs(8), { epochs, callbacks: callbacks as Callback[], verbose: 0 });
  return history.learningRate;
}

describe("ReduceLROnPlateau", () => {
  test("PyTorch's cases are here", () => expect(driven.map(({ name }) => name)).toEqual(["Plateau", "Plateau_max"]));

  test.each(driven)("$name is PyTorch's, all 61 rates", ({ config, lr, metrics }) => {
    const optimizer = new SGD([new Parameter(tensor([0]))], { learningRate: 0.1 });
    const plateau = new ReduceLROnPlateau(optimizer, config);
    const found = [optimizer.learningRate];
    for (const metric of metrics) {
      plateau.step(metric);
      found.push(optimizer.learningRate);
    }
    expect(found).toEqual(lr);
  });

  /** PyTorch 1.13: the epochs whose metric lowered the rates, and those of both groups then. */
  const METRICS = [1, 0.9, 0.895, 0.91, 0.95, 0.89, 0.8899, 0.93, 0.7, 0.71, 0.72, 0.69, 0.8, 0.8, 0.8, 0.8];
  const options = { factor: 0.5, patience: 0, threshold: 0.01 } as const;
  test.each<[ReduceLROnPlateauOptions, number[], number[]]>([
    [{ factor: 0.5, patience: 1 }, [4, 10, 13, 15], [0.00625, 0.0025]],
    [options, [2, 3, 4, 6, 7, 9, 10, 12, 13, 14, 15], [4.8828125e-5, 1.953125e-5]],
    [{ ...options, thresholdMode: "abs" }, [2, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14, 15], [2.44140625e-5, 9.765625e-6]],
    [{ factor: 0.5, patience: 0, cooldown: 3 }, [3, 7, 12], [0.0125, 0.005]],
    [{ factor: 0.5, patience: 0, minLr: [0.02, 0.01] }, [3, 4, 7], [0.02, 0.01]],
    [{ factor: 0.5, patience: 0, eps: 0.01 }, [3, 4, 7], [0.0125, 0.02]],
    [{ factor: 0.5, patience: 1, threshold: 0.02, mode: "max" }, [2, 4, 6, 8, 10, 12, 14], [0.00078125, 0.0003125]],
    [{ factor: 0.5, patience: 1, threshold: 0.02, thresholdMode: "abs", mode: "max" }, [2, 4, 6, 8, 10, 12, 14], [0.00078125, 0.0003125]],
  ])("%j lowers where PyTorch does", (given, epochs, last) => {
    const optimizer = twoGroups();
    const plateau = new ReduceLROnPlateau(optimizer, given);
    const now = (): string => optimizer.groups.map(({ learningRate }) => learningRate).join();
    const lowered = METRICS.flatMap((metric, epoch) => {
      const before = now();
      plateau.step(metric);
      return now() === before ? [] : [epoch];
    });
    expect(lowered).toEqual(epochs);
    optimizer.groups.forEach(({ learningRate }, i) => {
      expect(learningRate).toBeCloseTo(last[i], 15);
    });
  });

  test("of a group with the optimizer's rate lowers the optimizer's", () => {
    const optimizer = twoGroups();
    new ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 }).step(Number.NaN);
    expect([optimizer.learningRate, optimizer.groups[0].learningRate, optimizer.groups[1].learningRate]).toEqual([0.05, 0.05, 0.02]);
  });

  test("lowers a schedule as a whole, and leaves it its momentum", () => {
    const optimizer = twoGroups(oneCycle(1, { steps: 11, divFactor: 2 }));
    const before = optimizer.groups[0].learningRate as ReturnType<typeof oneCycle>;
    new ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5, minLr: 0.1 }).step(Number.NaN);
    const after = optimizer.groups[0].learningRate as typeof before;
    for (let step = 0; step < 12; step++) {
      expect(after(step)).toBe(Math.max(before(step) * 0.5, 0.1));
      expect(after.momentum?.(step)).toBe(before.momentum?.(step));
    }
  });

  test("as a callback watches a figure, adds the rate to the figures, and begins anew with each fit", async () => {
    const plateau = new ReduceLROnPlateau({ monitor: "told", mode: "min", patience: 1, factor: 0.5 });
    const model = compiled();
    const told = says(3, 2, 2, 2, 2, 2, 1);
    expect(await rates(model, [told, plateau], 7)).toEqual([0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.025]);
    expect(model.optimizer.learningRate).toBe(0.025);
    // Its best figure, 1, is forgotten.
    expect(await rates(model, [told, plateau], 3)).toEqual([0.025, 0.025, 0.025]);
    expect(plateau.best).toBe(2);
  });

  test("goes on where fit goes on with initialEpoch", async () => {
    const plateau = new ReduceLROnPlateau({ monitor: "told", mode: "min", patience: 1, factor: 0.5 });
    const model = compiled();
    const callbacks = [says(1, 2, 2, 2, 2), plateau] as Callback[];
    await model.fit(blobs(8), { epochs: 2, callbacks, verbose: 0 });
    await model.fit(blobs(8), { epochs: 4, initialEpoch: 2, callbacks, verbose: 0 });
    expect(model.history?.history.learningRate).toEqual([0.1, 0.05]);
  });

  test("takes from the metric what is better", async () => {
    const plateau = new ReduceLROnPlateau({ monitor: "accuracy", patience: 0, threshold: 0 });
    const { history } = await compiled().fit(blobs(30), { epochs: 8, callbacks: [plateau], verbose: 0 });
    expect(plateau.best).toBe(Math.max(...history.accuracy));
  });

  test("refuses what is wrong, by name and value", async () => {
    expect(failure(() => new ReduceLROnPlateau({ factor: 1 }))).toBe(
      "ARGUMENT ReduceLROnPlateau: factor is 1; expected a number from 0 to below 1.",
    );
    expect(failure(() => new ReduceLROnPlateau({ minDelta: 1 } as never))).toContain('Did you mean "threshold"?');
    expect(failure(() => new ReduceLROnPlateau({ minLr: [-1] }))).toContain("minLr is");
    expect(failure(() => new ReduceLROnPlateau({} as never, {}))).toBe(
      "ARGUMENT ReduceLROnPlateau: the optimizer is an object; expected an optimizer, or the options alone.",
    );
    expect(failure(() => new ReduceLROnPlateau().step(1))).toBe(
      "ARGUMENT step: this ReduceLROnPlateau has no optimizer. Write new ReduceLROnPlateau(optimizer, …), or give it to fit as a callback.",
    );
    expect(failure(() => new ReduceLROnPlateau(twoGroups()).step(tensor(1) as never))).toBe(
      "ARGUMENT step: the figure is a tensor; expected a number, such as the item() of a tensor.",
    );
    expect(failure(() => new ReduceLROnPlateau(twoGroups(), { minLr: [0.1] }).step(1))).toBe(
      "ARGUMENT ReduceLROnPlateau: minLr has 1 numbers, the optimizer 2 groups; expected one of each.",
    );
    expect(await rejection(compiled().fit(blobs(8), { callbacks: [new ReduceLROnPlateau()], verbose: 0 }))).toBe(
      'ARGUMENT ReduceLROnPlateau: there is no "valLoss"; the figures are loss, accuracy. Give fit validationData or validationSplit, or choose another monitor.',
    );
  });
});

describe("NewBob", () => {
  test("halves at every rise of the validation error, and only there", async () => {
    const bob = new NewBob({ monitor: "told", mode: "min" });
    expect(await rates(compiled(), [says(3, 2, 2.5, 2.4, 2.4, 2.6, Number.NaN, 1), bob], 8)).toEqual([
      0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.0125,
    ]);
  });

  test("with two thresholds halves after every epoch once the improvement is small, and ends when it is smaller", async () => {
    const bob = new NewBob({ monitor: "told", mode: "min", startThreshold: 0.01, stopThreshold: 0.001 });
    const losses = [2, 1, 0.995, 0.9, 0.8, 0.7999, 0.5];
    const model = compiled();
    expect(await rates(model, [says(...losses), bob], 7)).toEqual([0.1, 0.1, 0.1, 0.05, 0.025, 0.0125]);
    expect([bob.finished, model.history?.epoch.length]).toEqual([true, 6]);
  });

  test("by hand, where more is better", () => {
    const optimizer = twoGroups();
    const bob = new NewBob(optimizer, { mode: "max", factor: 0.1 });
    for (const accuracy of [0.5, 0.6, 0.55, 0.55]) bob.step(accuracy);
    expect(optimizer.groups.map(({ learningRate }) => (learningRate as number).toFixed(6))).toEqual(["0.010000", "0.004000"]);
    expect(bob.finished).toBe(false);
  });

  test("refuses what is wrong", async () => {
    expect(failure(() => new NewBob({ factor: 0 }))).toBe("ARGUMENT NewBob: factor is 0; expected a number from above 0 to below 1.");
    expect(failure(() => new NewBob().step(1))).toContain("this NewBob has no optimizer. Write new NewBob(optimizer, …)");
    const missing = compiled().fit(blobs(8), { callbacks: [new NewBob({ monitor: "vallLoss" })], verbose: 0 });
    expect(await rejection(missing)).toContain('ARGUMENT NewBob: there is no "vallLoss"; the figures are loss, accuracy');
  });
});

describe("LearningRateScheduler", () => {
  test("sets the rate of each epoch by a function or a schedule", async () => {
    const halves = new LearningRateScheduler((epoch, rate) => (epoch < 2 ? rate : rate / 2));
    expect(await rates(compiled(), [halves], 5)).toEqual([0.1, 0.1, 0.05, 0.025, 0.0125]);
    const decay = exponentialDecay(0.01, { gamma: 0.1, steps: 20 });
    expect(await rates(compiled(), [new LearningRateScheduler(decay)], 3)).toEqual([decay(0), decay(1), decay(2)]);
    const warm = linearWarmup(cosineDecay(0.2, { steps: 2 }), { steps: 2, start: 0.5 });
    expect(await rates(compiled(), [new LearningRateScheduler(warm)], 4)).toEqual([0, 1, 2, 3].map((epoch) => warm(epoch)));
  });

  test("moves the momentum epoch by epoch, with bits of steps that are replayed", async () => {
    const cycle = oneCycle(0.2, { steps: 4 });
    const momenta: unknown[] = [];
    const run = async (capture: boolean) => {
      const model = compiled(new SGD({ momentum: 0.5 }));
      const seen = { onEpochEnd: () => void momenta.push((model.optimizer.groups[0].options as { momentum?: number }).momentum) };
      const callbacks = [new LearningRateScheduler(cycle), seen];
      await model.fit(blobs(60), { epochs: 4, batchSize: 6, capture, callbacks, verbose: 0 });
      return model.captureStatus?.replays;
    };
    expect(await run(true)).toBeGreaterThan(20);
    expect(momenta).toEqual([0, 1, 2, 3].map((epoch) => cycle.momentum?.(epoch)));
  });

  test("a monitor behind it is refused before anything is trained unless it is the rate that it adds", async () => {
    const scheduler = new LearningRateScheduler(() => 0.1);
    const model = compiled();
    const early = new EarlyStopping({ monitor: "lerningRate", mode: "min" });
    expect(await rejection(model.fit(blobs(8), { callbacks: [scheduler, early], verbose: 0 }))).toContain('there is no "lerningRate"');
    expect(model.optimizer.stepCount).toBe(0);
    const rate = new EarlyStopping({ monitor: "learningRate", mode: "min", patience: 2 });
    expect((await model.fit(blobs(8), { epochs: 9, callbacks: [scheduler, rate], verbose: 0 })).epoch).toEqual([0, 1, 2]);
  });

  test("refuses what is wrong", async () => {
    expect(failure(() => new LearningRateScheduler(0.1 as never))).toBe(
      "ARGUMENT LearningRateScheduler: schedule is 0.1; expected a function of the epoch.",
    );
    const bad = new LearningRateScheduler(() => -1);
    expect(await rejection(compiled().fit(blobs(8), { callbacks: [bad], verbose: 0 }))).toContain(
      "LearningRateScheduler: the rate of epoch 0 is -1; expected a number ≥ 0.",
    );
    const forgets = new LearningRateScheduler(((epoch: number) => void epoch) as never);
    expect(await rejection(compiled().fit(blobs(8), { callbacks: [forgets], verbose: 0 }))).toContain("the rate of epoch 0 is undefined");
  });
});

test("1cycle in fit is replayed, with the bits of steps that are not", async () => {
  const run = async (capture: boolean) => {
    manualSeed(2);
    const data = blobs(128);
    const model = new Sequential([new Dense(16, { activation: "relu" }), new Dropout(0.2), new Dense(3)]);
    const learningRate = oneCycle(0.05, { epochs: 5, stepsPerEpoch: 8 });
    model.compile({ optimizer: new AdamW({ learningRate }), loss: "crossEntropy", metrics: ["accuracy"] });
    const { history } = await model.fit(data, { epochs: 5, batchSize: 16, capture, verbose: 0 });
    return { bits: bits(model), replays: model.captureStatus?.replays ?? 0, accuracy: history.accuracy[4] };
  };
  const [replayed, eager] = [await run(true), await run(false)];
  expect(replayed.bits).toEqual(eager.bits);
  expect(replayed.replays).toBeGreaterThan(25);
  expect(replayed.accuracy).toBeGreaterThan(0.9);
});
