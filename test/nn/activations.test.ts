import { describe, expect, test } from "vitest";
import { deserializeModel, glu, gradcheck, gradgradcheck, input, mish, ones, Sequential, type Tensor, tensor } from "../../src/index.js";
import { activationOf } from "../../src/nn/activations.js";
import { Activation, Dense } from "../../src/nn/index.js";
import { ACTIVATIONS, type ActivationKey, CASES, traitsOf } from "../support/activations.js";
import { failure } from "../support/errors.js";

const X = [[-2, -0.6, 0.3], [1.7, 0.9, -1.2]]; // biome-ignore format: a matrix

describe.each(Object.keys(ACTIVATIONS) as ActivationKey[])("%s", (name) => {
  const own = CASES.filter((each) => each.name === name);
  // An estimate is no derivative.
  const derived = own.filter(({ options }) => options.straightThrough !== true);
  const parameters = Object.keys(traitsOf(name).declaration?.options ?? {});

  test("is called as it is exported, and every parameter is tested with another value than its default", () => {
    expect(traitsOf(name).declaration?.op).toBe(name);
    const defaults = traitsOf(name).declaration?.readOptions(undefined) as Record<string, unknown>;
    for (const parameter of parameters) {
      expect(
        own.map(({ options }) => options[parameter]).filter((value) => value !== undefined && value !== defaults[parameter]),
      ).not.toEqual([]);
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

  test.each(derived)("$options: first and second derivatives", ({ apply }) => {
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
      expect(failure(() => activationOf("Dense", { name, [parameter]: "y" }))).toMatch(
        new RegExp(`^ARGUMENT Dense: activation "${name}": ${parameter} is "y"; expected `),
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
  ["quickGelu", "geluSigmoid"],
  ["logsigmoid", "logSigmoid"],
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

test("what changes the shape stands in a layer of its own", () => {
  expect(failure(() => activationOf("Dense", "glu"))).toBe("ARGUMENT Dense: glu changes the shape. Put it behind in an Activation.");
  const halved = new Activation("glu");
  expect(halved.outputShape([5, 8])).toEqual([5, 4]);
  expect(halved.forward(ones([5, 8])).shape).toEqual([5, 4]);
  expect(new Activation({ name: "maxout", pieces: 3, axis: 0 }).outputShape([6, 2])).toEqual([2, 2]);
  expect(failure(() => halved.outputShape([5, 7]))).toBe("SHAPE glu: axis -1 of x [5, 7] has extent 7; expected an even one.");
  const model = new Sequential([new Dense(6, { inputShape: [8] }), halved, new Dense(2, { inputShape: [3] })]);
  expect(deserializeModel(model.serialize()).describe()).toEqual(model.describe());
  const x = input([8]);
  expect(new Dense(3).forward(glu(x)).shape).toEqual([-1, 3]);
  expect(glu(x, 1).shape).toEqual([-1, 4]);
});

test("in a bundle, which knows few names, the function stands for itself: with its initializer, and saved by its name", () => {
  expect(activationOf("Dense", mish).initializer).toBe("heNormal");
  expect(new Dense(3, { activation: mish }).config()).toMatchObject({ activation: "mish" });
});
