import { expect, test } from "vitest";
import { batches, crossEntropy, Dense, Linear, manualSeed, Sequential, SGD, stepDecay, type Tensor } from "../../src/index.js";
import { bits, blobs } from "../support/toy.js";
import { Watch } from "../support/tutorial.js";

/** "Transfer learning for computer vision": all layers frozen but a new last one, with a schedule of the learning rate. */
test("transfer with frozen layers", async () => {
  manualSeed(13);
  const pretrained = new Sequential([new Dense(24, { activation: "relu", inputShape: [4] }), new Dense(3)]);
  pretrained.compile({ optimizer: "adam", loss: "crossEntropy" });
  await pretrained.fit(blobs(90), { epochs: 10, verbose: 0 });

  // The new task: two classes of the three are one.
  const data = blobs(90);
  const labels = data.y.gt(0).cast("int32");
  const modelConv = pretrained;
  for (const parameter of modelConv.parameters()) parameter.requiresGrad = false;
  // Parameters of new modules have requiresGrad = true.
  modelConv.layers[1] = new Linear(24, 2);
  const frozen = bits(modelConv)["0.weight"];
  const optimizerConv = new SGD(modelConv.layers[1].parameters(), {
    learningRate: stepDecay(0.1, { stepSize: 28, gamma: 0.1 }),
    momentum: 0.9,
  });

  const watch = new Watch();
  for (let epoch = 0; epoch < 12; epoch++) {
    modelConv.train();
    for (const { x: inputs, y } of batches({ x: data.x, y: labels }, 30, { shuffle: true })) {
      optimizerConv.zeroGrad();
      const outputs = modelConv.forward(inputs);
      const loss = crossEntropy(outputs, y);
      loss.backward();
      optimizerConv.step();
      watch.step(loss.item());
    }
  }
  watch.learned(0.5);
  expect(bits(modelConv)["0.weight"]).toEqual(frozen);
  expect(modelConv.layers[0].parameters().map(({ grad }) => grad)).toEqual([null, null]);
  const accuracy = (await modelConv.predict(data.x)).argmax(1).eq(labels).cast("float32").mean().item();
  expect(accuracy).toBeGreaterThan(0.95);

  // Through the other door: frozen layers stay as they are, the optimizer is given all parameters.
  modelConv.compile({ optimizer: "adam", loss: "crossEntropy" });
  await modelConv.fit({ x: data.x, y: labels as Tensor }, { epochs: 2, verbose: 0 });
  expect(bits(modelConv)["0.weight"]).toEqual(frozen);
});
