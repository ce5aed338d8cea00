import { expect, test } from "vitest";
import { Activation, Dense, type LossName, Sequential, type Tensor, tensor } from "../../../src/index.js";
import { normals } from "../../support/kernels.js";

const x = tensor(normals(24, 3), { shape: [12, 2] });
const labels = tensor(
  Array.from({ length: 12 }, (_, i) => (i * 5) % 3),
  { dtype: "int32" },
);
const values = tensor(normals(36, 5), { shape: [12, 3] });

/** Losses with their options and targets, beside a prediction [12, 3] of log-probabilities. */
const CASES: [LossName, object, Tensor][] = [
  ["klDivergence", { reduction: "batchMean" }, values.softmax(1).detach()],
  ["klDivergence", {}, values.softmax(1).detach()],
  ["nll", {}, labels],
  ["nll", { ignoreIndex: 2, classWeight: tensor([1, 3, 1]) }, labels],
  ["focal", { ignoreIndex: 1 }, labels],
  ["earthMover", { ignoreIndex: 0 }, labels],
  ["multiMargin", { classWeight: tensor([1, 2, 3]) }, labels],
  ["multiLabelSoftMargin", {}, values.gt(0).cast("float32").detach()],
  ["pinball", { quantile: 0.8 }, values],
  ["smoothL1", { reduction: "sum" }, values],
];

const modelOf = (name: LossName, options: object): Sequential => {
  const model = new Sequential([new Dense(3, { inputShape: [2] }), new Activation("logSoftmax")]);
  model.loadStateDict({ "0.weight": tensor(normals(6, 1), { shape: [3, 2] }), "0.bias": tensor([0, 1, 2]) });
  return model.compile({ optimizer: { name: "sgd", learningRate: 0.1 }, loss: { name, ...options } }) as Sequential;
};

test.each(CASES)("%s %j: weights of 1 change nothing, and neither do the batches", async (name, options, y) => {
  const model = modelOf(name, options);
  const whole = (await model.evaluate({ x, y }, { batchSize: 12 })).loss;
  const alike = { x, y, weight: new Float32Array(12).fill(1) };
  for (const batchSize of [12, 5]) {
    expect((await model.evaluate({ x, y }, { batchSize })).loss).toBeCloseTo(whole, 5);
    expect((await model.evaluate(alike, { batchSize })).loss).toBeCloseTo(whole, 5);
  }
  const trained = async (data: { x: Tensor; y: Tensor; weight?: Float32Array }): Promise<number[]> => {
    const one = modelOf(name, options);
    await one.fit(data, { epochs: 3, batchSize: 12, shuffle: false, verbose: 0 });
    return [...one.stateDict().values()].flatMap(({ data: elements }) => [...elements]);
  };
  const [plain, weighed] = [await trained({ x, y }), await trained(alike)];
  plain.forEach((value, i) => void expect(weighed[i]).toBeCloseTo(value, 4));
});
