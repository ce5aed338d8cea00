import { expect, test } from "vitest";
import { Dense, Dropout, LambdaCallback, manualSeed, randint, randn, Sequential, type Tensor } from "../../src/index.js";
import { replaysDuring } from "../support/replays.js";

/** A class that does not say that it may be captured. */
class Plain extends Sequential {}

function made(Class: typeof Sequential, last: "softmax" | "linear"): Sequential {
  manualSeed(5);
  const model = new Class([new Dense(16, { activation: "relu", inputShape: [6] }), new Dropout(0.5), new Dense(3, { activation: last })]);
  return model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
}

function samples(n: number): { x: Tensor; y: Tensor; weight: Tensor } {
  manualSeed(6);
  return { x: randn([n, 6]), y: randint(0, 3, [n]), weight: randn([n]).abs() };
}

test.each(["softmax", "linear"] as const)("evaluate is captured, with the same figures; %s", async (last) => {
  const data = samples(43);
  const { weight, ...bare } = data;
  const [captured, plain] = [made(Sequential, last), made(Plain, last)];
  for (const given of [bare, data]) {
    const right = await plain.evaluate(given, { batchSize: 4 });
    let found: unknown;
    const replays = await replaysDuring(async () => {
      found = await captured.evaluate(given, { batchSize: 4 });
    });
    expect(found).toEqual(right);
    expect(replays).toBe(7);
  }
  expect(weight.size).toBe(43);
});

test("validation is recorded in the first epoch, and sees the weights of every one", async () => {
  const data = samples(24);
  const run = async (capture: boolean) => {
    const model = made(Sequential, "softmax");
    const evaluated: unknown[] = [];
    const onEpochEnd = async () => void evaluated.push(await model.evaluate(data, { batchSize: 8 }));
    let history: Record<string, readonly number[]> = {};
    const replays = await replaysDuring(async () => {
      const options = {
        epochs: 6,
        batchSize: 8,
        verbose: 0,
        capture,
        validationData: data,
        callbacks: [new LambdaCallback({ onEpochEnd })],
      };
      history = (await model.fit(data, { ...options, verbose: 0 })).history;
    });
    expect(evaluated.map((logs) => (logs as { loss: number }).loss)).toEqual(history.valLoss);
    return { replays, history };
  };
  const [captured, eager] = [await run(true), await run(false)];
  expect(captured.history).toEqual(eager.history);
  expect(eager.replays).toBe(0);
  // 18 batches each of training and validation, less three that are carried out.
  expect(captured.replays).toBe(30);
});

test("a label outside the classes ends a replay too", async () => {
  const data = samples(40);
  const y = Array.from(data.y.data);
  y[38] = 3;
  const failing = (Class: typeof Sequential) => made(Class, "linear").evaluate({ x: data.x, y }, { batchSize: 4 });
  await expect(failing(Plain)).rejects.toThrow("crossEntropy: label 3 at position 2 is outside 0 … 2.");
  await expect(failing(Sequential)).rejects.toThrow("crossEntropy: label 3 at position 2 is outside 0 … 2.");
});
