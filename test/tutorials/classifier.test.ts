import { expect, test } from "vitest";
import { batches, crossEntropy, Linear, Module, manualSeed, noGrad, SGD, type Tensor } from "../../src/index.js";
import { blobs } from "../support/toy.js";
import { Watch } from "../support/tutorial.js";

/** "Training a classifier" and "Quickstart": batches, a running loss, a test loop under noGrad in evaluation. */
test("classifier", () => {
  manualSeed(1);
  class Net extends Module {
    fc1 = new Linear(4, 16);
    fc2 = new Linear(16, 3);
    forward(x: Tensor): Tensor {
      return this.fc2.forward(this.fc1.forward(x).relu());
    }
  }
  const [train, held] = [blobs(120), blobs(60)];
  const net = new Net();
  const optimizer = new SGD(net.parameters(), { learningRate: 0.05, momentum: 0.9 });

  const watch = new Watch();
  for (let epoch = 0; epoch < 8; epoch++) {
    let runningLoss = 0;
    net.train();
    for (const { x: inputs, y: labels } of batches(train, 12, { shuffle: true })) {
      optimizer.zeroGrad();
      const outputs = net.forward(inputs);
      const loss = crossEntropy(outputs, labels);
      loss.backward();
      optimizer.step();
      runningLoss += loss.item();
      watch.step(loss.item());
    }
    expect(runningLoss).toBeGreaterThan(0);
  }

  let [correct, total] = [0, 0];
  net.eval();
  noGrad(() => {
    for (const { x: inputs, y: labels } of batches(held, 12)) {
      const outputs = net.forward(inputs);
      const predicted = outputs.argmax(1);
      total += labels.size;
      correct += predicted.eq(labels).sum().item();
    }
  });
  watch.learned(0.3);
  expect(correct / total).toBeGreaterThan(0.95);
});
