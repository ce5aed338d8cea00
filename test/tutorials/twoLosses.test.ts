import { expect, test } from "vitest";
import { Adam, crossEntropy, Linear, Module, manualSeed, mse, type Tensor } from "../../src/index.js";
import { bits, blobs } from "../support/toy.js";
import { Watch } from "../support/tutorial.js";

class TwoHeads extends Module {
  trunk = new Linear(4, 16);
  classes = new Linear(16, 3);
  decoder = new Linear(16, 4);
  forward(x: Tensor): [Tensor, Tensor] {
    const features = this.trunk.forward(x).tanh();
    return [this.classes.forward(features), this.decoder.forward(features)];
  }
}

/** Two losses on one trunk, as in the multi-task and auxiliary-loss loops of PyTorch's forum and GoogLeNet's fine-tuning. */
test("two losses: added up, or gone back through one after the other", () => {
  const run = (way: "sum" | "retainGraph" | "separate"): Record<string, number[]> => {
    manualSeed(11);
    const { x, y } = blobs(64);
    const model = new TwoHeads();
    const optimizer = new Adam(model.parameters(), { learningRate: 0.02 });
    const watch = new Watch();
    for (let step = 0; step < 60; step++) {
      optimizer.zeroGrad();
      const [logits, rebuilt] = model.forward(x) as [Tensor, Tensor];
      const loss1 = crossEntropy(logits, y);
      const loss2 = mse(rebuilt, x);
      if (way === "sum") loss1.add(loss2).backward();
      else {
        loss1.backward(null, { retainGraph: way === "retainGraph" });
        loss2.backward();
      }
      optimizer.step();
      watch.step(loss1.item() + loss2.item());
    }
    watch.learned(0.5);
    return bits(model);
  };
  // What PyTorch refuses without retainGraph is right here: what another loss still needs is kept.
  const sum = run("sum");
  for (const other of [run("retainGraph"), run("separate")]) {
    for (const [name, values] of Object.entries(sum)) values.forEach((value, i) => void expect(other[name][i]).toBeCloseTo(value, 3));
  }
});
