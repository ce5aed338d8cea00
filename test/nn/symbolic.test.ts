import { expect, test } from "vitest";
import { concat, ones, relu, type Shape, type Tensor } from "../../src/index.js";
import { Dense, Embedding, Flatten, input, Linear, Module, Reshape } from "../../src/nn/index.js";
import type { SymbolicTensor } from "../../src/nn/symbolic.js";

test("layers pass shapes on, without the batch", () => {
  const x = input([1, 28, 28], { name: "image" });
  const [flatten, dense] = [new Flatten(), new Dense(10)];
  const y = dense.forward(flatten.forward(x)) as unknown as SymbolicTensor;
  expect([y.shape, y.module, y.inputs[0].module, y.inputs[0].inputs[0]]).toEqual([[10], dense, flatten, x]);
  expect((x as unknown as SymbolicTensor).name).toBe("image");
  expect(() => x.relu()).toThrow(
    "relu: an input of a functional model has no elements yet. Wrap the operation in a layer: new Lambda((x) => x.relu(…)).forward(x).",
  );
  expect(() => x.add(input([4]))).toThrow("Wrap the operation in a layer: new Lambda((a, b) => a.add(b)).forward(a, b).");
  expect(() => concat([x, x])).toThrow(
    "concat: tensor 0 is a symbolic tensor, which has no elements yet; expected a tensor. Wrap the operation in a layer: new Lambda((a, b) => …).forward(a, b).",
  );
  expect(() => relu(x)).toThrow("relu: x is a symbolic tensor, which has no elements yet; expected a tensor.");
  expect((new Embedding(9, 4).forward(input([7])) as unknown as SymbolicTensor).shape).toEqual([7, 4]);
  // Nothing was computed, so a lazy layer has no parameters yet.
  expect(() => dense.parameters()).toThrow("is not built");
});

test("what is no shape of a sample, and an unknown option", () => {
  expect(() => input(784 as never)).toThrow("input: shape is 784; expected an array of whole numbers ≥ 1. Write [784].");
  expect(() => input([28, -1])).toThrow("input: shape is [28, -1]; expected an array of whole numbers ≥ 1.");
  expect(() => input([4], { label: "image" } as never)).toThrow('input: unknown option "label". Known: name.');
  expect(() => input([4], { name: 3 as never })).toThrow("input: name is 3; expected a string.");
});

test("what does not fit is told when the model is described", () => {
  expect(() => new Linear(784, 10).forward(input([100]))).toThrow(
    "Linear: x [1, 100] does not fit weight [10, 784], stored [out, in]; expected 784 as x's last extent.",
  );
  expect(() => new Reshape([3]).forward(input([4]))).toThrow("Reshape: a sample of shape [4] holds 4 elements, which do not fill [3].");
});

test("several inputs, as arguments or in an array", () => {
  class Join extends Module {
    override outputShape(a: Shape, b: Shape): Shape {
      return [a[0], a[1] + b[1]];
    }
    forward(a: Tensor, _b?: Tensor): Tensor {
      return a;
    }
  }
  const join = new Join();
  expect((join.forward(input([2]) as never, input([3])) as unknown as SymbolicTensor).shape).toEqual([5]);
  expect((join.forward([input([2]), input([3])] as never) as unknown as SymbolicTensor).shape).toEqual([5]);
  expect(join.forward(ones([1])).shape).toEqual([1]);
});
