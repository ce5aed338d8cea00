import { expect, test } from "vitest";
import { binaryCrossEntropy, capture, Linear, mse, noGrad, ones, Parameter, rand, type Tensor, tensor } from "../../src/index.js";

test("a step may return several tensors, or none, and take objects", () => {
  const w = new Linear(3, 2);
  const step = capture(({ x }: { x: Tensor }) => ({ y: w.forward(x), both: [x.sum(), x.mean()] }));
  const nothing = capture((_: Tensor) => {});
  for (let i = 0; i < 6; i++) {
    const x = tensor([[i, 1, 2]]);
    const { y, both } = step({ x });
    expect(y.toArray()).toEqual(noGrad(() => w.forward(x)).toArray());
    expect(both.map((t) => t.item())).toEqual([i + 3, Math.fround((i + 3) / 3)]);
    expect(nothing(x)).toBe(undefined);
  }
  expect(step.status().state).toBe("replaying");
});

test("what a replay returned is not overwritten by the next", () => {
  const step = capture((x: Tensor) => x.mul(2));
  const found = [1, 2, 3, 4, 5, 6].map((i) => step(tensor([i, i])));
  expect(found.map((t) => t.toArray())).toEqual([1, 2, 3, 4, 5, 6].map((i) => [2 * i, 2 * i]));
});

test("data that the step reads may be changed between replays", () => {
  const scale = tensor([1, 2]);
  const step = capture((x: Tensor) => x.mul(scale));
  for (let i = 0; i < 5; i++) step(tensor([1, 1]));
  scale.assign([5, 6]);
  expect(step(tensor([1, 1])).toArray()).toEqual([5, 6]);
});

test.each([mse, binaryCrossEntropy])("a long loss (%o) sums its chunks in memory of the capture's own", (loss) => {
  const w = new Parameter(ones([300]));
  const x = rand([300, 300]);
  const step = capture((input: Tensor) => {
    const value = loss(input.mul(w), input);
    value.backward();
    w.grad = null;
    return value;
  });
  const values = [1, 2, 3].map(() => step(x).item());
  // Of the size of the sums, to be placed where eager ones would have been.
  const held = Array.from({ length: 200 }, () => tensor(new Float32Array(22).fill(7), { requiresGrad: true }).mul(1));
  values.push(step(x).item());
  expect(new Set(values).size).toBe(1);
  for (const one of held) expect([...one.view()]).toEqual(new Array(22).fill(7));
});
