import { expect, test } from "vitest";
import { trainTestSplit } from "../../src/datasets.js";
import { loadDigits } from "../../src/digits.js";
import { Dense, Dropout, manualSeed, Sequential } from "../../src/index.js";
import { integer, logUniform, randomSearch, uniform } from "../../src/search.js";

/** What somebody would begin with. */
const DEFAULT = { learningRate: 1e-3, units: 32, dropout: 0, batchSize: 32 };

test("random search on digits beats the default on samples that no trial has seen", async () => {
  const { train: all, test: held } = await loadDigits();
  const { train, test: validation } = trainTestSplit(all, { test: 0.25, stratify: true });
  const trained = async ({ learningRate, units, dropout, batchSize }: typeof DEFAULT, on: typeof train) => {
    const model = new Sequential([new Dense(units, { activation: "relu" }), new Dropout(dropout), new Dense(10)]);
    model.compile({ optimizer: { name: "adam", learningRate }, loss: "crossEntropy", metrics: ["accuracy"] });
    await model.fit(on, { epochs: 15, batchSize, verbose: 0 });
    return model;
  };
  const space = {
    learningRate: logUniform(1e-4, 3e-2),
    units: integer(16, 256, { step: 16 }),
    dropout: uniform(0, 0.5),
    batchSize: [16, 32, 64],
  };
  const found = await randomSearch(async (config) => (await (await trained(config, train)).evaluate(validation)).accuracy, space, {
    mode: "max",
    trials: 20,
    seed: 1,
  });
  const accuracies = async (config: typeof DEFAULT): Promise<number> => {
    let sum = 0;
    for (let seed = 1; seed <= 3; seed++) {
      manualSeed(seed);
      sum += (await (await trained(config, train)).evaluate(held)).accuracy;
    }
    return sum / 3;
  };
  const [before, after] = [await accuracies(DEFAULT), await accuracies(found.best.config)];
  console.log(`default ${before.toFixed(4)}, found ${after.toFixed(4)} with ${JSON.stringify(found.best.config)}`);
  expect(after).toBeGreaterThan(before);
});
