import { describe, expect, test } from "vitest";
import {
  Adam,
  capture,
  crossEntropy,
  Dense,
  Dropout,
  IndexError,
  Linear,
  manualSeed,
  memory,
  noGrad,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { batch, data, trial } from "../support/captured.js";

describe("a label that is out of range in a replay", () => {
  test("is the error that the step would have thrown, and nothing was trained", () => {
    const { net, step, optimizer } = trial(true);
    for (let i = 0; i < 5; i++) step(data[0].x, data[0].y);
    const before = [...net.stateDict().values()].map((t) => Array.from(t.data));
    const steps = optimizer.stepCount;
    const bad = tensor([...Array.from(data[0].y.data).slice(0, 15), 7], { dtype: "int32" });
    expect(() => step(data[0].x, bad)).toThrow(IndexError);
    expect(() => step(data[0].x, bad)).toThrow("crossEntropy: label 7 at position 15 is outside 0 … 4.");
    expect([...net.stateDict().values()].map((t) => Array.from(t.data))).toEqual(before);
    expect(optimizer.stepCount).toBe(steps);
    expect(Number.isFinite(step(data[0].x, data[0].y).item())).toBe(true);
  });
});

test("a step that throws while it is recorded leaves nothing behind", () => {
  const net = new Linear(20, 5);
  const step = capture((x: Tensor, y: Tensor) => crossEntropy(net.forward(x).tanh(), y));
  const bad = tensor(new Array(16).fill(9), { dtype: "int32" });
  const { x } = batch(0);
  for (let i = 0; i < 2; i++) expect(() => step(x, bad)).toThrow(IndexError);
  const { liveBytes } = memory();
  for (let i = 0; i < 5; i++) expect(() => step(x, bad)).toThrow(IndexError);
  expect(memory().liveBytes).toBe(liveBytes);
  expect(step(x, batch(0).y).item()).toBe(noGrad(() => crossEntropy(net.forward(x).tanh(), batch(0).y).item()));
});

test("a fault in the middle of a replay leaves what came before it done, and nothing else", () => {
  const run = (captured: boolean) => {
    manualSeed(3);
    const [a, b] = [1, 2].map(() => new Sequential([new Dense(8, { inputShape: [20] }), new Dropout(0.5), new Dense(5)]));
    const [first, second] = [new Adam(a.parameters(), { learningRate: 0.1 }), new Adam(b.parameters(), { learningRate: 0.1 })];
    const raw = (x: Tensor, y: Tensor, z: Tensor): void => {
      crossEntropy(a.forward(x), y).backward();
      first.step();
      first.zeroGrad();
      crossEntropy(b.forward(x), z).backward();
      second.step();
      second.zeroGrad();
    };
    const step = captured ? capture(raw) : raw;
    for (let i = 0; i < 8; i++) {
      const { x, y } = batch(i);
      const z = i === 5 ? tensor(new Array(16).fill(7), { dtype: "int32" }) : y;
      if (i === 5) expect(() => step(x, y, z)).toThrow(IndexError);
      else step(x, y, z);
    }
    const counts = [a, b].map((net) => (net.layers[1] as Dropout).count);
    const states = [a, b].map((net) => [...net.stateDict().values()].map((t) => Array.from(t.data)));
    return [first.stepCount, second.stepCount, counts, states];
  };
  expect(run(true)).toEqual(run(false));
});
