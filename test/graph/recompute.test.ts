import { describe, expect, test } from "vitest";
import {
  Adam,
  BatchNorm,
  capture,
  crossEntropy,
  Dense,
  Dropout,
  GraphError,
  grad,
  Linear,
  manualSeed,
  memory,
  noGrad,
  randint,
  randn,
  recompute,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";

function network(): Sequential {
  manualSeed(2);
  return new Sequential([
    new Dense(16, { activation: "tanh", inputShape: [8] }),
    new BatchNorm(),
    new Dropout(0.3),
    new Dense(16, { activation: "relu" }),
    new Dropout(0.5),
    new Dense(4),
  ]);
}

/** Losses, parameters and running statistics after some steps. */
function train(through: (net: Sequential, x: Tensor) => Tensor, captured = false): unknown {
  const net = network();
  const optimizer = new Adam(net.parameters(), { learningRate: 0.01 });
  const raw = (x: Tensor, y: Tensor): Tensor => {
    const loss = crossEntropy(through(net, x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const step = captured ? capture(raw) : raw;
  const losses = Array.from({ length: 8 }, () => step(randn([12, 8]), randint(0, 4, [12])).item());
  return { losses, state: [...net.stateDict()].map(([name, t]) => [name, Array.from(t.data)]) };
}

/** Layers by layers, the middle ones recomputed. */
const inPart = (net: Sequential, x: Tensor): Tensor => {
  const [first, ...others] = net.layers;
  const last = others.pop();
  const middle = (h: Tensor): Tensor => others.reduce((value, layer) => layer.forward(value) as Tensor, h);
  return last?.forward(recompute(middle, first.forward(x)));
};

test("the same bits as without, in part and as a whole: masks, running statistics, gradients", () => {
  const plain = train((net, x) => net.forward(x));
  expect(train((net, x) => recompute((given) => net.forward(given), x))).toEqual(plain);
  expect(train(inPart)).toEqual(plain);
});

test("and in a captured step", () => {
  const plain = train((net, x) => net.forward(x));
  expect(train((net, x) => recompute((given) => net.forward(given), x), true)).toEqual(plain);
  expect(train(inPart, true)).toEqual(plain);
});

test("gradients of inputs, through several uses, and by grad()", () => {
  const w = new Linear(3, 3);
  const run = (through: (fn: (x: Tensor) => Tensor, x: Tensor) => Tensor) => {
    const x = tensor([[1, 2, 3]], { requiresGrad: true });
    const y = through((given) => w.forward(given).tanh().mul(given), x.mul(2));
    const z = y.mul(y).sum();
    const [dx, dw] = grad(z, [x, w.weight]);
    return [dx.toArray(), dw.toArray()];
  };
  expect(run((fn, x) => recompute(fn, x))).toEqual(run((fn, x) => fn(x)));
});

test("random numbers that are drawn inside are the same the second time", () => {
  const w = new Linear(4, 4);
  const x = randn([5, 4]);
  const run = (through: (fn: (x: Tensor) => Tensor) => Tensor) => {
    manualSeed(7);
    through((given) => w.forward(given).mul(randn([5, 4])))
      .sum()
      .backward();
    const found = w.weight.grad?.toArray();
    w.zeroGrad();
    return found;
  };
  expect(run((fn) => recompute(fn, x))).toEqual(run((fn) => fn(x)));
});

test("under noGrad it is a call", () => {
  const w = new Linear(2, 2);
  const x = tensor([[1, 2]]);
  expect(noGrad(() => recompute((given) => w.forward(given), x).toArray())).toEqual(noGrad(() => w.forward(x).toArray()));
});

test("it takes less memory, eager and captured", () => {
  const layers = Array.from({ length: 12 }, () => new Linear(64, 64));
  const part = (from: number) => (x: Tensor) => layers.slice(from, from + 4).reduce((h, layer) => layer.forward(h).tanh(), x);
  const whole = (x: Tensor): Tensor => part(8)(part(4)(part(0)(x)));
  const parts = (x: Tensor): Tensor => [0, 4, 8].reduce((h, from) => recompute(part(from), h), x);
  const x = randn([512, 64]);
  const live = (fn: (x: Tensor) => Tensor): number => {
    const loss = fn(x).sum();
    const { liveBytes } = memory();
    loss.backward();
    return liveBytes;
  };
  live(whole);
  const [more, less] = [live(whole), live(parts)];
  expect(more - less).toBeGreaterThan(8 * 512 * 64 * 4);
  const arena = (fn: (x: Tensor) => Tensor): number => {
    const step = capture((given: Tensor) => {
      const loss = fn(given).sum();
      loss.backward();
      for (const layer of layers) layer.zeroGrad();
      return loss;
    });
    for (let i = 0; i < 4; i++) step(x);
    const { bytes, state } = step.status();
    expect(state).toBe("replaying");
    step.dispose();
    return bytes;
  };
  expect(arena(parts)).toBeLessThan(0.7 * arena(whole));
});

test("memory does not grow", () => {
  const net = network();
  const step = (): void => {
    recompute((given) => net.forward(given), randn([12, 8]))
      .sum()
      .backward();
    net.zeroGrad();
  };
  for (let i = 0; i < 3; i++) step();
  const { liveBytes, reservedBytes } = memory();
  for (let i = 0; i < 50; i++) step();
  expect(memory()).toMatchObject({ liveBytes, reservedBytes });
});

describe("errors", () => {
  const w = new Linear(2, 2);
  const x = tensor([[1, 2]]);

  test("a result from outside", () => {
    const h = w.forward(x);
    expect(() => recompute((given) => w.forward(given).mul(h), x)).toThrow(
      'recompute: fn uses the result of "linear" [1, 2], which is not among its inputs. Pass it as an argument: recompute(fn, x, y).',
    );
  });

  test("no function", () => {
    expect(() => recompute(w as never, x)).toThrow(
      "recompute: fn is a Linear; expected a function. Write recompute((x) => block.forward(x), x).",
    );
  });

  test("no tensors", () => {
    expect(() => recompute((() => 3) as never, x)).toThrow("recompute: fn returned 3; expected one tensor");
    expect(() => recompute((given) => given, 3 as never)).toThrow("recompute: input 0 is 3; expected a tensor");
  });

  test("second derivatives", () => {
    const y = recompute((given) => w.forward(given), x).sum();
    expect(() => grad(y, w.weight, { createGraph: true })).toThrow(GraphError);
  });

  test("a parameter that changed before backward()", () => {
    const y = recompute((given) => w.forward(given), x).sum();
    w.weight.fill(1);
    expect(() => y.backward()).toThrow(/"recompute" saved its operand/);
  });
});
