import { describe, expect, test } from "vitest";
import {
  Adam,
  BatchNorm,
  Conv2d,
  capture,
  Dense,
  Dropout,
  deserializeModel,
  Embedding,
  gradcheck,
  gradgradcheck,
  input,
  Linear,
  Model,
  Module,
  manualSeed,
  noGrad,
  Parameter,
  randn,
  removeWeightNorm,
  Sequential,
  type Tensor,
  tensor,
  weightNorm,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const WEIGHT = [[1, -2, 0.5], [0.25, 3, -1]]; // biome-ignore format: a matrix
const X = tensor([[1, 2, 3], [-1, 0.5, 2]]); // biome-ignore format: a matrix

function linear(): Linear {
  const layer = new Linear(3, 2);
  layer.loadStateDict({ weight: tensor(WEIGHT), bias: tensor([0.1, -0.2]) });
  return layer;
}

const keys = (module: Module): string[] => [...module.stateDict().keys()];

function expectNear(found: Tensor | null | undefined, expected: readonly number[]): void {
  const { data } = found as Tensor;
  expect(data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 4);
}

// What PyTorch 1.13 has where g is one and a half times what it starts at, and the gradient of y is [[1, 2], [3, -1]].
// biome-ignore-start format: numbers
const CASES = [
  [0, [2, 1], [3.4369318, 4.7582169], [-1.963961, 2.2855201], [-1.7142857, 2.6785715, 14.142858, 4.2298141, 2.0077643, 7.0807457]],
  [
    -1,
    [1, 3],
    [1.5461645, 5.4083271, 1.6770511],
    [-1.2126782, 0.97072536, 0.44721359],
    [-1.235294, 6.057693, 13.2, 4.9411764, 4.0384617, 6.5999999],
  ],
  [null, [], [5.8696785], [0.70276421], [-3.2693877, 5.7887754, 13.365306, 4.432653, 4.4418368, 6.2693877]],
] as const;
// biome-ignore-end format: until here

describe.each(builds)("%s", (build) => {
  test.each(CASES)("PyTorch's numbers, axis %s", (axis, shape, lengths, dg, dv) => {
    withBuild(build, () => {
      const layer = weightNorm(linear(), { axis });
      const { weightG, weightV } = layer as unknown as { weightG: Parameter; weightV: Parameter };
      expect(weightG.shape).toEqual(shape);
      expectNear(layer.forward(X), [...linear().forward(X).data]);
      weightG.assign(weightG.mul(1.5));
      const y = layer.forward(X);
      expectNear(y, [-2.1500001, 4.6750007, -1.4, -1.325]);
      y.mul(tensor([[1, 2], [3, -1]])).sum().backward(); // biome-ignore format: a matrix
      expectNear(weightG, lengths);
      expectNear(weightG.grad, dg);
      expectNear(weightV.grad, dv);
      expect(keys(layer)).toEqual(["bias", "weight_g", "weight_v"]);
    });
  });
});

test("gradients of both parts in float64, of the second order too", () => {
  const values = { weightV: WEIGHT, weightG: [[1.5], [0.5]] };
  const [v, g] = [values.weightV, values.weightG].map((each) => tensor(each, { dtype: "float64", requiresGrad: true }));
  const layer = weightNorm(linear());
  const run = (weightV: Tensor, weightG: Tensor): Tensor => layer.hooks.computed?.rule.compute({ weightV, weightG }, null) as Tensor;
  gradcheck(run, [v, g]);
  gradgradcheck(run, [v, g]);
});

test("outside of forward the weight is that of the next one, without a gradient", () => {
  const layer = weightNorm(linear());
  expectNear(layer.weight, WEIGHT.flat());
  expect(layer.weight.requiresGrad).toBe(false);
});

test("a layer that waits for its input, alone, in models, from a state", () => {
  manualSeed(4);
  const plain = new Sequential([new Dense(4), new Dense(2)]);
  const x = randn([5, 3]);
  const expected = noGrad(() => plain.forward(x));
  expect(expected.shape).toEqual([5, 2]);
  const model = new Sequential([weightNorm(new Dense(4)), weightNorm(new Dense(2))]);
  expect(failure(() => model.parameters())).toContain("is not built");
  model.forward(x);
  expect(keys(model)).toEqual(["0.bias", "0.weight_g", "0.weight_v", "1.bias", "1.weight_g", "1.weight_v"]);
  const lazy = new Sequential([weightNorm(new Dense(4)), weightNorm(new Dense(2))]);
  lazy.loadStateDict(model.stateDict());
  expect(noGrad(() => lazy.forward(x)).data).toEqual(noGrad(() => model.forward(x)).data);
  const symbol = input([3]);
  const functional = new Model({ inputs: symbol, outputs: weightNorm(new Linear(3, 2)).forward(symbol) });
  expect(functional.forward(x).shape).toEqual([5, 2]);
});

test("initial values are those of the layer at its place, whatever was asked for before", () => {
  const values = (look: (layer: Dense) => unknown): unknown => {
    manualSeed(7);
    const layer = weightNorm(new Dense(3, { inputShape: [4] }));
    look(layer);
    const model = new Sequential([new Dropout(0), layer]);
    model.eval().forward(randn([1, 4]));
    return model.stateDict().get("1.weight_v")?.toArray();
  };
  expect(values((layer) => layer.outputShape([1, 4]))).toEqual(values(() => {}));
});

test("a saved model has it, and so does a convolution in a class of one's own", () => {
  const model = new Sequential([weightNorm(new Conv2d(null, 4, 3), { axis: 1 }), weightNorm(new Conv2d(4, 2, 1))]);
  const x = randn([2, 3, 5, 5]);
  const y = model.forward(x);
  const copy = deserializeModel(model.serialize());
  expect(noGrad(() => copy.forward(x) as Tensor).data).toEqual(y.data);
  expect(keys(copy)).toEqual(keys(model));
  class Net extends Module {
    static override readonly type = "Net";
    layer = weightNorm(new Dense(3));
    config(): object {
      return {};
    }
    forward(input: Tensor): Tensor {
      return this.layer.forward(input);
    }
  }
  const net = new Sequential([new Net()]);
  const row = randn([2, 4]);
  const result = net.forward(row).data;
  expect(noGrad(() => deserializeModel(net.serialize(), { custom: { Net } }).forward(row) as Tensor).data).toEqual(result);
});

test("a file that names another rule, or wrong options", () => {
  const model = new Sequential([weightNorm(new Linear(2, 2))]);
  const text = new TextDecoder("latin1").decode(model.serialize());
  const bytes = (from: string, to: string): Uint8Array => Uint8Array.from(text.replace(from, to), (letter) => letter.charCodeAt(0));
  expect(failure(() => deserializeModel(bytes("weightNorm", "weightNarm")))).toContain('its weight is computed by "weightNarm"; known:');
  expect(failure(() => deserializeModel(bytes('axis\\":0', 'axis\\":7')))).toContain("axis 7");
});

test("it trains; captured, with the same bits", () => {
  const run = (captured: boolean): unknown => {
    manualSeed(3);
    const model = new Sequential([weightNorm(new Dense(8, { activation: "tanh" })), weightNorm(new Dense(1))]);
    const x = randn([32, 4]);
    const y = x.mul(x).sum(1, { keepDims: true });
    model.forward(x);
    const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
    const step = (inputs: Tensor, targets: Tensor): Tensor => {
      const loss = model.forward(inputs).sub(targets).square().mean();
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
    const steps = captured ? capture(step) : step;
    const losses = Array.from({ length: 60 }, () => steps(x, y).item());
    expect(losses[59]).toBeLessThan(losses[0] / 2);
    return [losses, [...model.stateDict().values()].map(({ data }) => data)];
  };
  expect(run(true)).toEqual(run(false));
});

test("removed, the layer has the weight that it computed last", () => {
  const layer = weightNorm(linear());
  const { weightG } = layer as unknown as { weightG: Parameter };
  weightG.assign(weightG.mul(2));
  const y = layer.forward(X).data;
  expect(removeWeightNorm(layer)).toBe(layer);
  expect(layer.weight).toBeInstanceOf(Parameter);
  expect(keys(layer).sort()).toEqual(["bias", "weight"]);
  for (const [i, value] of layer.forward(X).data.entries()) expect(value).toBeCloseTo(y[i], 6);
  const waiting = removeWeightNorm(weightNorm(new Dense(2)));
  waiting.forward(X);
  expect(keys(waiting)).toEqual(["weight", "bias"]);
});

test("errors", () => {
  const layer = weightNorm(linear());
  expect(failure(() => weightNorm(layer))).toBe(
    "ARGUMENT weightNorm: the weight of Linear is computed by weightNorm already. Call removeWeightNorm(layer) first.",
  );
  expect(failure(() => weightNorm(new Dropout(0.5)))).toBe(
    "ARGUMENT weightNorm: Dropout has no weight. Pass a layer such as Dense or Conv2d.",
  );
  expect(failure(() => weightNorm(new BatchNorm({ affine: false, inputShape: [2] })))).toContain("BatchNorm has no weight");
  expect(failure(() => weightNorm(3 as never))).toBe(
    "ARGUMENT weightNorm: the layer is 3; expected a layer. Write weightNorm(new Dense(64)).",
  );
  expect(failure(() => weightNorm(linear(), { dim: 1 } as never))).toContain('Did you mean "axis"?');
  expect(failure(() => weightNorm(linear(), { axis: 2 }))).toContain("INDEX weightNorm: axis 2");
  expect(failure(() => removeWeightNorm(linear()))).toBe(
    "ARGUMENT removeWeightNorm: the weight of Linear is not computed by weightNorm. Call weightNorm(layer) before.",
  );
  expect(weightNorm(new Embedding(3, 2)).forward(tensor([1], { dtype: "int32" })).shape).toEqual([1, 2]);
});
