import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forgetNotes } from "../../../src/errors/note.js";
import {
  BatchNorm,
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  type BatchNormOptions,
  Dense,
  deserializeModel,
  gradcheck,
  input,
  Model,
  manualSeed,
  memory,
  noGrad,
  ones,
  parseSafetensors,
  randn,
  Sequential,
  serializeSafetensors,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { CASES } from "../../support/activations.js";
import { failure } from "../../support/errors.js";
import { builds, useBuildFor } from "../../support/kernels.js";

const [FIRST, SECOND] = [tensor([[1, 2], [3, 6], [5, 1]]), tensor([[[1, 2], [3, 6]], [[0, 1], [2, 3]]])]; // biome-ignore format: matrices

function state(layer: BatchNorm): Record<string, number[]> {
  return Object.fromEntries([...layer.stateDict()].map(([name, value]) => [name, [...value.data]]));
}

describe.each(builds)("%s", (build) => {
  useBuildFor(build);

  // torch.nn.BatchNorm1d(2, momentum) after the same two batches
  test.each([
    [0.1, [0.37, 0.62], [1.2366667, 1.74]],
    [null, [2, 3.25], [2.3333333, 5]],
  ])("running statistics with momentum %s", (momentum, mean, variance) => {
    const layer = new BatchNorm({ momentum });
    layer.forward(FIRST);
    layer.forward(SECOND);
    const found = state(layer);
    expect(Object.keys(found)).toEqual(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]);
    for (const i of [0, 1]) {
      expect(found.running_mean[i]).toBeCloseTo(mean[i], 6);
      expect(found.running_var[i]).toBeCloseTo(variance[i], 6);
    }
    expect(found.num_batches_tracked).toEqual([2]);
  });

  test("training uses the batch, evaluation the running statistics, which then stay", () => {
    const layer = new BatchNorm({ epsilon: 1e-12 });
    const trained = layer.forward(FIRST);
    expect(trained.mean(0).data[0]).toBeCloseTo(0, 6);
    expect(trained.variance(0, { correction: 0 }).data[0]).toBeCloseTo(1, 5);
    layer.eval();
    const before = state(layer);
    const y = noGrad(() => layer.forward(FIRST));
    const [[mean], [variance]] = [before.running_mean, before.running_var];
    expect(y.data[0]).toBeCloseTo((1 - mean) / Math.sqrt(variance), 5);
    expect(state(layer)).toEqual(before);
    expect(layer.forward(ones([1, 2])).shape).toEqual([1, 2]);
  });

  test("without running statistics evaluation uses its batch; without weights there are none", () => {
    const layer = new BatchNorm({ trackRunningStats: false, affine: false });
    const trained = noGrad(() => layer.forward(FIRST));
    expect([...layer.stateDict().keys()]).toEqual([]);
    expect(noGrad(() => layer.eval().forward(FIRST)).data).toEqual(trained.data);
  });

  test.each(CASES)("with $name $options it is the same as one behind it", ({ name, options, apply }) => {
    for (const training of [true, false]) {
      const results = [{ name, ...options }, null].map((activation) => {
        manualSeed(5);
        const [x, layer] = [randn([16, 5], { requiresGrad: true }), new BatchNorm({ activation, inputShape: [5] }).train(training)];
        const y = activation === null ? apply(layer.forward(x)) : layer.forward(x);
        y.mul(randn([16, 5]))
          .sum()
          .backward();
        return [y.data, x.grad?.data, layer.weight?.grad?.data, layer.bias?.grad?.data];
      });
      expect(results[0]).toEqual(results[1]);
    }
  });

  test("gradients add up over two backward calls", () => {
    const layer = new BatchNorm();
    const step = (): void => layer.forward(FIRST).mul(FIRST).sum().backward();
    step();
    const once = [layer.weight, layer.bias].map((parameter) => parameter?.grad?.toArray() as number[]);
    step();
    const twice = [layer.weight, layer.bias].map((parameter) => parameter?.grad?.toArray() as number[]);
    expect(twice).toEqual(once.map((values) => values.map((value) => Math.fround(2 * value))));
    expect(once.flat().every((value) => value !== 0)).toBe(true);
  });
});

test("gradients in float64", () => {
  const layer = new BatchNorm({ inputShape: [3] });
  const x = tensor(
    Float64Array.from({ length: 12 }, (_, i) => (i * i) % 7),
    { shape: [4, 3], dtype: "float64", requiresGrad: true },
  );
  for (const training of [true, false]) {
    layer.train(training);
    gradcheck((input) => layer.forward(input).mul(input), [x]);
  }
  expect(layer.forward(x).dtype).toBe("float64");
  expect(layer.runningMean?.dtype).toBe("float32");
  expect(state(layer).running_mean).not.toEqual([0, 0, 0]);
});

test("a frozen weight gets no gradient, the rest does", () => {
  const layer = new BatchNorm({ inputShape: [2] });
  if (layer.weight !== null) layer.weight.requiresGrad = false;
  const x = tensor([[1, 2], [3, 6], [5, 1]], { requiresGrad: true }); // biome-ignore format: a matrix
  layer.forward(x).mul(x).sum().backward();
  expect([layer.weight?.grad, layer.bias?.grad?.toArray()]).toEqual([null, [9, 9]]);
  expect(x.grad?.data.some((value) => value !== 0)).toBe(true);
});

test("a state goes through a file, and PyTorch's int64 count loads", () => {
  const saved = new BatchNorm({ inputShape: [2] });
  saved.forward(FIRST);
  const { tensors } = parseSafetensors(serializeSafetensors(saved.stateDict()));
  const layer = new BatchNorm({ inputShape: [2] });
  layer.loadStateDict(tensors);
  expect(state(layer)).toEqual(state(saved));
  expect(noGrad(() => layer.eval().forward(FIRST)).data).toEqual(noGrad(() => saved.eval().forward(FIRST)).data);
  const header = new TextEncoder().encode('{"num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}');
  const file = new Uint8Array(16 + header.length);
  file.set(header, 8);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  new DataView(file.buffer).setBigInt64(8 + header.length, 41n, true);
  layer.loadStateDict(parseSafetensors(file).tensors, { strict: false });
  layer.train().forward(FIRST);
  expect(state(layer).num_batches_tracked).toEqual([42]);
});

test("a saved model is rebuilt with its statistics, lazy or not", () => {
  const x = input([4]);
  const model = new Model({ inputs: x, outputs: new BatchNorm({ activation: "relu", momentum: null }).forward(new Dense(3).forward(x)) });
  model.forward(randn([8, 4]));
  const copy = deserializeModel(model.serialize());
  const given = randn([2, 4]);
  expect(noGrad(() => copy.eval().forward(given) as Tensor).data).toEqual(noGrad(() => model.eval().forward(given) as Tensor).data);
  const config = { momentum: 0.2, epsilon: 1e-3, affine: false, trackRunningStats: true, activation: null, inputShape: [7] } as const;
  expect(BatchNorm.fromConfig(config).config()).toEqual(config);
  expect(new BatchNorm().config()).not.toHaveProperty("inputShape");
});

test("a model with it learns, and takes no new memory after its second step", () => {
  manualSeed(1);
  const model = new Sequential([new Dense(16), new BatchNorm({ activation: "relu" }), new Dense(1)]);
  const x = randn([32, 4]);
  const y = x.mul(x).sum(1, { keepDims: true });
  const losses: number[] = [];
  const taken: number[] = [];
  for (let step = 0; step < 100; step++) {
    const error = model.forward(x).sub(y);
    const loss = error.mul(error).mean();
    loss.backward();
    for (const parameter of model.parameters()) parameter.addScaled(parameter.grad as Tensor, -0.03);
    model.zeroGrad();
    losses.push(loss.item());
    taken.push(memory().liveBytes);
  }
  expect(losses[99]).toBeLessThan(losses[0] / 5);
  expect(taken[99]).toBe(taken[1]);
});

describe("momentum above 0.5", () => {
  beforeEach(() => forgetNotes());
  afterEach(() => vi.restoreAllMocks());

  test("is warned of once", () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const momentum of [0.99, 0.99, 0.5, null]) new BatchNorm({ momentum });
    expect(said.mock.calls).toEqual([
      [
        "simdgrad: BatchNorm: momentum 0.99 weighs the new value, as in PyTorch, so that little is left of the running statistics. Keras's momentum 0.99 is 0.01 here.",
      ],
    ]);
  });
});

describe("with a number of axes", () => {
  const volume = (): Tensor => randn([2, 3, 2, 4, 5]);

  test.each([
    [BatchNorm1d, [6, 3]],
    [BatchNorm1d, [4, 3, 5]],
    [BatchNorm2d, [4, 3, 5, 2]],
    [BatchNorm3d, [2, 3, 2, 4, 5]],
  ] as const)("%o has the bits of BatchNorm for %s", (Layer, shape) => {
    const x = randn(shape, { requiresGrad: true });
    const results = [
      new Layer(3, { activation: "relu" }),
      new Layer(null, { activation: "relu" }),
      new BatchNorm({ activation: "relu" }),
    ].map((layer) => {
      x.grad = null;
      const y = layer.forward(x);
      y.mul(y).sum().backward();
      return [y, x.grad, layer.weight?.grad, ...layer.stateDict().values()].map((each) => each?.data);
    });
    expect(results[0]).toEqual(results[2]);
    expect(results[1]).toEqual(results[2]);
  });

  test("channels given have parameters at once, null waits for the input or the state", () => {
    const [given, lazy] = [new BatchNorm3d(3), new BatchNorm3d(null)];
    expect(given.parameters().map(({ shape }) => shape)).toEqual([[3], [3]]);
    expect(failure(() => lazy.parameters())).toContain("BatchNorm3d is not built");
    lazy.loadStateDict(given.stateDict());
    expect(lazy.forward(volume()).shape).toEqual([2, 3, 2, 4, 5]);
    expect(new Sequential([given]).summary(() => {})).toContain("6 parameters");
  });

  test("errors", () => {
    const of = (make: () => unknown): string => failure(make);
    expect(of(() => new BatchNorm2d(3).forward(randn([4, 3])))).toBe("SHAPE BatchNorm2d: x has shape [4, 3]; expected [n, 3, h, w].");
    expect(of(() => new BatchNorm2d(3).forward(randn([4, 2, 5, 5])))).toBe(
      "SHAPE BatchNorm2d: x has shape [4, 2, 5, 5]; expected [n, 3, h, w].",
    );
    expect(of(() => new BatchNorm1d(3).forward(randn([4, 3, 5, 5])))).toBe(
      "SHAPE BatchNorm1d: x has shape [4, 3, 5, 5]; expected [n, 3] or [n, 3, l].",
    );
    expect(of(() => new BatchNorm3d(null).forward(randn([4, 3, 5])))).toBe(
      "SHAPE BatchNorm3d: x has shape [4, 3, 5]; expected [n, channels, d, h, w].",
    );
    expect(of(() => new (BatchNorm2d as unknown as new () => BatchNorm2d)())).toBe(
      "ARGUMENT BatchNorm2d: numFeatures is undefined; expected a whole number ≥ 1, or null. Write new BatchNorm2d(64), or new BatchNorm2d(null): the channels are those of the first input.",
    );
    expect(of(() => new BatchNorm2d({ momentum: 0.1 } as never))).toContain("Write new BatchNorm2d(64)");
    expect(of(() => new BatchNorm2d(2, { eps: 1 } as never))).toContain('Did you mean "epsilon"?');
  });
});

test("errors", () => {
  const made = (options: object): string => failure(() => new BatchNorm(options as BatchNormOptions));
  expect(made({ momentun: 0.1 })).toBe(
    'ARGUMENT BatchNorm: unknown option "momentun". Known: inputShape, momentum, epsilon, affine, trackRunningStats, activation. Did you mean "momentum"?',
  );
  expect(made(3 as never)).toBe("ARGUMENT BatchNorm: the options are 3; expected an object. Write { inputShape: … }.");
  expect(made({ numFeatures: 3 })).toContain('unknown option "numFeatures".');
  expect(made({ numFeatures: 3 })).toContain('Did you mean "inputShape"?');
  expect(made({ momentum: 2 })).toBe("ARGUMENT BatchNorm: momentum is 2; expected a number from 0 to 1, or null.");
  expect(made({ epsilon: 0 })).toBe("ARGUMENT BatchNorm: epsilon is 0; expected a number > 0.");
  expect(made({ inputShape: [0] })).toBe("ARGUMENT BatchNorm: inputShape is [0]; expected an array of whole numbers ≥ 1.");
  expect(made({ activation: "quickGelu" })).toContain('BatchNorm: unknown activation "quickGelu". Did you mean "geluSigmoid"?');
  expect(made({ activation: 3 })).toBe(
    "ARGUMENT BatchNorm: activation is 3; expected a name, { name, … } or a function of a tensor, or null.",
  );
  const layer = new BatchNorm({ inputShape: [3] });
  expect(failure(() => layer.forward(ones([4, 2])))).toBe("SHAPE BatchNorm: x has shape [4, 2]; expected [n, 3, ...].");
  expect(failure(() => new BatchNorm().forward(ones([4])))).toBe(
    "SHAPE BatchNorm: x has shape [4]; expected [n, channels, ...] with channels ≥ 1.",
  );
  expect(failure(() => layer.forward(ones([1, 3])))).toContain("more than 1 value per channel");
  expect(state(layer).num_batches_tracked).toEqual([0]);
});
