import { expect, test } from "vitest";
import { tensor } from "../../../src/index.js";
import { Activation } from "../../../src/nn/index.js";

test("a name, a name with options, a function", () => {
  const x = tensor([-2, 2]);
  expect(new Activation("relu").forward(x).toArray()).toEqual([0, 2]);
  expect(new Activation({ name: "leakyRelu", slope: 0.5 }).forward(x).toArray()).toEqual([-1, 2]);
  expect(new Activation((y) => y.square()).forward(x).toArray()).toEqual([4, 4]);
  expect(new Activation("tanh").outputShape([3, 2])).toEqual([3, 2]);
});

test("a saved one is rebuilt", () => {
  const { config } = new Activation({ name: "softmax", axis: 1 }).describe();
  expect(config).toEqual({ activation: { name: "softmax", axis: 1 } });
  expect(Activation.fromConfig(config as never).config()).toEqual(config);
});
