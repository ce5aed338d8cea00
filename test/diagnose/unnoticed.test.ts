/** A training that is diagnosed comes to the same bits as one that is not. */
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  BatchNorm1d,
  Conv2d,
  Dense,
  Diagnosis,
  Dropout,
  Embedding,
  type FitOptions,
  Flatten,
  type History,
  input,
  LambdaCallback,
  Linear,
  LSTM,
  l2,
  Model,
  manualSeed,
  Reshape,
  randn,
  recompute,
  Sequential,
  setThreads,
  type Tensor,
  type TrainingData,
  TransformerEncoderLayer,
  tensor,
} from "../../src/index.js";
import { folderOf } from "../support/folder.js";
import { bits, blobs } from "../support/toy.js";

interface Trained {
  readonly model: Model;
  readonly data: TrainingData;
}

/** A module of one's own that counts its calls, draws, and computes a part again for its gradient. */
class Own extends Model {
  static override readonly moving = [...Model.moving, "calls"];
  static override readonly capturable = true;
  readonly first = new Linear(4, 24);
  readonly drop = new Dropout(0.3);
  readonly block = new Linear(24, 24);
  readonly last = new Linear(24, 3);
  calls = 0;

  override forward(x: Tensor): Tensor {
    this.calls++;
    const h = this.drop.forward(this.first.forward(x).relu());
    const again = recompute((part) => this.drop.forward(this.block.forward(part).tanh()), h);
    return this.last.forward(again.add(h));
  }
}

const compiled = (model: Model): Model => model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });

const TRAININGS: Record<string, () => Trained> = {
  "dropout and batch norm, lazily built": () => ({
    model: compiled(
      new Sequential([
        new Dense(24, { activation: "relu" }),
        new Dropout(0.2),
        new BatchNorm1d(24),
        new Dense(3, { weightPenalty: l2(1e-3) }),
      ]),
    ),
    data: blobs(),
  }),
  "convolution, recurrence and a Transformer": () => ({
    model: compiled(
      new Sequential([
        new Reshape([1, 2, 2]),
        new Conv2d(1, 8, 2, { padding: 1, activation: "relu" }),
        new Reshape([9, 8]),
        new LSTM(8, 8, { returnSequences: true }),
        new TransformerEncoderLayer(8, 2, { feedForward: 16, dropout: 0.1 }),
        new Flatten(),
        new Dense(3),
      ]),
    ),
    data: blobs(48),
  }),
  "two inputs and two outputs": () => {
    const a = input([4]);
    const b = input([2], { dtype: "int32" });
    const h = new Dense(12, { activation: "tanh" }).forward(a);
    const e = new Flatten().forward(new Embedding(5, 6).forward(b));
    const both = new Dropout(0.1).forward(h.add(e));
    const model = new Model({ inputs: [a, b], outputs: { label: new Dense(3).forward(both), value: new Dense(1).forward(both) } });
    model.compile({ optimizer: { name: "sgd", momentum: 0.9 }, loss: { label: "crossEntropy", value: "mse" }, lossWeights: [1, 0.5] });
    const { x, y } = blobs();
    const words = Int32Array.from({ length: 2 * 96 }, (_, i) => (i * 7) % 5);
    return { model, data: { x: [x, tensor(words, { shape: [96, 2], dtype: "int32" })], y: [y, randn([96, 1])] } };
  },
  "a module of one's own": () => ({ model: compiled(new Own()), data: blobs() }),
};

/** What a training comes to: losses, weights, buffers, the optimizer, and the draws of the training after it. */
async function outcome(make: () => Trained, options: FitOptions): Promise<unknown> {
  manualSeed(3);
  const { model, data } = make();
  const all: FitOptions = { epochs: 4, batchSize: 8, verbose: 0, ...options };
  const { history, steps } = await model.fit(data, all);
  const { state, replays } = model.captureStatus as { state: string; replays: number };
  const after = await model.fit(data, { ...all, diagnose: false, epochs: 1, capture: false });
  return { history, losses: steps.loss, bits: bits(model), state, replays, after: after.steps.loss, moments: model.optimizer.stateDict() };
}

afterAll(async () => {
  await setThreads(1);
});

describe.each(Object.entries(TRAININGS))("%s", (_, make) => {
  test.each([1, 2])("on %i threads, captured and not", async (threads) => {
    await setThreads(threads);
    const plain = await outcome(make, {});
    expect(await outcome(make, { diagnose: { every: 3, samples: 5 } })).toEqual(plain);
    expect(plain).toMatchObject({ state: "replaying" });
    const eager = await outcome(make, { capture: false });
    expect(await outcome(make, { capture: false, diagnose: { every: 3 } })).toEqual(eager);
  });
});

test("with accumulated batches, whose gradients wait while it looks", async () => {
  const make = TRAININGS["dropout and batch norm, lazily built"];
  const options: FitOptions = { accumulate: 3 };
  expect(await outcome(make, { ...options, diagnose: { every: 1 } })).toEqual(await outcome(make, options));
});

test("records are the same on one thread and on two, captured and not", async () => {
  const found: unknown[] = [];
  for (const [threads, capture] of [
    [1, true],
    [2, true],
    [2, false],
  ] as const) {
    await setThreads(threads);
    manualSeed(3);
    const { model, data } = TRAININGS["convolution, recurrence and a Transformer"]();
    const { records } = await model.fit(data, { epochs: 2, batchSize: 16, verbose: 0, capture, diagnose: { every: 2 } });
    found.push(records);
  }
  expect(found[0]).toHaveLength(4);
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
});

test("a training that is resumed has the records, and ends with the bits, of one that did not stop", async () => {
  const make = TRAININGS["dropout and batch norm, lazily built"];
  const run = async (path: string, stopAt: number): Promise<{ history: History; weights: unknown }> => {
    manualSeed(3);
    const { model, data } = make();
    const options: FitOptions = { epochs: 4, batchSize: 8, verbose: 0, checkpoint: path, resume: true };
    const stop = new AbortController();
    const callbacks = [new LambdaCallback({ onBatchEnd: () => void (--stopAt === 0 && stop.abort()) })];
    const first = model.fit(data, { ...options, callbacks, diagnose: new Diagnosis({ every: 5 }), signal: stop.signal });
    if (stopAt > 0) await expect(first).rejects.toThrow();
    else await first;
    manualSeed(3);
    const again = make();
    const history = await again.model.fit(again.data, {
      ...options,
      callbacks: [new LambdaCallback({})],
      diagnose: new Diagnosis({ every: 5 }),
    });
    return { history, weights: bits(again.model) };
  };
  const folder = folderOf({});
  const whole = await run(join(folder, "whole.safetensors"), -1);
  const parts = await run(join(folder, "parts.safetensors"), 24);
  expect(whole.history.records.length).toBeGreaterThan(8);
  expect(parts.history.records).toEqual(whole.history.records);
  expect(parts.weights).toEqual(whole.weights);
});
