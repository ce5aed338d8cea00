/** What `fit` tells of single steps, and how many samples it takes for them. */
import { describe, expect, test } from "vitest";
import {
  Adam,
  batches,
  type Callback,
  crossEntropy,
  Dense,
  growingBatch,
  LearningRateScheduler,
  manualSeed,
  Sequential,
  SGD,
  stepDecay,
  type TrainingContext,
  tensor,
} from "../../src/index.js";
import { bits, blobs, rejection } from "../support/toy.js";

const compiled = (metrics: string[] = []): Sequential =>
  new Sequential([new Dense(3, { inputShape: [4] })]).compile({
    optimizer: new SGD({ learningRate: 0.1 }),
    loss: "crossEntropy",
    metrics: metrics as ["accuracy"],
  });

describe("history.steps.loss", () => {
  test.each([true, false])("is the loss of every step of a loop by hand, captured: %s", async (capture) => {
    manualSeed(4);
    const { x, y } = blobs(50);
    const byHand = compiled();
    const model = compiled();
    model.loadStateDict(byHand.stateDict());
    manualSeed(5);
    const optimizer = new SGD(byHand.parameters(), { learningRate: 0.1 });
    const wanted: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const batch of batches({ x, y }, 8, { shuffle: true })) {
        const loss = crossEntropy(byHand.forward(batch.x), batch.y);
        wanted.push(loss.item());
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
      }
    }
    manualSeed(5);
    const { steps, history } = await model.fit({ x, y }, { epochs: 3, batchSize: 8, capture, verbose: 0 });
    expect(steps.loss).toEqual(wanted);
    expect(wanted.length).toBe(21);
    // The epoch's loss is their mean, weighted by the samples: the last batch has 2.
    const mean = (6 * 8 * (wanted.slice(0, 6).reduce((sum, loss) => sum + loss) / 6) + 2 * wanted[6]) / 50;
    expect(history.loss[0]).toBeCloseTo(mean, 6);
  });

  test("is NaN for a batch in which nothing counts", async () => {
    const { x, y } = blobs(9);
    const weight = [1, 1, 1, 0, 0, 0, 1, 1, 1];
    const { steps } = await compiled(["accuracy"]).fit({ x, y, weight }, { batchSize: 3, shuffle: false, verbose: 0 });
    expect(steps.loss.map(Number.isNaN)).toEqual([false, true, false]);
  });
});

describe("batchSize as a function of the epoch", () => {
  const sizes = [4, 8, 24];
  const seen = () => {
    const counts: number[] = [];
    const steps: (number | null)[] = [];
    let context!: TrainingContext;
    const callback: Partial<Callback> = {
      onTrainBegin: (given) => {
        context = given;
      },
      onEpochBegin: () => void counts.push(0),
      onBatchEnd: () => {
        counts[counts.length - 1]++;
        steps[counts.length - 1] = context.steps;
      },
    };
    return { callback: callback as Callback, counts, steps };
  };

  test("gives each epoch its number of batches, which callbacks know", async () => {
    const { callback, counts, steps } = seen();
    await compiled().fit(blobs(24), { epochs: 3, batchSize: (epoch) => sizes[epoch], callbacks: [callback], verbose: 0 });
    expect(counts).toEqual([6, 3, 1]);
    expect(steps).toEqual(counts);
  });

  test("goes on exactly from initialEpoch", async () => {
    const data = blobs(24);
    const trained = async (model: Sequential, options: object) => {
      await model.fit(data, { batchSize: (epoch: number) => sizes[epoch], verbose: 0, ...options });
      return bits(model);
    };
    manualSeed(7);
    const whole = compiled();
    const start = whole.stateDict();
    manualSeed(8);
    const wanted = await trained(whole, { epochs: 3 });
    const first = compiled();
    first.loadStateDict(start);
    manualSeed(8);
    await trained(first, { epochs: 1 });
    const second = compiled();
    second.loadStateDict(first.stateDict());
    manualSeed(8);
    expect(await trained(second, { epochs: 3, initialEpoch: 1 })).toEqual(wanted);
  });

  test("growingBatch takes the place of a schedule; the rate goes down only where the batch is as great as it may be", async () => {
    const grown = growingBatch(4, { schedule: stepDecay(0.1, { stepSize: 1, gamma: 0.5 }), maximum: 8 });
    const { callback, counts } = seen();
    const { history } = await compiled().fit(blobs(24), {
      epochs: 3,
      batchSize: grown,
      callbacks: [new LearningRateScheduler(grown.rate), callback],
      verbose: 0,
    });
    expect(counts).toEqual([6, 3, 3]);
    expect(history.learningRate).toEqual([0.1, 0.1, 0.05]);
  });

  test("that gives no whole number, or stands beside stepsPerEpoch, is an error", async () => {
    const of = (options: object) => rejection(compiled().fit(blobs(8), { verbose: 0, epochs: 3, ...options }));
    expect(await of({ batchSize: (epoch: number) => 2 - epoch / 2 })).toBe(
      "ARGUMENT fit: batchSize of epoch 1 is 1.5; expected a whole number ≥ 1.",
    );
    expect(await of({ batchSize: () => 2, stepsPerEpoch: 3 })).toBe(
      "ARGUMENT fit: both stepsPerEpoch and a function as batchSize are given. Choose one.",
    );
  });
});

describe("replacement", () => {
  const x = tensor(Float32Array.from({ length: 200 }, (_, i) => i)).reshape([200, 1]);

  test("draws each sample from all: as many as there are, some several times, anew in every pass, the same by seed", () => {
    const pass = () => [...batches({ x }, 30, { replacement: true })].flatMap((batch) => Array.from(batch.x.data));
    manualSeed(3);
    const passes = [pass(), pass()];
    for (const drawn of passes) {
      expect(drawn.length).toBe(200);
      // 1 − 1/e of the samples are expected to come: 126, with a deviation of 4.4.
      expect(Math.abs(new Set(drawn).size - 126.4)).toBeLessThan(20);
      expect(Math.min(...drawn)).toBeLessThan(10);
      expect(Math.max(...drawn)).toBeGreaterThan(189);
    }
    expect(passes[0]).not.toEqual(passes[1]);
    manualSeed(3);
    expect(pass()).toEqual(passes[0]);
  });

  test("in fit draws what batches draws", async () => {
    manualSeed(4);
    const data = blobs(50);
    const byHand = compiled();
    const model = compiled();
    model.loadStateDict(byHand.stateDict());
    const optimizer = new SGD(byHand.parameters(), { learningRate: 0.1 });
    manualSeed(5);
    for (const batch of batches(data, 8, { replacement: true })) {
      crossEntropy(byHand.forward(batch.x), batch.y).backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    manualSeed(5);
    await model.fit(data, { batchSize: 8, replacement: true, verbose: 0 });
    expect(bits(model)).toEqual(bits(byHand));
  });
});

describe("validationSteps", () => {
  test("evaluates the first batches", async () => {
    const { x, y } = blobs(40);
    const model = compiled(["accuracy"]);
    const validationData = { x, y };
    const { history } = await model.fit(blobs(8), { batchSize: 8, validationData, validationSteps: 2, verbose: 0 });
    const { loss } = await model.evaluate({ x: x.slice([[0, 16]]), y: y.slice([[0, 16]]) });
    expect(history.valLoss[0]).toBeCloseTo(loss, 6);
  });

  test("lets validation data have no end", async () => {
    const endless = {
      *[Symbol.iterator]() {
        for (;;) yield blobs(4);
      },
    };
    const { history } = await compiled().fit(blobs(8), { epochs: 2, validationData: endless, validationSteps: 3, verbose: 0 });
    expect(history.valLoss.length).toBe(2);
  });

  test("without validation is an error", async () => {
    expect(await rejection(compiled().fit(blobs(8), { validationSteps: 2, verbose: 0 }))).toBe(
      "ARGUMENT fit: validationSteps is given without validationData.",
    );
  });
});

test("Adam under a schedule of its own goes on from the count of steps, whatever the batch size", async () => {
  const rates: number[] = [];
  const optimizer = new Adam({ learningRate: (step) => 0.1 / (1 + step) });
  const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer, loss: "crossEntropy" });
  const onEpochEnd = () => void rates.push(optimizer.currentLearningRate);
  await model.fit(blobs(24), { epochs: 2, batchSize: (epoch) => (epoch === 0 ? 4 : 12), callbacks: [{ onEpochEnd }], verbose: 0 });
  expect(rates).toEqual([0.1 / 7, 0.1 / 9]);
});
