import { expect, test } from "vitest";
import {
  Adam,
  batches,
  capture,
  clipGradNorm,
  crossEntropy,
  Linear,
  mse,
  noGrad,
  randint,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.js";
import { data, expectSameTraining } from "../support/captured.js";

test("noGrad and metrics may stand in a step", () => {
  const net = new Linear(20, 5);
  const step = capture((x: Tensor, y: Tensor) => noGrad(() => net.forward(x).argmax(1).eq(y).cast("float32").mean()));
  const { x, y } = data[0];
  const eager = noGrad(() => net.forward(x).argmax(1).eq(y).cast("float32").mean().item());
  for (let i = 0; i < 5; i++) expect(step(x, y).item()).toBe(eager);
});

test("a captured step within a captured step is part of it", () => {
  const inner = capture((x: Tensor) => x.mul(2));
  const outer = capture((x: Tensor) => inner(x).add(1));
  for (let i = 0; i < 6; i++) expect(outer(tensor([i])).toArray()).toEqual([2 * i + 1]);
  expect(outer.status().state).toBe("replaying");
});

test("and its parameters are trained from the first call on", () => {
  expectSameTraining(0.1, data.slice(0, 6), (net, optimizer, maybe) => {
    const inner = maybe((x: Tensor): Tensor => net.forward(x));
    return (x, y) => {
      const loss = crossEntropy(inner(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
  });
});

test("clipGradNorm may stand in a step", () => {
  expectSameTraining(1, data.slice(0, 14), (net, optimizer) => (x, y) => {
    const loss = crossEntropy(net.forward(x), y);
    loss.backward();
    clipGradNorm(net.parameters(), 0.2);
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
});

test("a retained graph and two losses may stand in a step", () => {
  const full = data.filter(({ x }) => x.shape[0] === 16);
  expectSameTraining(0.1, full, (net, optimizer) => (x, y) => {
    const logits = net.forward(x);
    const [a, b] = [crossEntropy(logits, y), mse(logits, zeros([16, 5]))];
    a.backward(undefined, { retainGraph: true });
    a.backward();
    b.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return [a, b];
  });
});

test("the loop of the documentation", () => {
  const net = new Linear(4, 2);
  const optimizer = new Adam(net.parameters());
  const step = capture((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(net.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const losses: number[] = [];
  for (let epoch = 0; epoch < 5; epoch++)
    for (const { x, y } of batches({ x: randn([10, 4]), y: randint(0, 2, [10]) }, 4)) losses.push(step(x, y).item());
  expect(losses.every(Number.isFinite)).toBe(true);
});
