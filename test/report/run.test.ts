import { expect, test } from "vitest";
import { Dense, EarlyStopping, manualSeed, Sequential, tensor } from "../../src/index.js";
import { RunRecorder } from "../../src/report/recorder.js";
import { runOf } from "../../src/report/runOf.js";
import { StepBuckets, seriesOf } from "../../src/report/stepBuckets.js";

const X = tensor(Array.from({ length: 48 }, (_, i) => [Math.fround(i / 48), (i % 5) / 5]));
const Y = tensor(Array.from({ length: 48 }, (_, i) => [i / 24 - 1]));

function network(): Sequential {
  manualSeed(3);
  const model = new Sequential([new Dense(8, { activation: "tanh", inputShape: [2] }), new Dense(1)]);
  return model.compile({ optimizer: { name: "adam", learningRate: (step: number) => 0.1 / (1 + step) }, loss: "mse", metrics: ["mae"] });
}

test("few steps are kept as they are; of many the means, and every spike", () => {
  const few = seriesOf([3, 1, Number.NaN, 2]);
  expect(few).toMatchObject({ width: 1, count: 4, step: [1, 2, 3, 4], loss: [3, 1, null, 2], low: [3, 1, null, 2] });

  const buckets = new StepBuckets();
  const losses = Array.from({ length: 100_003 }, (_, i) => (i === 70_001 ? 1e6 : i === 31 ? -5 : i % 7));
  for (const [i, loss] of losses.entries()) buckets.add(loss, i);
  const { width, count, step, loss, low, high, learningRate } = buckets.series;
  expect(count).toBe(losses.length);
  expect(step.length).toBeLessThanOrEqual(2048);
  expect(step.length).toBe(Math.ceil(losses.length / width));
  for (const i of [0, 5, Math.floor(70_001 / width), step.length - 1]) {
    const bucket = losses.slice(i * width, (i + 1) * width);
    expect(step[i]).toBe(Math.min(losses.length, (i + 1) * width));
    expect(loss[i]).toBeCloseTo(bucket.reduce((sum, one) => sum + one, 0) / bucket.length, 6);
    expect([low[i], high[i], learningRate[i]]).toEqual([Math.min(...bucket), Math.max(...bucket), step[i] - 1]);
  }
  expect(Math.max(...(high as number[]))).toBe(1e6);
});

test("a recorder tells a training as JSON, and does not change it", async () => {
  const alone = network();
  await alone.fit({ x: X, y: Y }, { epochs: 4, batchSize: 16, validationSplit: 0.25, verbose: 0 });
  const model = network();
  const recorder = new RunRecorder({ name: "first" });
  expect(() => recorder.run).toThrow("it has seen no training");
  const history = await model.fit({ x: X, y: Y }, { epochs: 4, batchSize: 16, validationSplit: 0.25, callbacks: [recorder], verbose: 0 });
  expect(model.serialize()).toEqual(alone.serialize());

  const { run } = recorder;
  expect(JSON.parse(JSON.stringify(run))).toEqual(run);
  expect(run).toMatchObject({
    name: "first",
    status: "done",
    optimizer: { type: "Adam", settings: { learningRate: "a schedule", beta1: 0.9 } },
    settings: { loss: "mse", metrics: "mae", samples: 36, epochs: 4, batchSize: 16, shuffle: true, validationSplit: 0.25 },
    model: { type: "Sequential", parameters: 33, trainable: 33, layers: [{ type: "Dense", shape: "[8]", parameters: 24 }, {}] },
    steps: { width: 1, count: 12, loss: history.steps.loss },
    epochs: { epoch: [0, 1, 2, 3], step: [3, 6, 9, 12], figures: history.history },
  });
  for (const [i, rate] of run.steps.learningRate.entries()) expect(rate).toBeCloseTo(0.1 / (1 + i), 12);
  expect(Date.parse(run.ended as string)).toBeGreaterThanOrEqual(Date.parse(run.started as string));

  const { started, ended, machine, ...told } = runOf(history, model);
  expect([started, ended, machine]).toEqual([null, null, null]);
  expect(told).toMatchObject({ name: "Sequential", settings: { loss: "mse" }, steps: { loss: run.steps.loss } });
  expect(told.epochs.figures).toEqual(run.epochs.figures);
});

test("it says how a training ended", async () => {
  const model = network();
  const recorder = new RunRecorder();
  const data = { x: X, y: Y };
  await model.fit(data, { epochs: 9, callbacks: [recorder, new EarlyStopping({ monitor: "loss", patience: 0, minDelta: 9 })], verbose: 0 });
  expect(recorder.run.status).toBe("stopped");
  const first = recorder.run.id;

  const aborting = new AbortController();
  const aborter = { onEpochEnd: () => aborting.abort(new Error("enough")) };
  await expect(model.fit(data, { epochs: 9, callbacks: [recorder, aborter], signal: aborting.signal, verbose: 0 })).rejects.toThrow(
    "enough",
  );
  expect(recorder.run.status).toBe("stopped");
  expect(recorder.run.id).not.toBe(first);

  const failing = { onBatchEnd: () => expect(recorder.run.status).toBe("running"), onEpochEnd: () => Promise.reject(new Error("no")) };
  await expect(model.fit(data, { epochs: 9, callbacks: [recorder, failing], verbose: 0 })).rejects.toThrow("no");
  expect(recorder.run.status).toBe("failed");
});
