import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { backward, concat, defineOp, mse, ones, Parameter, type Shape, type Tensor, tensor } from "../../src/index.js";
import { Add, Dense, Embedding, Flatten, input, Linear, Module, Reshape } from "../../src/nn/index.js";
import type { SymbolicTensor } from "../../src/nn/symbolic.js";
import { failure } from "../support/errors.js";

const symbolic = (x: Tensor): SymbolicTensor => x as unknown as SymbolicTensor;

test("layers pass shapes on, with −1 for the samples", () => {
  const x = input([1, 28, 28], { name: "image" });
  const [flatten, dense] = [new Flatten(), new Dense(10)];
  const y = symbolic(dense.forward(flatten.forward(x)));
  expect([y.shape, y.rank, y.call?.module, y.call?.inputs[0].call?.module, y.call?.inputs[0].call?.inputs[0]]).toEqual([
    [-1, 10],
    2,
    dense,
    flatten,
    x,
  ]);
  expect([symbolic(x).name, x.shape, x.dtype]).toEqual(["image", [-1, 1, 28, 28], "float32"]);
  expect([String(y), inspect(x)]).toEqual(["symbolic tensor [-1, 10]", "symbolic tensor [-1, 1, 28, 28]"]);
  expect(new Embedding(9, 4).forward(input([7])).shape).toEqual([-1, 7, 4]);
  // Nothing was computed, so a lazy layer has no parameters yet.
  expect(() => dense.parameters()).toThrow("is not built");
});

test("what is no shape of a sample, and an unknown option", () => {
  expect(() => input(784 as never)).toThrow("input: shape is 784; expected an array of whole numbers ≥ 1. Write [784].");
  expect(() => input([28, -1])).toThrow("input: shape is [28, -1]; expected an array of whole numbers ≥ 1.");
  expect(() => input([4], { label: "image" } as never)).toThrow('input: unknown option "label". Known: name, dtype.');
  expect(() => input([4], { name: 3 as never })).toThrow("input: name is 3; expected a string.");
  expect(() => input([4], { dtype: "int64" as never })).toThrow('input: dtype is "int64"; expected "float32"');
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
  expect(join.forward(input([2]), input([3])).shape).toEqual([-1, 5]);
  expect((join.forward([input([2]), input([3])] as never) as Tensor).shape).toEqual([-1, 5]);
  expect(join.forward(ones([1])).shape).toEqual([1]);
  for (const operands of [
    [input([2]), ones([1, 2])],
    [ones([1, 2]), input([2])],
  ]) {
    expect(failure(() => new Add().forward(...operands))).toBe(
      "ARGUMENT Add: an operand beside symbolic tensors is a tensor; expected symbolic. An operation takes both: x.add(tensor). For a layer it may be another input of the model.",
    );
  }
});

describe("what a symbolic tensor cannot", () => {
  const x = input([4]) as unknown as Record<string, (...args: unknown[]) => unknown>;
  const text = (name: string): string =>
    `ARGUMENT ${name}: a symbolic tensor has no elements. It describes a Model; elements come with fit and predict.`;

  test.each(["toArray", "view", "item", "toJSON", "pin", "unpin", "retain", "backward", "retainGrad", "assign", "fill", "addScaled"])(
    "%s",
    (name) => expect(failure(() => x[name](ones([4])))).toBe(text(name)),
  );
  test.each(["data", "grad", "size", "isLeaf"])("%s, a property", (name) => expect(failure(() => x[name])).toBe(text(name)));
  test("be given a gradient", () => {
    expect(
      failure(() => {
        (x as unknown as Tensor).grad = ones([4]);
      }),
    ).toBe(text("grad"));
  });
  test("stand where elements are read", () => {
    const mend =
      "a symbolic tensor, which has no elements yet; expected a tensor. It describes a Model; its elements come with fit and predict.";
    expect(failure(() => mse(input([4]), input([4])))).toBe(`ARGUMENT mse: prediction is ${mend}`);
    expect(failure(() => backward(input([4])))).toBe(`ARGUMENT backward: x is ${mend}`);
    const cube = defineOp({ name: "cube", inputs: ["x"], shape: ({ x }) => x.shape, forward: () => {} });
    expect(failure(() => cube(input([4])))).toBe(
      "ARGUMENT cube: x is a symbolic tensor, which has no elements yet; expected a tensor. Call cube in a layer: new Lambda((x) => …), or a Module of your own.",
    );
    expect(failure(() => new Parameter(input([4])))).toBe(`ARGUMENT Parameter: the value is ${mend}`);
  });
});

describe("operations on symbolic tensors", () => {
  const x = input([4]);

  test.each<[string, () => Tensor, Shape]>([
    ["x + a vector", () => x.add(tensor([1, 2, 3, 4])), [-1, 4]],
    ["x · 2", () => x.mul(2), [-1, 4]],
    ["a mean over features", () => x.mean(1), [-1]],
    ["a mean over everything", () => x.mean(), []],
    ["a transposition moves the samples", () => x.transpose(0, 1), [4, -1]],
    ["joined along features", () => concat([x, x], 1), [-1, 8]],
    ["the extent of the samples taken from the shape", () => x.reshape([x.shape[0], 2, 2]), [-1, 2, 2]],
    ["a slice", () => x.slice([null, [1, 3]]), [-1, 2]],
    ["a product of both", () => x.transpose().matmul(x), [4, 4]],
  ])("%s", (_, make, shape) => expect(make().shape).toEqual(shape));

  test("tell the element type", () => {
    expect([x.argmax(1), x.gt(0), x.cast("uint8"), input([3], { dtype: "int32" }).oneHot(5)].map(({ dtype }) => dtype)).toEqual([
      "int32",
      "bool",
      "uint8",
      "float32",
    ]);
    expect(failure(() => input([4], { dtype: "bool" }).neg())).toMatch(/^DTYPE neg: a bool tensor has no negative/);
    expect(new Flatten().forward(input([2, 2], { dtype: "int32" })).dtype).toBe("int32");
    expect(new Dense(2).forward(input([2], { dtype: "int32" })).dtype).toBe("float32");
  });

  test("refuse what the operation refuses", () => {
    expect(failure(() => x.add("x" as never))).toMatch(/^ARGUMENT add: the operands are /);
    expect(failure(() => (x.relu as (n: number) => Tensor)(1))).toMatch(/^ARGUMENT relu: 1 argument stands behind the tensor/);
    expect(failure(() => x.sum(2))).toMatch(/^INDEX sum: axis 2 is outside shape \[1, 4\]/);
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(failure(() => x.slice(cyclic as never))).toMatch(/^ARGUMENT slice: /);
  });

  test("refuse what does not fit every number of samples", () => {
    expect(failure(() => x.reshape([4]))).toBe(
      "SHAPE reshape: shape [3, 4] holds 12 elements, which do not fill [4]. One extent may be −1. (One sample fits; here the batch has 3.)",
    );
    expect(failure(() => x.squeeze())).toBe(
      "SHAPE squeeze: the result has shape [4] for one sample and [3, 4] for 3; expected one number of axes. Name the axes, as in squeeze(1).",
    );
  });

  test("refuse a trained result beside them, which would stay as it is", () => {
    expect(failure(() => x.mul(new Parameter(ones([4])).mul(2)))).toMatch(
      /^ARGUMENT Operation: a tensor \[4\] with requiresGrad stands beside/,
    );
  });

  test("are bounded", () => {
    expect(failure(() => input([1, 3000, 3000]).unfold2d(1000))).toMatch(
      /^MEMORY slice: one described call takes more than 100000 operations/,
    );
    expect(failure(() => input([2 ** 50]).split(1, 1))).toMatch(
      /^ARGUMENT split: parts of 1 along an axis of 1125899906842624 are more than/,
    );
  });
});
