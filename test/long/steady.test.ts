import { expect, test } from "vitest";
import {
  Adam,
  capture,
  cosineDecay,
  crossEntropy,
  Dense,
  Dropout,
  manualSeed,
  memory,
  randint,
  randn,
  Sequential,
  type Tensor,
} from "../../src/index.js";
import { collectGarbage } from "../support/growth.js";

/** Steps that are measured; as many are made before, in which V8's young generation grows to its full size. */
const STEPS = 100_000;

/** Bytes of JS memory after garbage is gone. */
function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test(`${STEPS} captured steps leave linear memory, the JS heap and the process as large as they were`, () => {
  manualSeed(1);
  const net = new Sequential([new Dense(32, { activation: "relu", inputShape: [64] }), new Dropout(0.2), new Dense(10)]);
  const optimizer = new Adam(net.parameters(), { learningRate: cosineDecay(1e-2, { steps: 2 * STEPS }) });
  const step = capture((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(net.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const batches = Array.from({ length: 16 }, () => ({ x: randn([32, 64]), y: randint(0, 10, [32]) }));
  const run = (from: number, to: number): number => {
    let loss = 0;
    for (let i = from; i < to; i++) loss = step(batches[i % 16].x, batches[i % 16].y).item();
    return loss;
  };
  run(0, STEPS);
  const before = { linear: memory(), heap: heap(), process: process.memoryUsage().rss };
  const loss = run(STEPS, 2 * STEPS);
  const after = { linear: memory(), heap: heap(), process: process.memoryUsage().rss };
  expect(loss).toBeLessThan(0.5);
  expect(step.status().replays).toBe(2 * STEPS - 3);
  expect(after.linear).toEqual(before.linear);
  expect(after.heap - before.heap).toBeLessThan(1e6);
  expect(after.process - before.process).toBeLessThan(16e6);
});
