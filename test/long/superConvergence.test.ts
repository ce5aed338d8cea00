import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { AdamW, Dense, Dropout, manualSeed, oneCycle, Sequential } from "../../src/index.js";
import { loadMnist } from "../../src/io/mnist.js";
import { dataFile } from "../support/data.js";

const file = dataFile("MNIST", "mnist/train-images-idx3-ubyte.gz");

describe.skipIf(file === null)("MNIST, 784-512-512-10, dropout 0.2, AdamW with 1cycle, batches of 128, 10 epochs", () => {
  test("the mean test accuracy of five seeds is at least 0.983", async () => {
    const { train, test: held } = await loadMnist({ folder: dirname(file as string) });
    const accuracies: number[] = [];
    for (let seed = 1; seed <= 5; seed++) {
      manualSeed(seed);
      const hidden = () => new Dense(512, { activation: "relu" });
      const model = new Sequential([hidden(), new Dropout(0.2), hidden(), new Dropout(0.2), new Dense(10)]);
      const learningRate = oneCycle(3e-3, { epochs: 10, stepsPerEpoch: Math.ceil(60_000 / 128) });
      model.compile({ optimizer: new AdamW({ learningRate }), loss: "crossEntropy", metrics: ["accuracy"] });
      const start = performance.now();
      await model.fit(train, { epochs: 10, batchSize: 128, verbose: 0 });
      const seconds = (performance.now() - start) / 1000;
      const { accuracy } = await model.evaluate(held);
      console.log(`seed ${seed}: ${accuracy.toFixed(4)}, ${seconds.toFixed(1)} s, ${model.captureStatus?.state}`);
      accuracies.push(accuracy);
    }
    const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length;
    console.log(`mean ${mean.toFixed(5)}`);
    expect(mean).toBeGreaterThanOrEqual(0.983);
  });
});
