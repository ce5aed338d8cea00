import { beforeEach, describe, expect, test } from "vitest";
import { Conv2d, eye, manualSeed, ones, randn, type Tensor } from "../../src/index.js";
import { fansOf } from "../../src/nn/drawn.js";
import { Dense, type InitializerSpec, initializers } from "../../src/nn/index.js";
import { failure } from "../support/errors.js";
import { moments } from "../support/moments.js";

beforeEach(() => manualSeed(1));

const [IN, OUT] = [40, 60];

/** The weight of a layer [60, 40]. */
function weight(weightInitializer: InitializerSpec, activation = "linear"): Float32Array {
  const dense = new Dense(OUT, { weightInitializer, activation: activation as never });
  dense.forward(ones([1, IN]));
  return dense.weight.data as Float32Array;
}

/** Mean and standard deviation that each initializer gives the weight with its defaults. */
const MOMENTS: Record<keyof typeof initializers, readonly [mean: number, std: number]> = {
  zeros: [0, 0],
  ones: [1, 0],
  constant: [0, 0],
  uniform: [0, 0.05 / Math.sqrt(3)],
  normal: [0, 0.05],
  glorotUniform: [0, Math.sqrt(2 / (IN + OUT))],
  glorotNormal: [0, Math.sqrt(2 / (IN + OUT))],
  heUniform: [0, Math.sqrt(2 / IN)],
  heNormal: [0, Math.sqrt(2 / IN)],
  lecunUniform: [0, Math.sqrt(1 / IN)],
  lecunNormal: [0, Math.sqrt(1 / IN)],
  // The columns, of which there are fewer, have length 1.
  orthogonal: [0, Math.sqrt(1 / OUT)],
  deltaOrthogonal: [0, Math.sqrt(1 / OUT)],
  fanInUniform: [0, Math.sqrt(1 / (3 * IN))],
  varianceScaling: [0, Math.sqrt(1 / IN)],
  truncatedNormal: [0, 0.05 * 0.8796256610342398],
  // 40 ones among 2,400 elements.
  identity: [1 / OUT, Math.sqrt((1 / OUT) * (1 - 1 / OUT))],
  dirac: [1 / OUT, Math.sqrt((1 / OUT) * (1 - 1 / OUT))],
  // A tenth of the elements is not 0.
  sparse: [0, 0.01 * Math.sqrt(0.1)],
};

describe.each(Object.keys(initializers) as (keyof typeof initializers)[])("%s", (name) => {
  test("has its mean and standard deviation, and the same elements for the same seed", () => {
    const [expectedMean, expectedStd] = MOMENTS[name];
    const first = weight(name);
    const { mean, std } = moments(first);
    expect(Math.abs(mean - expectedMean)).toBeLessThanOrEqual(0.06 * expectedStd);
    expect(Math.abs(std - expectedStd)).toBeLessThanOrEqual(0.06 * expectedStd);
    manualSeed(1);
    expect(weight(name)).toEqual(first);
  });
  test("refuses an option that it does not know", () => {
    expect(failure(() => (initializers[name] as (options: object) => unknown)({ bogus: 1 }))).toMatch(
      new RegExp(`^ARGUMENT ${name}: unknown option "bogus"`),
    );
  });
});

describe("distributions", () => {
  const UNIFORM: [InitializerSpec, number][] = [
    ["uniform", 0.05],
    [{ name: "uniform", low: -2, high: 2 }, 2],
    ["glorotUniform", Math.sqrt(6 / (IN + OUT))],
    ["heUniform", Math.sqrt(6 / IN)],
    ["lecunUniform", Math.sqrt(3 / IN)],
    [initializers.heUniform({ gain: 1 }), Math.sqrt(3 / IN)],
    [{ name: "heUniform", mode: "fanOut" }, Math.sqrt(6 / OUT)],
    [{ name: "heUniform", slope: 0.5 }, Math.sqrt(6 / 1.25 / IN)],
    ["fanInUniform", Math.sqrt(1 / IN)],
    [{ name: "varianceScaling", scale: 2, mode: "fanAvg", distribution: "uniform" }, Math.sqrt(12 / (IN + OUT))],
  ];
  test.each(UNIFORM)("%o is uniform in ±%d", (spec, limit) => {
    const { mean, std, largest } = moments(weight(spec));
    expect(largest).toBeLessThanOrEqual(limit * 1.000001);
    expect(largest).toBeGreaterThan(limit * 0.99);
    expect(std / (limit / Math.sqrt(3))).toBeCloseTo(1, 1);
    expect(Math.abs(mean / limit)).toBeLessThan(0.05);
  });

  const NORMAL: [InitializerSpec, number][] = [
    ["normal", 0.05],
    [{ name: "normal", std: 2 }, 2],
    ["glorotNormal", Math.sqrt(2 / (IN + OUT))],
    ["heNormal", Math.sqrt(2 / IN)],
    ["lecunNormal", Math.sqrt(1 / IN)],
    [{ name: "heNormal", mode: "fanOut", slope: 1 }, Math.sqrt(1 / OUT)],
    [{ name: "heNormal", gain: 5 / 3 }, 5 / 3 / Math.sqrt(IN)],
    [{ name: "varianceScaling", scale: 3, mode: "fanOut", distribution: "normal" }, Math.sqrt(3 / OUT)],
  ];
  test.each(NORMAL)("%o is normal with standard deviation %d", (spec, expected) => {
    const { mean, std, largest } = moments(weight(spec));
    expect(Math.abs(std / expected - 1)).toBeLessThan(0.06);
    expect(Math.abs(mean / expected)).toBeLessThan(0.06);
    expect(largest).toBeGreaterThan(2.5 * expected);
  });

  test("constants", () => {
    expect(new Set(weight("zeros"))).toEqual(new Set([0]));
    expect(new Set(weight("ones"))).toEqual(new Set([1]));
    expect(new Set(weight({ name: "constant", value: 0.5 }))).toEqual(new Set([0.5]));
    expect(new Set(weight(initializers.ones as never))).toEqual(new Set([1]));
  });

  test("a function of one's own", () => {
    const dense = new Dense(2, { weightInitializer: (elements, { fanIn, fanOut }) => elements.fill(fanIn * 10 + fanOut) });
    dense.forward(ones([1, 3]));
    expect(dense.weight.toArray()).toEqual([[32, 32, 32], [32, 32, 32]]); // biome-ignore format: a matrix
  });
});

test.each([
  ["relu", "heNormal"],
  ["leakyRelu", "heNormal"],
  ["elu", "heNormal"],
  ["gelu", "heNormal"],
  ["mish", "heNormal"],
  ["swish", "heNormal"],
  ["celu", "heNormal"],
  ["hardSwish", "heNormal"],
  ["relu6", "heNormal"],
  ["rrelu", "heNormal"],
  ["softsign", "glorotUniform"],
  ["hardTanh", "glorotUniform"],
  ["silu", "heNormal"],
  ["softplus", "heNormal"],
  ["selu", "lecunNormal"],
  ["tanh", "glorotUniform"],
  ["sigmoid", "glorotUniform"],
  ["softmax", "glorotUniform"],
  ["linear", "glorotUniform"],
] as const)('"auto" for %s is %s', (activation, name) => {
  const auto = weight("auto", activation);
  manualSeed(1);
  expect(auto).toEqual(weight(name, activation));
});

test("fans of weights [out, in, ...field]", () => {
  expect(fansOf([60, 40])).toEqual({ fanIn: 40, fanOut: 60 });
  expect(fansOf([16, 3, 5, 5])).toEqual({ fanIn: 75, fanOut: 400 });
  expect(fansOf([7])).toEqual({ fanIn: 7, fanOut: 7 });
});

test("errors", () => {
  expect(() => new Dense(1, { weightInitializer: "heNormall" as never })).toThrow(
    'Dense: unknown weightInitializer "heNormall". Did you mean "heNormal"? Known: ',
  );
  expect(() => new Dense(1, { weightInitializer: "kaiming_normal" as never })).toThrow('Did you mean "heNormal"? Known: ');
  for (const word of ["xavier", "glorot", "xavier_uniform"]) {
    expect(() => new Dense(1, { weightInitializer: word as never })).toThrow('Did you mean "glorotUniform"? Known: ');
  }
  expect(() => new Dense(1, { kernelInitializer: "ones" } as never)).toThrow('It is called "weightInitializer" now.');
  expect(() => new Dense(1, { biasInitializer: 0 as never })).toThrow(
    "Dense: biasInitializer is 0; expected a name, { name, … } or a function.",
  );
  expect(() => new Dense(1, { biasInitializer: { name: "constant", valu: 1 } })).toThrow(
    'constant: unknown option "valu". Known: value. Did you mean "value"?',
  );
  expect(() => initializers.zeros({ value: 1 } as never)).toThrow('zeros: unknown option "value". It takes none.');
  expect(() => initializers.uniform({ low: 1 })).toThrow("uniform: low 1, high 0.05; expected low < high.");
  expect(() => initializers.normal({ std: -1 })).toThrow("normal: std is -1; expected a number ≥ 0.");
  expect(() => initializers.heNormal({ gain: 0 })).toThrow("heNormal: gain is 0; expected a number > 0, or null.");
  expect(() => initializers.heNormal({ mode: "fan_in" as never })).toThrow('heNormal: mode is "fan_in"; expected "fanIn" or "fanOut".');
  expect(() => initializers.glorotNormal({ gain: 0 })).toThrow("glorotNormal: gain is 0; expected a number > 0.");
  expect(() => initializers.constant({ value: Number.NaN })).toThrow("constant: value is NaN; expected a finite number.");
});

test("an argument too many", () => {
  for (const name of ["zeros", "uniform", "heNormal"] as const) {
    expect(() => (initializers[name] as (...args: unknown[]) => unknown)({}, 1)).toThrow(
      `${name}: 2 arguments were given; it takes at most 1.`,
    );
  }
});

describe("orthogonal matrices", () => {
  /** The largest difference of Mᵀ M or M Mᵀ, of the smaller side, from gain² times the unit matrix. */
  const deviation = (matrix: Tensor, gain: number): number => {
    const [rows, columns] = matrix.shape;
    const product = rows < columns ? matrix.matmul(matrix.transpose()) : matrix.transpose().matmul(matrix);
    return product
      .sub(eye(Math.min(rows, columns)).mul(gain * gain))
      .abs()
      .max()
      .item();
  };

  test.each([
    [20, 5],
    [5, 20],
    [16, 16],
  ])("orthogonal: %i × %i", (out, inputs) => {
    const dense = new Dense(out, { weightInitializer: { name: "orthogonal", gain: 2 }, inputShape: [inputs] });
    expect(deviation(dense.weight, 2)).toBeLessThan(1e-5);
  });

  test("orthogonal, of a convolution: [out, in · kernel]", () => {
    const { weight } = new Conv2d(4, 8, 3, { weightInitializer: "orthogonal" });
    expect(deviation(weight.reshape([8, 36]), 1)).toBeLessThan(1e-5);
  });

  test("deltaOrthogonal: at the centre alone, so that a circular convolution keeps lengths", () => {
    const layer = new Conv2d(6, 6, [3, 5], { padding: [1, 2], paddingMode: "circular", bias: false, weightInitializer: "deltaOrthogonal" });
    expect(deviation(layer.weight.slice([null, null, 1, 2]), 1)).toBeLessThan(1e-5);
    expect(layer.weight.ne(0).cast("int32").sum().item()).toBe(36);
    const x = randn([2, 6, 7, 8]);
    expect(layer.forward(x).norm().item()).toBeCloseTo(x.norm().item(), 3);
    expect(failure(() => new Conv2d(4, 4, 2, { weightInitializer: "deltaOrthogonal" }).weight.data)).toBe(
      'ARGUMENT deltaOrthogonal: the kernel has 4 elements and no centre; expected odd extents. Take a kernel of 3, or "orthogonal".',
    );
  });
});
