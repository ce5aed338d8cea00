/** A forward, or a step of `fit`, that throws gives back what it made. */
import { describe, expect, test } from "vitest";
import {
  BatchNorm,
  capture,
  Dense,
  MemoryError,
  Module,
  manualSeed,
  memory,
  noGrad,
  Parameter,
  randn,
  recompute,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { failure } from "../support/failure.js";
import { expectNoGrowth, figures, finalizers } from "../support/growth.js";
import { inShortage } from "../support/shortage.js";

/** A model whose last module throws if it is told to. */
class Net extends Module {
  first = new Dense(8, { activation: "tanh" });
  second = new Dense(3);
  fault: (h: Tensor) => Tensor = (h) => h;
  seen: Tensor[] = [];

  forward(x: Tensor): Tensor {
    const h = this.first.forward(x);
    this.seen = [h];
    return this.fault(this.second.forward(h));
  }
}

const own = (): never => {
  throw new Error("own");
};
const x = randn([4, 5]);
const made = (): Net => {
  const net = new Net();
  noGrad(() => net.forward(x));
  return net;
};

describe("a forward that throws", () => {
  test.each<[string, (h: Tensor) => Tensor, RegExp]>([
    ["an exception of the user's", own, /^own$/],
    ["a shape error", (h) => h.add(tensor([1, 2])), /^add: shapes/],
    ["an index out of range", (h) => h.indexSelect(0, tensor([9], { dtype: "int32" })), /indexSelect/],
    ["running out of memory", (h) => h.unsqueeze(0).expand([400_000_000, 4, 3]), /do not fit/],
  ])("%s: no graph and no block is left", (_, fault, text) => {
    const net = made();
    const before = figures();
    net.fault = fault;
    for (let i = 0; i < 10; i++) {
      expect(failure(() => net.forward(x))).toMatch(text);
      expect({ ...figures(), reservedBytes: 0 }).toEqual({ ...before, reservedBytes: 0 });
    }
  });

  test("a result of it that somebody kept says why it is gone, unless it was retained", () => {
    const net = made();
    net.fault = own;
    expect(() => net.forward(x)).toThrow("own");
    expect(failure(() => net.seen[0].data)).toMatch(
      /^linear: this result \[4, 8] was released: the forward of Net that made it threw an error\. Call retain\(\) on it before/,
    );
    net.fault = () => {
      net.seen[0].retain();
      return own();
    };
    expect(() => net.forward(x)).toThrow("own");
    expect(net.seen[0].data).toHaveLength(32);
  });

  test("what was there before stays, also in the graph that the forward added to", () => {
    const [first, second] = [made(), new Sequential([new Dense(2), new Dense(2)])];
    const h = first.forward(x);
    second.forward(h.detach());
    const { nodes } = memory();
    second.add(new Failing());
    expect(() => second.forward(h)).toThrow("own");
    expect(memory().nodes).toBe(nodes);
    h.sum().backward();
    expect(first.first.weight.grad?.data).toHaveLength(40);
  });

  test("an exception that the outer module catches leaves all as it is", () => {
    class Careful extends Module {
      inner = new Net();
      forward(input: Tensor): Tensor {
        const h = this.inner.first.forward(input);
        try {
          this.inner.forward(input);
        } catch {}
        return h.add(this.inner.seen[0]);
      }
    }
    const net = new Careful();
    net.inner.fault = own;
    net.forward(x).sum().backward();
    const p = net.inner.first.weight.grad as Tensor;
    expect(p.data.some((value) => value !== 0)).toBe(true);
  });

  test("10,000 of them in one job leave memory where it is", () => {
    const net = made();
    net.fault = own;
    expectNoGrowth(
      () => {
        try {
          net.forward(x);
        } catch {}
      },
      { steps: 10_000 },
    );
  });

  test("after a MemoryError a smaller batch trains, and inference runs", () => {
    manualSeed(1);
    const net = new Sequential([
      new Dense(1024, { activation: "relu" }),
      new Dense(1024, { activation: "relu" }),
      new Dense(1024),
      new Dense(1),
    ]);
    const batch = (n: number): Tensor => tensor(new Float32Array(n * 4).fill(0.5), { shape: [n, 4] });
    net.forward(batch(1)).sum().backward();
    inShortage(64, () => {
      for (let i = 0; i < 5; i++) {
        expect(() => net.forward(batch(8192))).toThrow(MemoryError);
        expect(noGrad(() => net.forward(batch(2048))).shape).toEqual([2048, 1]);
        net.forward(batch(1024)).sum().backward();
      }
    });
  });

  test("the second computation of recompute gives back what it made", () => {
    const net = made();
    let calls = 0;
    net.fault = (h) => (++calls % 2 === 0 ? own() : h);
    const forward = (): void =>
      recompute((input) => net.forward(input), x.mul(new Parameter(tensor([1]))))
        .sum()
        .backward();
    expect(forward).toThrow("own");
    const before = figures();
    for (let i = 0; i < 5; i++) expect(forward).toThrow("own");
    expect(figures().unconsumedGraphs).toBe(before.unconsumedGraphs);
  });

  test("under a recorder", () => {
    const net = made();
    let fails = false;
    net.fault = (h) => (fails ? own() : h);
    const step = capture((input: Tensor) => {
      const loss = net.forward(input).square().sum();
      loss.backward();
      return loss;
    });
    const before = figures();
    fails = true;
    for (let i = 0; i < 6; i++) expect(() => step(x)).toThrow("own");
    step.dispose();
    expect(figures().graphs).toBe(before.graphs);
    fails = false;
    expect(step(x).item()).toBeGreaterThan(0);
  });
});

class Failing extends Module {
  forward(h: Tensor): Tensor {
    h.relu();
    return own();
  }
}

describe("a step of fit that throws", () => {
  const y = tensor([0, 1, 2, 0], { dtype: "int32" });
  const compiled = (): Sequential => {
    const model = new Sequential([new Dense(8, { activation: "relu", inputShape: [5] }), new BatchNorm(), new Dense(3)]);
    model.compile({ optimizer: "sgd", loss: "crossEntropy" });
    return model;
  };

  test.each<[string, (model: Sequential) => { x: Tensor; y: Tensor }, RegExp]>([
    ["a wrong label", () => ({ x, y: tensor([0, 1, 7, 0], { dtype: "int32" }) }), /label 7/],
    ["data that are not finite", () => ({ x: x.mul(Number.NaN), y }), /loss became NaN/],
    ["a shape error", () => ({ x: randn([4, 6]), y }), /\[4, 6]|inputShape|\[5]/],
  ])("%s: no graph is left, however often", async (_, data, text) => {
    const model = compiled();
    await model.fit({ x, y }, { verbose: 0 });
    model.predict(x);
    await expect(model.fit(data(model), { verbose: 0 })).rejects.toThrow(text);
    // What tests before left behind goes first.
    await finalizers();
    const before = figures();
    for (let i = 0; i < 20; i++) await model.fit(data(model), { verbose: 0 }).catch(() => undefined);
    await finalizers();
    expect(figures()).toEqual(before);
  });
});
