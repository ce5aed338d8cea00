import { describe, expect, test } from "vitest";
import { input, Model, Operation, ones, Parameter, type Tensor, tensor, zeros } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("on tensors it is the operation", () => {
  expect((new Operation("sub", [1, { input: 0 }]).forward(tensor([3, 1])) as Tensor).toArray()).toEqual([-2, 0]);
  expect((new Operation("concat", [[{ input: 0 }, { input: 1 }]]).forward(ones([1]), zeros([1])) as Tensor).toArray()).toEqual([1, 0]);
  const [values, indices] = new Operation("sort", [{ input: 0 }]).forward(tensor([3, 1])) as Tensor[];
  expect([values.toArray(), indices.toArray()]).toEqual([
    [1, 3],
    [1, 0],
  ]);
});

test("what JSON has no word for is written and read", () => {
  const layer = new Operation("clamp", [{ input: 0 }, undefined, -0]);
  expect(layer.config()).toEqual({ name: "clamp", args: [{ input: 0 }, { absent: true }, { number: "-0" }] });
  const again = Operation.fromConfig(JSON.parse(JSON.stringify(layer.config())));
  expect(Object.is((again.forward(tensor([5])) as Tensor).item(), -0)).toBe(true);
});

test("tensors among the arguments are state: a Parameter is trained, others are not", () => {
  const x = input([2]);
  const scale = new Parameter(tensor([2, 3]));
  const model = new Model({ inputs: x, outputs: x.mul(scale).add(tensor([10, 20])) });
  expect([...model.namedParameters().values()]).toEqual([scale]);
  expect([...model.namedBuffers().keys()]).toEqual(["1.constants.0"]);
  model
    .forward(ones([1, 2]))
    .sum()
    .backward();
  expect(scale.grad?.toArray()).toEqual([1, 1]);
});

describe("refuses", () => {
  test.each<[string, unknown, unknown, RegExp]>([
    [
      "an unknown name",
      "addd",
      [{ input: 0 }],
      /^ARGUMENT Operation: name is "addd"; expected the name of an operation\. Did you mean "add"\?/,
    ],
    ["a name of Object's", "constructor", [{ input: 0 }], /^ARGUMENT Operation: name is "constructor"; expected the name of an operation/],
    ["a name of Object's prototype", "__proto__", [{ input: 0 }], /^ARGUMENT Operation: name is "__proto__"; expected/],
    ["a method that changes x", "fill", [{ input: 0 }, 1], /^ARGUMENT Operation: name is "fill"; expected/],
    ["no arguments", "add", undefined, /^ARGUMENT Operation: args is undefined; expected an array of arguments/],
    ["arguments without an input", "add", [1, 2], /^ARGUMENT Operation: args is an array of length 2; expected/],
    ["a gap in the inputs", "add", [{ input: 0 }, { input: 2 }], /^ARGUMENT Operation: args is/],
    ["an input that is no position", "relu", [{ input: -1 }], /^ARGUMENT Operation: args is/],
    ["a function", "add", [{ input: 0 }, () => 1], /^ARGUMENT Operation: args is/],
    ["a number that is none", "add", [{ input: 0 }, { number: "1e5" }], /^ARGUMENT Operation: args is/],
    ["a constant without a type", "add", [{ input: 0 }, { constant: [1] }], /^ARGUMENT Operation: args is/],
    [
      "a constant of another shape",
      "add",
      [{ input: 0 }, { constant: [-1], dtype: "float32", trained: false }],
      /^ARGUMENT Operation: args is/,
    ],
    ["a constant larger than memory", "add", [{ input: 0 }, { constant: [2 ** 40], dtype: "float32", trained: false }], /^MEMORY zeros: /],
    ["arguments in arguments in arguments", "add", [{ input: 0 }, [[[[[[[1]]]]]]]], /^ARGUMENT Operation: args is/],
  ])("%s", (_, name, args, text) => expect(failure(() => new Operation(name as never, args as never))).toMatch(text));

  test("another number of inputs", () => {
    expect(failure(() => new Operation("relu", [{ input: 0 }]).forward(ones([1]), ones([1])))).toBe(
      "ARGUMENT Operation: 2 inputs given; relu has 1 here.",
    );
    expect(failure(() => new Operation("relu", [{ input: 0 }]).forward(3 as never))).toMatch(
      /^ARGUMENT Operation: an input is 3; expected a tensor/,
    );
  });
});
