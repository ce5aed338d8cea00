import { expect, test } from "vitest";
import { input, Model, ones, type Tensor, tensor } from "../../../src/index.js";
import { Lambda, Linear, Module } from "../../../src/nn/index.js";

test("computes, and tells its result's shape", () => {
  const layer = new Lambda((x) => x.mul(2).flatten(1));
  expect(layer.forward(tensor([[[1], [2]]])).toArray()).toEqual([[2, 4]]);
  expect(layer.outputShape([1, 3, 4])).toEqual([1, 12]);
  expect(new Lambda((x) => x, { outputShape: () => [9] }).outputShape([1])).toEqual([9]);
});

test("several inputs, in a functional model too", () => {
  const join = new Lambda((a, b) => a.add(b));
  expect(join.forward(tensor([1, 2]), tensor([3, 4])).toArray()).toEqual([4, 6]);
  const [a, b] = [input([3, 1]), input([1, 2])];
  const model = new Model({ inputs: [a, b], outputs: join.forward(a, b) });
  expect(model.outputShape([5, 3, 1], [5, 1, 2])).toEqual([5, 3, 2]);
  expect((model.forward(ones([5, 3, 1]), ones([5, 1, 2])) as Tensor).shape).toEqual([5, 3, 2]);
});

test("cannot hide a layer", () => {
  const hidden = new Linear(1, 1);
  class Net extends Module {
    body = new Lambda((x) => hidden.forward(x));
    forward(x: Tensor): Tensor {
      return this.body.forward(x);
    }
  }
  expect(() => new Net().forward(tensor([[1]]))).toThrow("Linear: forward was called inside Net, which does not know this module");
});

test("errors", () => {
  expect(() => new Lambda((x) => x).describe()).toThrow(
    "Lambda: fn is a function, which a saved model cannot hold. Write a Module of your own, and pass its class to loadModel as custom. saveWeights(path, model.stateDict()) saves the numbers.",
  );
  expect(() => new Lambda("relu" as never)).toThrow('Lambda: fn is "relu"; expected a function of tensors.');
  expect(() => new Lambda((x) => x, { shape: [1] } as never)).toThrow('Lambda: unknown option "shape". Known: outputShape.');
});

test("what is no tensor does not reach the function", () => {
  expect(() => new Lambda((x) => x.mul(2)).forward(3 as never)).toThrow("Lambda: x is 3; expected a tensor. Wrap it with tensor(…).");
  const sum = new Lambda((a, b) => a.add(b));
  expect(() => sum.forward(tensor([1]), [1] as never)).toThrow("Lambda: x is an array of length 1; expected a tensor.");
  expect(sum.forward(tensor([1]), tensor([2])).toArray()).toEqual([3]);
});
