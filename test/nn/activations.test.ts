import { describe, expect, test } from "vitest";
import { deserializeModel, gradcheck, gradgradcheck, Sequential, type Tensor, tensor } from "../../src/index.js";
import { activationOf } from "../../src/nn/activations.js";
import { Activation } from "../../src/nn/index.js";
import { ACTIVATIONS, type ActivationKey, CASES, traitsOf } from "../support/activations.js";
import { failure } from "../support/errors.js";

const X = [[-2, -0.6, 0.3], [1.7, 0.9, -1.2]]; // biome-ignore format: a matrix

describe.each(Object.keys(ACTIVATIONS) as ActivationKey[])("%s", (name) => {
  const own = CASES.filter((each) => each.name === name);
  const parameters = Object.keys(traitsOf(name).declaration?.options ?? {});

  test("is called as it is exported, and every parameter is tested with another value than its default", () => {
    expect(traitsOf(name).declaration?.op).toBe(name);
    const defaults = traitsOf(name).declaration?.readOptions(undefined) as Record<string, number>;
    for (const parameter of parameters) {
      expect(own.map(({ options }) => options[parameter]).filter((value) => ![undefined, defaults[parameter]].includes(value))).not.toEqual(
        [],
      );
    }
  });

  test("given as the function that is exported, it is what its name is: fused, and saved by name", () => {
    const apply = ACTIVATIONS[name] as (x: Tensor) => Tensor;
    const model = new Sequential([new Activation(apply)]);
    expect(model.describe().layers).toEqual([{ type: "Activation", config: { activation: name } }]);
    const x = tensor(X);
    expect(deserializeModel(model.serialize()).forward(x).toArray()).toEqual(apply(x).toArray());
    expect(activationOf("Dense", apply)).toMatchObject({
      fused: activationOf("Dense", name as never).fused === null ? null : expect.anything(),
      initializer: activationOf("Dense", name as never).initializer,
    });
  });

  test.each(own)("$options: first and second derivatives", ({ apply }) => {
    const x = (): Tensor[] => [tensor(X, { dtype: "float64", requiresGrad: true })];
    gradcheck(apply, x());
    gradgradcheck(apply, x());
  });

  test.each(own)("$options: by name, saved and loaded", ({ options, apply }) => {
    const x = tensor(X);
    const spec = Object.keys(options).length > 0 ? { name, ...options } : name;
    expect(activationOf("op", spec).apply(x).data).toEqual(apply(x).data);
    const again = deserializeModel<Sequential>(new Sequential([new Activation(spec)]).serialize());
    expect(again.layers[0].describe().config).toEqual({ activation: spec });
    expect((again.forward(x) as Tensor).data).toEqual(apply(x).data);
  });

  test("an unknown option and a wrong value are refused by name", () => {
    expect(failure(() => activationOf("Dense", { name, bogus: 1 }))).toMatch(
      new RegExp(`^ARGUMENT Dense: activation "${name}": unknown option "bogus"`),
    );
    for (const parameter of parameters) {
      expect(failure(() => activationOf("Dense", { name, [parameter]: "x" }))).toMatch(
        new RegExp(`^ARGUMENT Dense: activation "${name}": ${parameter} is "x"; expected `),
      );
    }
  });
});

test("a function, and none", () => {
  expect(activationOf("op", (x) => x.mul(2)).apply(tensor([1])).data).toEqual(Float32Array.of(2));
  const x = tensor([1]);
  expect(activationOf("op", "linear").apply(x)).toBe(x);
});

test.each([
  ["rellu", "relu"],
  ["swish", "silu"],
  ["leaky_relu", "leakyRelu"],
  ["SiLU", "silu"],
])("%s: did you mean %s", (name, meant) =>
  expect(failure(() => activationOf("Dense", name as never))).toContain(
    `ARGUMENT Dense: unknown activation "${name}". Did you mean "${meant}"? Known: relu, sigmoid, tanh, `,
  ),
);

test("errors", () => {
  expect(failure(() => activationOf("Dense", "square" as never))).toMatch(/unknown activation "square"\. Known: /);
  expect(failure(() => activationOf("Dense", { name: "relu", slope: 1 }))).toBe(
    'ARGUMENT Dense: activation "relu": unknown option "slope". It takes none.',
  );
  expect(failure(() => activationOf("Dense", { name: "leakyRelu", negativeSlope: 1 }))).toBe(
    'ARGUMENT Dense: activation "leakyRelu": unknown option "negativeSlope". Known: slope. Did you mean "slope"?',
  );
});
