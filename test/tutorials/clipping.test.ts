import { expect, test } from "vitest";
import { clipGradNorm, Linear, manualSeed, mse, Parameter, randn, SGD, zeros } from "../../src/index.js";
import { Watch } from "../support/tutorial.js";

/** PyTorch's word language model: gradients are clipped between backward and step; without it this rate diverges. */
test("clipping", () => {
  const run = (clip: number | null): { losses: number[]; norms: number[] } => {
    manualSeed(7);
    const x = randn([64, 8], { std: 6 });
    const target = x.matmul(randn([8, 1]));
    const model = new Linear(8, 1);
    const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
    const watch = new Watch();
    const norms: number[] = [];
    for (let i = 0; i < 80; i++) {
      optimizer.zeroGrad();
      const loss = mse(model.forward(x), target);
      loss.backward();
      if (clip !== null) norms.push(clipGradNorm(model.parameters(), clip));
      optimizer.step();
      watch.step(loss.item());
    }
    watch.flat();
    return { losses: watch.losses, norms };
  };
  const { losses, norms } = run(0.5);
  expect(norms[0]).toBeGreaterThan(50);
  expect(losses.at(-1)).toBeLessThan(0.05 * losses[0]);
  expect(run(null).losses.at(-1)).not.toBeLessThan(1e6);
});

test("clipGradNorm gives the norm before, and leaves it at the limit", () => {
  const parameter = new Parameter(zeros([2]));
  parameter.grad = zeros([2]).add(3);
  expect(clipGradNorm(parameter, 1)).toBeCloseTo(Math.sqrt(18), 5);
  expect(clipGradNorm(parameter, 10)).toBeCloseTo(1, 5);
});
