import { expect, test } from "vitest";
import { batches, crossEntropy, Linear, manualSeed, SGD } from "../../src/index.js";
import { bits, blobs } from "../support/toy.js";
import { Watch } from "../support/tutorial.js";

/** "Performance tuning guide" and the automatic mixed precision examples: gradients of several small batches make one step. */
test("gradient accumulation: four batches a step", () => {
  manualSeed(5);
  const data = blobs(96);
  const net = new Linear(4, 3);
  const itersToAccumulate = 4;
  const optimizer = new SGD(net.parameters(), { learningRate: 0.5 });

  const watch = new Watch();
  for (let epoch = 0; epoch < 20; epoch++) {
    let i = 0;
    for (const { x: input, y: target } of batches(data, 8, { shuffle: true })) {
      const output = net.forward(input);
      const loss = crossEntropy(output, target).div(itersToAccumulate);
      loss.backward();
      if ((i + 1) % itersToAccumulate === 0) {
        optimizer.step();
        optimizer.zeroGrad();
      }
      i++;
      watch.step(loss.item());
    }
  }
  expect(optimizer.stepCount).toBe(60);
  watch.learned(0.4, { period: itersToAccumulate });
});

test("gradient accumulation: the step is that of the whole batch", () => {
  const run = (size: number): Record<string, number[]> => {
    manualSeed(6);
    const data = blobs(32);
    const net = new Linear(4, 3);
    const optimizer = new SGD(net.parameters(), { learningRate: 0.5 });
    for (let step = 0; step < 3; step++) {
      for (const { x, y } of batches(data, size))
        crossEntropy(net.forward(x), y)
          .mul(size / 32)
          .backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    return bits(net);
  };
  const [whole, parts] = [run(32), run(8)];
  for (const [name, values] of Object.entries(whole)) values.forEach((value, i) => void expect(parts[name][i]).toBeCloseTo(value, 5));
});
