import { expect, test } from "vitest";
import { manualSeed, ones, type Tensor, tensor, zeros } from "../../../src/index.js";
import { Dense, Module } from "../../../src/nn/index.js";

test("is built by its first input; weights [units, in]", () => {
  const layer = new Dense(2);
  expect(layer.forward(ones([4, 5, 3])).shape).toEqual([4, 5, 2]);
  expect(layer.weight.shape).toEqual([2, 3]);
  expect(layer.bias?.toArray()).toEqual([0, 0]);
  expect([...layer.namedParameters().keys()]).toEqual(["weight", "bias"]);
  layer.loadStateDict({ weight: tensor([[1, 2, 3], [-1, 0, 0]]), bias: tensor([1, 0]) }); // biome-ignore format: a matrix
  expect(layer.forward(ones([1, 3])).toArray()).toEqual([[7, -1]]);
});

test("applies its activation", () => {
  const start = { weightInitializer: { name: "constant", value: -1 }, bias: false } as const;
  expect(new Dense(1, { ...start, activation: "relu" }).forward(ones([1, 2])).toArray()).toEqual([[0]]);
  expect(new Dense(1, { ...start, activation: { name: "leakyRelu", slope: 0.5 } }).forward(ones([1, 2])).toArray()).toEqual([[-1]]);
  expect(new Dense(1, { ...start, activation: (x: Tensor) => x.mul(3) }).forward(ones([1, 2])).toArray()).toEqual([[-6]]);
  expect(new Dense(1, { ...start, activation: "linear" }).forward(ones([1, 2])).toArray()).toEqual([[-2]]);
});

test("inputShape builds it at once, with the same values", () => {
  class Net extends Module {
    constructor(readonly body: Dense) {
      super();
    }
    forward(x: Tensor): Tensor {
      return this.body.forward(x);
    }
  }
  const initial = (layer: () => Dense): number[] => {
    manualSeed(4);
    const net = new Net(layer());
    net.forward(ones([1, 3]));
    return [...net.body.weight.data];
  };
  expect(new Dense(2, { inputShape: [3] }).parameters().length).toBe(2);
  expect(initial(() => new Dense(2, { inputShape: [3] }))).toEqual(initial(() => new Dense(2)));
});

test("tells its result's shape, built or not", () => {
  expect(new Dense(7).outputShape([2, 3, 4])).toEqual([2, 3, 7]);
  expect(new Dense(7, { inputShape: [3, 4] }).outputShape([2, 3, 4])).toEqual([2, 3, 7]);
});

test("a saved one is rebuilt", () => {
  const layer = new Dense(4, { activation: { name: "elu", alpha: 0.5 }, weightInitializer: "auto", inputShape: [3] });
  const config = JSON.parse(JSON.stringify(layer.config()));
  expect(config).toEqual({
    units: 4,
    activation: { name: "elu", alpha: 0.5 },
    bias: true,
    weightInitializer: "auto",
    biasInitializer: "zeros",
    inputShape: [3],
  });
  expect(Dense.fromConfig(config).config()).toEqual(config);
  expect(new Dense(2, { weightInitializer: () => {} }).config()).not.toHaveProperty("weightInitializer");
  expect(() => new Dense(2, { activation: (x) => x }).config()).toThrow(
    "Dense: activation is a function, which a saved model cannot hold. Write a Module of your own, and pass its class to loadModel as custom. saveWeights(path, model.stateDict()) saves the numbers.",
  );
});

test("errors", () => {
  const layer = new Dense(10, { inputShape: [784] });
  expect(() => layer.forward(zeros([32, 100]))).toThrow(
    "Dense: x [32, 100] does not fit weight [10, 784], stored [out, in]; expected 784 as x's last extent.",
  );
  expect(() => new Dense(2 ** 53)).toThrow("Dense: units is 9007199254740992; expected a whole number ≥ 1.");
  expect(() => new Dense(2 ** 50).forward(zeros([1, 4]))).toThrow("Parameter: shape [1125899906842624, 4] takes ");
  expect(() => new Dense(10).forward([1, 2] as never)).toThrow("Dense: x is an array of length 2; expected a tensor.");
  expect(() => new Dense(10).forward(3 as never)).toThrow("Dense: x is 3; expected a tensor. Wrap it with tensor(…).");
  expect(() => new Dense(10).forward(tensor(1))).toThrow("Dense: x has shape []; expected at least one axis, the last of extent ≥ 1.");
  expect(() => new Dense(10, { activaton: "relu" } as never)).toThrow(
    'Dense: unknown option "activaton". Known: activation, bias, weightInitializer, biasInitializer, weightPenalty, weightConstraint, biasPenalty, biasConstraint, inputShape. Did you mean "activation"?',
  );
  expect(() => new Dense("10" as never)).toThrow('Dense: units is "10"; expected a whole number ≥ 1.');
  expect(() => new Dense(10, { inputShape: 784 as never })).toThrow(
    "Dense: inputShape is 784; expected an array of whole numbers ≥ 1. Write [784].",
  );
});
