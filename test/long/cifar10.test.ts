import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { normalize, randomCrop, randomFlip, transformed } from "../../src/data.js";
import { cosineDecay, linearWarmup, manualSeed, SGD } from "../../src/index.js";
import { loadCifar10 } from "../../src/io/cifar10.js";
import { cifarResNet } from "../../src/models.js";
import { dataFile } from "../support/data.js";

const file = dataFile("CIFAR-10", "cifar10/cifar10-train-10k.bin.gz");

const EPOCHS = 10;
const BATCH = 64;

describe.skipIf(file === null)("CIFAR-10, the subset of 10,000 images", () => {
  test(`ResNet-20 with crops and flips, ${EPOCHS} epochs: at least 0.60`, async () => {
    const { train, test: held } = await loadCifar10({ folder: dirname(file as string), dtype: "uint8", subset: true });
    manualSeed(1);
    const scale = normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]);
    const steps = Math.ceil(10_000 / BATCH);
    const learningRate = linearWarmup(cosineDecay(0.1, { steps: (EPOCHS - 1) * steps }), { steps });
    const model = cifarResNet(20);
    model.compile({
      optimizer: new SGD({ learningRate, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
      loss: "crossEntropy",
      metrics: ["accuracy"],
    });
    const start = performance.now();
    const told = {
      onEpochEnd: (epoch: number, logs: Record<string, number>) => console.log(epoch + 1, logs, (performance.now() - start) / 1000),
    };
    await model.fit(transformed(train, [scale, randomCrop({ size: 32, padding: 4 }), randomFlip()], { batchSize: BATCH }), {
      epochs: EPOCHS,
      verbose: 0,
      callbacks: [told],
    });
    const seconds = (performance.now() - start) / 1000;
    const { accuracy } = await model.evaluate(transformed(held, scale, { batchSize: 250, shuffle: false }));
    console.log(`ResNet-20: ${accuracy.toFixed(4)}, ${seconds.toFixed(0)} s, ${model.captureStatus?.state}`);
    expect(accuracy).toBeGreaterThanOrEqual(0.6);
  }, 3_600_000);
});
