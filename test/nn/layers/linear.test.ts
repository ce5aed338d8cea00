import { expect, test } from "vitest";
import { manualSeed, randn, tensor, zeros } from "../../../src/index.js";
import { Linear } from "../../../src/nn/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

test("x · weightᵀ + bias, over any number of leading axes", () => {
  const layer = new Linear(3, 2);
  layer.loadStateDict({ weight: tensor([[1, 0, 2], [0, 1, 0]]), bias: tensor([10, 20]) }); // biome-ignore format: a matrix
  expect(layer.forward(tensor([[1, 2, 3]])).toArray()).toEqual([[17, 22]]);
  expect(layer.forward(tensor([1, 2, 3])).toArray()).toEqual([17, 22]);
  expect(layer.forward(zeros([4, 0, 3])).shape).toEqual([4, 0, 2]);
  expect(layer.forward(tensor([[[1, 2, 3]], [[0, 0, 0]]], { dtype: "int32" })).toArray()).toEqual([[[17, 22]], [[10, 20]]]);
  expect(layer.outputShape([5, 4, 3])).toEqual([5, 4, 2]);
});

test("its gradients", () => {
  const layer = new Linear(4, 3, { bias: false });
  const use = (x: Parameters<typeof layer.forward>[0], weight: unknown) => {
    Object.assign(layer, { weight });
    return layer.forward(x);
  };
  checkOp({ op: use, shapes: [[2, 3, 4], [3, 4]], result: [2, 3, 3] }); // biome-ignore format: one line
});

test("starts at U(±1/√inFeatures), weight and bias", () => {
  manualSeed(3);
  const layer = new Linear(16, 500);
  layer.forward(zeros([1, 16]));
  for (const parameter of layer.parameters()) {
    const largest = Math.max(...[...parameter.data].map(Math.abs));
    expect(largest).toBeLessThanOrEqual(0.25);
    expect(largest).toBeGreaterThan(0.24);
  }
});

test("a saved one is rebuilt", () => {
  const config = new Linear(3, 2, { bias: false }).config();
  expect(config).toEqual({ inFeatures: 3, outFeatures: 2, bias: false });
  expect([...Linear.fromConfig(config).namedParameters().keys()]).toEqual(["weight"]);
  expect(Linear.fromConfig(config).config()).toEqual(config);
});

test("sizes that no memory holds", () => {
  expect(failure(() => new Linear(2 ** 40, 2 ** 40))).toMatch(
    /^MEMORY Parameter: shape \[1099511627776, 1099511627776\] takes [\d.]+ GiB; linear memory holds [\d.]+ GiB\. Make the layer smaller\.$/,
  );
  expect(failure(() => new Linear(2 ** 53, 1))).toBe("ARGUMENT Linear: inFeatures is 9007199254740992; expected a whole number ≥ 1.");
});

test("errors", () => {
  expect(() => new Linear(784, 10).forward(randn([32, 100]))).toThrow(
    "Linear: x [32, 100] does not fit weight [10, 784], stored [out, in]; expected 784 as x's last extent.",
  );
  expect(() => new Linear(784, 10).forward(zeros([2, 1, 28, 28]))).toThrow(
    "Linear: x [2, 1, 28, 28] does not fit weight [10, 784], stored [out, in]; expected 784 as x's last extent. Put a Flatten before it, or use x.flatten(1).",
  );
  expect(() => new Linear(784, 10).outputShape([])).toThrow("Linear: x [] does not fit weight [10, 784]");
  expect(() => new Linear(784, 10).forward([1, 2] as never)).toThrow("Linear: x is an array of length 2; expected a tensor.");
  expect(() => new Linear(0, 10)).toThrow("Linear: inFeatures is 0; expected a whole number ≥ 1.");
  expect(() => new Linear(3, 2.5)).toThrow("Linear: outFeatures is 2.5; expected a whole number ≥ 1.");
  expect(() => new Linear(3, 2, { useBias: false } as never)).toThrow(
    'Linear: unknown option "useBias". Known: bias, weightPenalty, weightConstraint, biasPenalty, biasConstraint. Did you mean "bias"?',
  );
});
