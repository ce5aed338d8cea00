import { expect, test } from "vitest";
import { BatchNorm1d, Dense, GRU, initialize, initializers, Linear, manualSeed, Sequential, type Tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

const values = (model: Sequential): Record<string, unknown> => {
  return Object.fromEntries([...model.stateDict()].map(([name, value]) => [name, value.toArray()]));
};

test("weights get the elements of layers that are made with the initializer; biases and scales stay", () => {
  manualSeed(3);
  const made = new Sequential([
    new Dense(4, { weightInitializer: "heNormal", inputShape: [3] }),
    new BatchNorm1d(4),
    new Dense(2, { weightInitializer: "heNormal", inputShape: [4] }),
  ]);
  const wanted = values(made);
  manualSeed(3);
  const model = new Sequential([new Dense(4, { inputShape: [3] }), new BatchNorm1d(4), new Dense(2, { inputShape: [4] })]);
  expect(values(model)).not.toEqual(wanted);
  expect(initialize(model, "heNormal")).toEqual(["0.weight", "2.weight"]);
  expect(values(model)).toEqual(wanted);
});

test('"auto" looks at the activation of each layer', () => {
  manualSeed(4);
  const auto = new Sequential([
    new Dense(4, { activation: "relu", inputShape: [3] }),
    new Dense(4, { activation: "selu", inputShape: [4] }),
    new Dense(2, { inputShape: [4] }),
  ]);
  initialize(auto, "auto");
  const found = values(auto);
  for (const [name, initializer] of [
    ["0.weight", "heNormal"],
    ["1.weight", "lecunNormal"],
    ["2.weight", "glorotUniform"],
  ] as const) {
    initialize(auto, initializer, (_, each) => each === name);
  }
  expect(values(auto)).toEqual(found);
});

test("a filter chooses parameters, by name or by what they are", () => {
  const model = new Sequential([new Linear(2, 3), new GRU(3, 2)]);
  expect(initialize(model, "zeros", (_, name) => name.includes("bias"))).toEqual(["0.bias", "1.bias_ih_l0", "1.bias_hh_l0"]);
  expect(initialize(model, initializers.constant({ value: 0.5 }), ({ size }) => size === 3)).toEqual(["0.bias"]);
  expect((model.layers[0] as Linear).bias?.toArray()).toEqual([0.5, 0.5, 0.5]);
});

test("a frozen parameter stays frozen, a layer outside of a model has no name in front", () => {
  const layer = new Linear(2, 3).freeze();
  expect(initialize(layer, "ones")).toEqual(["weight"]);
  expect((layer.weight as Tensor).sum().item()).toBe(6);
  expect(layer.weight.requiresGrad).toBe(false);
});

test("errors", () => {
  expect(failure(() => initialize({} as never, "ones"))).toBe("ARGUMENT initialize: the module is an object; expected a layer or a model.");
  expect(failure(() => initialize(new Linear(1, 1), "onez" as never))).toMatch(/^ARGUMENT initialize: unknown initializer "onez"/);
  expect(failure(() => initialize(new Linear(1, 1), "ones", "weight" as never))).toMatch(
    /^ARGUMENT initialize: the filter is "weight"; expected a function/,
  );
  expect(failure(() => initialize(new Sequential([new Dense(3)]), "ones"))).toMatch(/^GRAPH parameters: Dense at "0" is not built/);
});
