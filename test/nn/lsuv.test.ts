import { beforeEach, describe, expect, test } from "vitest";
import {
  BatchNorm1d,
  Conv2d,
  Dense,
  Dropout,
  Embedding,
  Flatten,
  lsuv,
  MaxPool2d,
  Module,
  manualSeed,
  noGrad,
  randint,
  randn,
  Sequential,
  type Tensor,
  zeros,
} from "../../src/index.js";
import { failure } from "../support/errors.js";

beforeEach(() => manualSeed(1));

/** The variance of what a layer computes in front of its activation, found by an equal layer without one. */
const varianceIn = (x: Tensor): number => noGrad(() => x.variance({ correction: 0 })).item();

describe("a deep net of tanh, whose signal would fade", () => {
  const make = (): Sequential =>
    new Sequential(
      Array.from({ length: 12 }, () => new Dense(64, { activation: "tanh", weightInitializer: { name: "normal", std: 0.02 } })),
    );
  const x = randn([256, 32]);

  test("every layer's result has variance 1 before its activation, and a row says how it came to it", () => {
    const model = make();
    const rows = lsuv(model, x, { tolerance: 0.01 });
    expect(rows.map(({ path, type }) => `${path} ${type}`)).toEqual(Array.from({ length: 12 }, (_, i) => `${i} Dense`));
    for (const { before, after, iterations, converged } of rows) {
      expect(converged).toBe(true);
      expect(Math.abs(after - 1)).toBeLessThanOrEqual(0.01);
      expect(iterations).toBe(Math.abs(before - 1) <= 0.01 ? 0 : 1);
    }
    // Without biases the same is found by hand.
    let signal = x;
    for (const layer of model.layers as Dense[]) {
      const before = noGrad(() => signal.matmul(layer.weight.transpose()));
      expect(varianceIn(before)).toBeCloseTo(1, 1);
      signal = noGrad(() => before.tanh());
    }
    expect(varianceIn(noGrad(() => make().forward(x)))).toBeLessThan(1e-6);
  });

  test("orthogonal: false scales the weights as they are", () => {
    const model = make();
    model.forward(x);
    const [first] = model.layers as Dense[];
    const before = first.weight.detach().mul(1);
    lsuv(model, x, { orthogonal: false });
    const factors = first.weight.div(before).data;
    for (const factor of factors) expect(factor / factors[0]).toBeCloseTo(1, 5);
  });

  test("the same seed gives the same bits", () => {
    const run = (): unknown => {
      manualSeed(7);
      const model = make();
      lsuv(model, x);
      return model.layers.map((layer) => (layer as Dense).weight.toArray());
    };
    expect(run()).toEqual(run());
  });
});

test("convolutions, biases, dropout, normalisation: modes and running statistics are left as they were", () => {
  const model = new Sequential([
    new Conv2d(1, 8, 3, { activation: "relu" }),
    new MaxPool2d(2),
    new Flatten(),
    new Dropout(0.5),
    new Dense(16, { activation: "relu", biasInitializer: { name: "constant", value: 0.3 } }),
    new BatchNorm1d(16),
    new Dense(4),
  ]);
  model.layers[3].eval();
  const rows = lsuv(model, randn([64, 1, 10, 10]));
  expect(rows.map(({ path, converged }) => [path, converged])).toEqual([["0", true], ["4", true], ["6", true]]); // biome-ignore format: a list
  expect(model.layers.map(({ training }) => training)).toEqual([true, true, true, false, true, true, true]);
  expect((model.layers[5] as BatchNorm1d).stateDict().get("num_batches_tracked")?.item()).toBe(0);
});

test("a filter, a layer that is called twice, an embedding", () => {
  class Net extends Module {
    embedding = new Embedding(10, 6);
    shared = new Dense(6, { activation: (x: Tensor) => x.relu() });
    head = new Dense(2);
    forward(x: Tensor): Tensor {
      return this.head.forward(this.shared.forward(this.shared.forward(this.embedding.forward(x).mean(1))));
    }
  }
  const net = new Net();
  const x = randint(0, 10, [50, 3]);
  expect(lsuv(net, x).map(({ path }) => path)).toEqual(["shared", "head"]);
  expect(lsuv(net, x, { filter: (_, path) => path === "head" }).map(({ path }) => path)).toEqual(["head"]);
});

test("a result that is constant cannot be scaled, and says so", () => {
  const [row] = lsuv(new Dense(3), zeros([8, 4]));
  expect(row).toMatchObject({ before: 0, after: 0, iterations: 0, converged: false });
});

test("errors", () => {
  expect(failure(() => lsuv({} as never, zeros([1])))).toBe("ARGUMENT lsuv: the module is an object; expected a layer or a model.");
  expect(failure(() => lsuv(new Flatten(), zeros([2, 2])))).toBe(
    "ARGUMENT lsuv: no layer takes part; expected a Dense, a Linear or a convolution.",
  );
  expect(failure(() => lsuv(new Dense(1), zeros([2, 2]), { tolerance: 0 }))).toBe("ARGUMENT lsuv: tolerance is 0; expected a number > 0.");
  expect(failure(() => lsuv(new Dense(1), [[1]] as never))).toMatch(/^ARGUMENT lsuv: the inputs\[0\] is an array/);
});
