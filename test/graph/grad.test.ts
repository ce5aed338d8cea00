import { describe, expect, test } from "vitest";
import { GraphError, grad, Parameter, type Tensor, tensor } from "../../src/index.js";
import { figures } from "../support/growth.js";

const leaf = (values: number | number[]): Tensor => tensor(values, { requiresGrad: true });
const arrays = (tensors: (Tensor | null)[]) => tensors.map((each) => each?.toArray() ?? null);

describe("grad", () => {
  test("gives gradients and changes no grad field", () => {
    const [x, p] = [leaf([1, 2]), new Parameter(tensor([3, 4]))];
    const y = x.mul(p).sum();
    expect(arrays(grad(y, [p, x], { retainGraph: true }))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect([x.grad, p.grad]).toEqual([null, null]);
    expect(arrays(grad(y, x))).toEqual([[3, 4]]);
    expect(() => grad(y, x)).toThrow(GraphError);
  });

  test("with respect to intermediate results, and the output itself", () => {
    const x = leaf([1, 2]);
    const h = x.mul(3);
    const y = h.square().sum();
    expect(arrays(grad(y, [h, x, y], { retainGraph: true }))).toEqual([[6, 12], [18, 36], 1]);
    expect(arrays(grad(y, h))).toEqual([[6, 12]]);
  });

  test("an intermediate result that is used at two depths gets its whole gradient", () => {
    const x = leaf([1, 2]);
    const h = x.mul(1);
    const y = h.mul(h.mul(h)).sum();
    expect(arrays(grad(y, [h, x]))).toEqual([
      [3, 12],
      [3, 12],
    ]);
  });

  test("an input named twice, and one that is the same leaf", () => {
    const x = leaf([1, 2]);
    expect(arrays(grad(x.square().sum(), [x, x]))).toEqual([
      [2, 4],
      [2, 4],
    ]);
  });

  test("what the outputs do not depend on is an error, or null on request", () => {
    const [x, other] = [leaf([1, 2]), leaf([1, 2, 3])];
    expect(() => grad(x.sum(), [x, other])).toThrow(
      new GraphError("grad: the outputs do not depend on input 1 [3]. Pass allowUnused: true to get null for it."),
    );
    expect(arrays(grad(x.sum(), [other, x], { allowUnused: true }))).toEqual([null, [1, 1]]);
    // A constant on the way: x is used, but nothing flows.
    expect(arrays(grad(other.sum().add(x.detach().sum()), [x], { allowUnused: true }))).toEqual([null]);
  });

  test("several outputs with gradients to start from", () => {
    const x = leaf([1, 2]);
    const [a, b] = [x.square(), x.mul(10)];
    expect(arrays(grad([a, b], x, { gradOutputs: [tensor([1, 2]), tensor([100, 0])] }))).toEqual([[2 + 1000, 8]]);
    const [c, d] = [x.sum(), x.square().sum()];
    expect(arrays(grad([c, d, d], x, { gradOutputs: [null, tensor(0.5), null] }))).toEqual([[1 + 3, 1 + 6]]);
  });

  test("outputs of different graphs, of which one is the larger", () => {
    for (const lengths of [
      [1, 5],
      [5, 1],
    ]) {
      for (const createGraph of [false, true]) {
        const p = new Parameter(tensor([1, 2]));
        const outputs = lengths.map((length) => {
          let y: Tensor = p.mul(p);
          for (let i = 0; i < length; i++) y = y.mul(1);
          return y.sum();
        });
        const [slope] = grad(outputs, p, { createGraph });
        expect(slope.toArray()).toEqual([4, 8]);
        if (!createGraph) continue;
        expect(arrays(grad(slope.sum(), p))).toEqual([[4, 4]]);
      }
    }
  });

  test("a start from a result of another graph joins the two, whichever is larger", () => {
    for (const lengths of [
      [1, 9],
      [9, 1],
    ]) {
      const p = new Parameter(tensor([1, 2]));
      const [y, v] = lengths.map((length) => {
        let result: Tensor = p.mul(p);
        for (let i = 0; i < length; i++) result = result.mul(1);
        return result;
      });
      // d(p²·v)/dp = 2p·v with v = p²; and v beside it as an output of its own.
      const [slope] = grad([y, v], p, { gradOutputs: [v, tensor([1, 1])], createGraph: true });
      expect(slope.toArray()).toEqual([2 + 2, 16 + 4]);
      // d(2p³ + 2p)/dp
      expect(arrays(grad(slope.sum(), p))).toEqual([[8, 26]]);
    }
  });

  test("does not go behind the tensors asked for: a change of what lies there is no error", () => {
    const p = new Parameter(tensor([1, 2]));
    const h = p.square();
    const y = h.mul(3).sum();
    p.fill(0);
    expect(arrays(grad(y, h))).toEqual([[3, 3]]);
  });

  test("createGraph: third derivatives", () => {
    const x = leaf(2);
    const y = x.mul(x).mul(x).mul(x);
    const [first] = grad(y, x, { createGraph: true });
    const [second] = grad(first, x, { createGraph: true });
    const [third] = grad(second, x, { createGraph: true });
    const [fourth] = grad(third, x);
    expect([first, second, third, fourth].map((each) => each.item())).toEqual([32, 48, 48, 24]);
  });

  test("results without createGraph are data", () => {
    const x = leaf([1, 2]);
    const before = figures();
    const [slope] = grad(x.square().sum(), x);
    for (let i = 0; i < 20; i++) leaf([1]).square().sum().backward();
    expect([slope.requiresGrad, slope.toArray()]).toEqual([false, [2, 4]]);
    expect(figures().liveBytes - before.liveBytes).toBeLessThan(64 * 100);
  });

  test("of something without a gradient is an error", () => {
    expect(() => grad(tensor(1).mul(2), leaf(1))).toThrow(/^grad: this tensor \[] needs no gradient/);
  });
});
