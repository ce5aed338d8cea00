/** `fit` with optimizers that evaluate a batch as often as they want. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import {
  BatchNorm,
  type CompileOptions,
  Dense,
  DivergedError,
  Dropout,
  type FitOptions,
  LBFGS,
  manualSeed,
  randint,
  randn,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { loadDigits } from "../../src/io/digits.js";
import { replaysDuring } from "../support/replays.js";

const data = () => ({ x: randn([60, 5]), y: randint(0, 3, [60]) });

const plain = () => new Sequential([new Dense(8, { activation: "tanh" }), new Dense(3)]);

async function train(options: FitOptions, make = plain) {
  manualSeed(3);
  const model = make();
  model.compile({ optimizer: new LBFGS({ lineSearch: "strongWolfe", maxIter: 3 }), loss: "crossEntropy", metrics: ["accuracy"] });
  let figures: Record<string, number[]> = {};
  const given = data();
  const replays = await replaysDuring(async () => {
    figures = (await model.fit(given, { verbose: 0, shuffle: false, epochs: 4, batchSize: 60, ...options })).history;
  });
  const weights = model.parameters().map((parameter) => [...parameter.data]);
  return { found: { figures, weights }, replays, steps: model.optimizer.stepCount };
}

describe("fit with L-BFGS", () => {
  beforeEach(() => {
    forgetNotes();
    vi.spyOn(console, "warn").mockReset();
  });

  it("reads 95 of 100 digits right", async () => {
    manualSeed(1);
    const { train, test } = await loadDigits();
    const model = new Sequential([new Dense(32, { activation: "tanh" }), new Dense(10)]);
    const optimizer = { name: "lbfgs", lineSearch: "strongWolfe", maxIter: 30 } as CompileOptions["optimizer"];
    model.compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });
    await model.fit({ x: train.x, y: train.y }, { batchSize: 1438, epochs: 1, verbose: 0 });
    const { accuracy } = await model.evaluate({ x: test.x, y: test.y });
    expect(accuracy).toBeGreaterThan(0.95);
    expect(console.warn).not.toHaveBeenCalled();
  });

  it("captures the evaluations, with the same bits, in models with statistics and noise too", async () => {
    const noisy = () => new Sequential([new Dense(8, { activation: "tanh" }), new BatchNorm(), new Dropout(0.1), new Dense(3)]);
    const captured = await train({}, noisy);
    const eager = await train({ capture: false }, noisy);
    expect(captured.found).toEqual(eager.found);
    expect(captured.replays).toBeGreaterThan(5);
    expect(eager.replays).toBe(0);
    expect(captured.steps).toBe(4);
  });

  it("looks at several batches as at one", async () => {
    const whole = await train({});
    const parts = await train({ batchSize: 25, accumulate: 3 });
    expect(parts.steps).toBe(4);
    for (const [i, loss] of whole.found.figures.loss.entries()) expect(parts.found.figures.loss[i]).toBeCloseTo(loss, 3);
    expect(console.warn).not.toHaveBeenCalled();
  });

  it("advises against small batches, once", async () => {
    await train({ batchSize: 20 });
    expect(console.warn).toHaveBeenCalledTimes(1);
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining("Give fit a batchSize of all samples"));
  });

  it("ends with a DivergedError before the step, and never leaves a place without a finite loss behind", async () => {
    const model = new Sequential([new Dense(1)]);
    model.compile({ optimizer: new LBFGS(), loss: "mse" });
    const x = randn([6, 2]);
    model.forward(x);
    const before = model.parameters().map((parameter) => [...parameter.data]);
    const y = tensor([1, 2, Infinity, 3, 4, 5], { shape: [6, 1] });
    await expect(model.fit({ x, y }, { batchSize: 6, verbose: 0 })).rejects.toThrow(DivergedError);
    expect(model.parameters().map((parameter) => [...parameter.data])).toEqual(before);

    // 1/x of an output that must not become 0.
    const steep = Object.assign((output: Tensor) => output.log().square().mean(), { capturable: true });
    const careful = new Sequential([new Dense(1, { bias: false, weightInitializer: "ones" })]);
    careful.compile({ optimizer: new LBFGS({ lineSearch: "strongWolfe", learningRate: 50 }), loss: steep });
    const { history } = await careful.fit({ x: [[3], [4]], y: [[0], [0]] }, { batchSize: 2, epochs: 3, verbose: 0 });
    expect(history.loss.every(Number.isFinite)).toBe(true);
    expect(history.loss[2]).toBeLessThan(history.loss[0]);
  });
});
