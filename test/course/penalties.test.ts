import { describe, expect, it, test } from "vitest";
import { Adam, AdamW, grad, Parameter, SGD, type Tensor, tensor } from "../../src/index.js";

const l1 = (w: Tensor): Tensor => w.abs().sum();
const l2 = (w: Tensor): Tensor => w.square().sum();

describe("penalties on the solutions of 3w₁ + 2w₂ + w₃ = 10", () => {
  const x = tensor([3, 2, 1]);
  const solutions = [
    { w: [3, 0.25, 0.5], l1: 3.75, l2: 9.31 },
    { w: [5, -2, -1], l1: 8, l2: 30 },
    { w: [10 / 3, 0, 0], l1: 3.33, l2: 11.11 },
    { w: [15 / 7, 10 / 7, 5 / 7], l1: 4.29, l2: 7.14 },
  ];

  test.each(solutions)("$w costs $l1 and $l2", ({ w, l1: absolute, l2: squared }) => {
    const weights = tensor(w);
    expect(weights.mul(x).sum().item()).toBeCloseTo(10, 5);
    expect(Number(l1(weights).item().toFixed(2))).toBe(absolute);
    expect(Number(l2(weights).item().toFixed(2))).toBe(squared);
  });

  it("the cheapest by L1 is sparse, the cheapest by L2 is spread", () => {
    const cheapest = (penalty: (w: Tensor) => Tensor): number => {
      const costs = solutions.map(({ w }) => penalty(tensor(w)).item());
      return costs.indexOf(Math.min(...costs));
    };
    expect([cheapest(l1), cheapest(l2)]).toEqual([2, 3]);
  });

  it("the spread one is the solution of least L2 of all: x · 10/|x|²", () => {
    expect(
      x
        .mul(10 / l2(x).item())
        .sub(tensor(solutions[3].w))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-6);
  });
});

test("L2 prefers [¼, ¼, ¼, ¼] to [1, 0, 0, 0], which score the same on [1, 1, 1, 1]; L1 does not care; elastic net follows L2", () => {
  const [x, peaked, spread] = [tensor([1, 1, 1, 1]), tensor([1, 0, 0, 0]), tensor([0.25, 0.25, 0.25, 0.25])];
  expect(peaked.mul(x).sum().item()).toBe(spread.mul(x).sum().item());
  expect([l2(peaked).item(), l2(spread).item()]).toEqual([1, 0.25]);
  expect(l1(peaked).item()).toBe(l1(spread).item());
  const elastic = (w: Tensor): number => l2(w).mul(0.5).add(l1(w)).item();
  expect(elastic(spread)).toBeLessThan(elastic(peaked));
});

/** Ten steps down (w − target)² with a penalty in the loss, or with an option of the optimizer. */
function descend(make: (w: Parameter) => { step(): void; zeroGrad(): void }, penalty: number): number[] {
  const w = new Parameter(tensor([1, -2, 3]));
  const optimizer = make(w);
  for (let step = 0; step < 10; step++) {
    const loss = w
      .sub(tensor([0.5, 0.5, 0.5]))
      .square()
      .sum();
    (penalty === 0 ? loss : loss.add(l2(w).mul(penalty))).backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  return [...w.data];
}

const close = (a: number[], b: number[]): boolean => a.every((value, i) => Math.abs(value - b[i]) < 1e-5);

describe("the penalty C · Σw²", () => {
  const C = 0.05;

  it("is weight decay 2C under SGD, with momentum, too", () => {
    for (const momentum of [0, 0.9]) {
      const learningRate = 0.05;
      const penalised = descend((w) => new SGD([w], { learningRate, momentum }), C);
      const decayed = descend((w) => new SGD([w], { learningRate, momentum, weightDecay: 2 * C }), 0);
      expect(close(penalised, decayed)).toBe(true);
    }
  });

  it("under plain SGD is a shrinking of the weights by 1 − 2C · rate in each step", () => {
    const [rate, w] = [0.1, new Parameter(tensor([2, -4]))];
    l2(w).mul(C).backward();
    new SGD([w], { learningRate: rate }).step();
    expect(close([...w.data], [2 * (1 - 2 * C * rate), -4 * (1 - 2 * C * rate)])).toBe(true);
  });

  it("is not the decay of AdamW: Adam divides the penalty's gradient by its own root", () => {
    const learningRate = 0.05;
    const penalised = descend((w) => new Adam([w], { learningRate }), C);
    const coupled = descend((w) => new Adam([w], { learningRate, weightDecay: 2 * C }), 0);
    const decoupled = descend((w) => new AdamW([w], { learningRate, weightDecay: 2 * C }), 0);
    expect(close(penalised, coupled)).toBe(true);
    expect(close(penalised, decoupled)).toBe(false);
  });

  it("has the gradient 2Cw; the ½ that makes it Cw belongs to L2, the gradient of |w| is the sign", () => {
    const w = tensor([1.5, -2], { requiresGrad: true });
    expect([...grad(l2(w).mul(C), [w])[0].data]).toEqual([...tensor([1.5 * 2 * C, -2 * 2 * C]).data]);
    expect([...grad(l2(w).div(2), [w])[0].data]).toEqual([1.5, -2]);
    expect([...grad(l1(w), [w])[0].data]).toEqual([1, -1]);
  });
});
