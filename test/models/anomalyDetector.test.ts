import { expect, test } from "vitest";
import { loadDigits } from "../../src/digits.js";
import { Dense, Identity, Module, manualSeed, ones, Sequential, type Tensor, tensor } from "../../src/index.js";
import { AnomalyDetector, autoencoder } from "../../src/models.js";
import { failure } from "../support/errors.js";

/** Gives back nothing, so that errors are mean squares. */
class Nothing extends Module {
  forward(x: Tensor): Tensor {
    return x.mul(0);
  }
}

test("errors are mean squares of each sample, for any batch size; the threshold is their quantile", () => {
  const x = tensor([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
    [5, 5],
  ]);
  for (const batchSize of [1, 2, 5, 256]) {
    const detector = new AnomalyDetector(new Nothing(), { quantile: 0.6, batchSize });
    expect(detector.forward(x).toArray()).toEqual([1, 4, 9, 16, 25]);
    // Between the third and the fourth of five: 9 + 0.4 · (16 − 9).
    expect(detector.calibrate(x).threshold.item()).toBeCloseTo(11.8, 5);
    expect(detector.detect(x).toArray()).toEqual([0, 0, 0, 1, 1]);
  }
});

test("the mode of the model is as before; the threshold is part of the state", () => {
  const model = new Sequential([new Dense(2, { inputShape: [2] })]);
  const detector = new AnomalyDetector(model).calibrate(ones([3, 2]));
  expect(model.training).toBe(true);
  const again = new AnomalyDetector(new Sequential([new Dense(2, { inputShape: [2] })]));
  again.loadStateDict(detector.stateDict());
  expect(again.threshold.item()).toBe(detector.threshold.item());
});

test("errors say what helps", () => {
  expect(failure(() => new AnomalyDetector(new Identity()).detect(ones([1, 2])))).toBe(
    "ARGUMENT detect: there is no threshold yet. Call calibrate(x) with usual samples before.",
  );
  expect(failure(() => new AnomalyDetector(new Identity(), { quantile: 2 }))).toBe(
    "ARGUMENT AnomalyDetector: quantile is 2; expected a number from 0 to 1.",
  );
});

test("what has learned zeros finds ones and sevens", async () => {
  const { train, test: held } = await loadDigits();
  const of = ({ x, y }: { x: Tensor; y: Tensor }, digit: number): Tensor => {
    const places = [...y.data].flatMap((label, i) => (label === digit ? [i] : []));
    return x.indexSelect(0, tensor(places, { dtype: "int32" }));
  };
  manualSeed(1);
  const model = autoencoder({ inputShape: [64], hidden: [32], code: 4, outputActivation: "sigmoid" });
  model.compile({ optimizer: { name: "adam", learningRate: 5e-3 }, loss: "mse" });
  const usual = of(train, 0);
  await model.fit({ x: usual, y: usual }, { epochs: 40, batchSize: 16, verbose: 0 });
  const detector = new AnomalyDetector(model, { quantile: 0.95 }).calibrate(usual);
  const found = (x: Tensor): number => detector.detect(x).cast("float32").mean().item();
  expect(found(usual)).toBeCloseTo(0.05, 1);
  expect(found(of(held, 0))).toBeLessThan(0.3);
  for (const digit of [1, 7]) expect(found(of(held, digit))).toBeGreaterThan(0.95);
});
