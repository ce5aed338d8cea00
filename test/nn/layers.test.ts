import { describe, expect, test } from "vitest";
import {
  capture,
  deserializeModel,
  elasticNet,
  input as inputOf,
  l2,
  Model,
  manualSeed,
  maxNorm,
  noGrad,
  nonNegative,
  randint,
  randn,
  Sequential,
  SGD,
  SimdgradError,
  Tensor,
} from "../../src/index.js";
import { typeOf } from "../../src/nn/architecture.js";
import type { Layer, LayerClass } from "../../src/nn/layer.js";
import * as library from "../../src/nn/layers.js";
import type { Option } from "../../src/options/option.js";
import { savedSettings } from "../../src/options/settings.js";
import { failure } from "../support/errors.js";
import { files, read } from "../support/repository.js";

/** How a layer is made and used: every option has another value than its default, so that a saved model must hold it. */
interface Example {
  readonly args: readonly unknown[];
  readonly input: () => Tensor | Tensor[];
  /** The least arguments, where options must be given: those that `args` leave out, because one excludes the other. */
  readonly least?: readonly unknown[];
  /** Holds a function, which no file can. */
  readonly holdsFunction?: true;
}

const pair = (): Tensor[] => [randn([3, 4]), randn([3, 4])];

/** What a max pooling has found, and where, as whole floats: inputs of functional models are of one type. */
const found = (shape: number[]): Tensor[] => [randn(shape), randint(0, 3, shape).cast("float32")];

type Name = keyof typeof library;

/** The layers for signals, images and volumes, which take their four channels first. */
function perAxes<Names extends readonly [Name, Name, Name]>(names: Names, options: object): Record<Names[number], Example> {
  const inputs = [() => randn([3, 4, 5]), () => randn([3, 4, 2, 3]), () => randn([3, 4, 2, 3, 2])];
  return Object.fromEntries(names.map((name, i) => [name, { args: [i === 1 ? null : 4, options], input: inputs[i] }])) as never;
}

/** What layers with weights say of their size. */
const WEIGHT_RULES = { weightPenalty: l2(0.5), weightConstraint: maxNorm(2, { axis: null }) };
const RULES = { ...WEIGHT_RULES, biasPenalty: elasticNet({ l1: 0.25 }), biasConstraint: nonNegative() };

const MODE = { paddingMode: "reflect" };

function convolution(kernelSize: number[], padding: number | number[], extents: number[], more: object = {}): unknown[] {
  const sweep = { stride: 2, padding, dilation: 2, groups: 2 };
  const start = { bias: false, weightInitializer: "heNormal", biasInitializer: "ones", ...RULES };
  return [null, 6, kernelSize, { ...sweep, ...start, activation: "relu", inputShape: [4, ...extents], ...more }];
}

function transposed(kernelSize: number[], padding: number | number[], outputPadding: number | number[], extents: number[]): unknown[] {
  return convolution(kernelSize, padding, extents, { outputPadding });
}

type PadName<Family extends string> = `${Family}Pad${1 | 2 | 3}d`;

/** The layers that pad one, two and three axes. */
function padding<Family extends string>(family: Family, more: readonly unknown[] = []): Record<PadName<Family>, Example> {
  const widths = [1, 0, 2, 1, 0, 1];
  const examples = [1, 2, 3].map((axes): [string, Example] => [
    `${family}Pad${axes}d`,
    { args: [widths.slice(0, 2 * axes), ...more], input: () => randn([2, 3, ...new Array<number>(axes).fill(3)]) },
  ]);
  return Object.fromEntries(examples) as never;
}
/** The options of recurrent cells and of layers, each another than its default. */
const CELL = { bias: false, weightInitializer: "normal", biasInitializer: "ones", ...RULES };
const STACKED = { numLayers: 2, batchFirst: false, dropout: 0.25, bidirectional: true, returnSequences: true, inputShape: [5, 4], ...CELL };

/** The options of a Transformer's layers, each another than its default. */
const TRANSFORMER = {
  ...{ feedForward: 6, dropout: 0.25, activation: "gelu", layerNormEps: 0.5 },
  ...{ batchFirst: false, normFirst: true, bias: false, causal: true, rotary: true },
};

/** The layers that apply an activation to a matrix. */
function elementwise<Names extends Name>(args: Record<Names, readonly unknown[]>): Record<Names, Example> {
  const examples = Object.entries<readonly unknown[]>(args).map(([name, given]) => [name, { args: given, input: () => randn([3, 4]) }]);
  return Object.fromEntries(examples);
}

const EXAMPLES: Record<Name, Example> = {
  Add: { args: [], input: () => [...pair(), randn([3, 1])] },
  Average: { args: [], input: pair },
  Concatenate: { args: [{ axis: 1 }], input: () => [randn([3, 2]), randn([3, 1])] },
  Dot: { args: [[2, 1], { normalize: true }], input: () => [randn([3, 2, 4]), randn([3, 4])] },
  Maximum: { args: [], input: pair },
  Minimum: { args: [], input: pair },
  Multiply: { args: [], input: () => [randn([3, 4]), randn([3, 2, 4])] },
  Operation: { args: ["concat", [[{ input: 1 }, { input: 0 }], -1]], input: pair },
  Subtract: { args: [], input: pair },
  Activation: { args: [{ name: "leakyRelu", slope: 0.3 }], input: () => randn([3, 4]) },
  FractionalMaxPool2d: {
    args: [2, { outputSize: [3, 4], returnIndices: true }],
    least: [[1, 2], { outputRatio: 0.7 }],
    input: () => randn([2, 3, 5, 7]),
  },
  FractionalMaxPool3d: {
    args: [2, { outputSize: [2, 3, 4], returnIndices: true }],
    least: [1, { outputRatio: [0.5, 0.7, 0.9] }],
    input: () => randn([2, 3, 4, 5, 7]),
  },
  LPPool1d: { args: [2, 3, { stride: 2, ceilMode: true }], input: () => randn([2, 3, 8]) },
  LPPool2d: { args: [2, 3, { stride: 2, ceilMode: true }], input: () => randn([2, 3, 4, 8]) },
  MaxUnpool1d: { args: [2, { stride: 3, padding: 1, outputSize: 4 }], input: () => found([2, 3, 2]) },
  MaxUnpool2d: { args: [2, { stride: 3, padding: 1, outputSize: [4, 2] }], input: () => found([2, 3, 2, 2]) },
  MaxUnpool3d: { args: [2, { stride: 3, padding: 1, outputSize: 4 }], input: () => found([2, 3, 2, 2, 2]) },
  AdaptiveAvgPool1d: { args: [3], input: () => randn([2, 3, 7]) },
  GlobalAvgPool1d: { args: [{ keepDims: true }], input: () => randn([2, 3, 7]) },
  AdaptiveMaxPool1d: { args: [3, { returnIndices: true }], input: () => randn([2, 3, 7]) },
  GlobalMaxPool1d: { args: [{ keepDims: true }], input: () => randn([2, 3, 7]) },
  MaxPool1d: { args: [2, { stride: 1, padding: 1, dilation: 2, ceilMode: true, returnIndices: true }], input: () => randn([2, 3, 7]) },
  AvgPool1d: {
    args: [2, { stride: 3, padding: 1, ceilMode: true, countIncludePad: false, divisorOverride: 3 }],
    input: () => randn([2, 3, 7]),
  },
  AdaptiveAvgPool2d: { args: [[2, null]], input: () => randn([2, 3, 5, 7]) },
  GlobalAvgPool2d: { args: [{ keepDims: true }], input: () => randn([2, 3, 5, 7]) },
  AdaptiveMaxPool2d: { args: [[2, null], { returnIndices: true }], input: () => randn([2, 3, 5, 7]) },
  GlobalMaxPool2d: { args: [{ keepDims: true }], input: () => randn([2, 3, 5, 7]) },
  MaxPool2d: { args: [2, { stride: 1, padding: 1, dilation: 2, ceilMode: true, returnIndices: true }], input: () => randn([2, 3, 5, 7]) },
  AvgPool2d: {
    args: [2, { stride: 3, padding: 1, ceilMode: true, countIncludePad: false, divisorOverride: 3 }],
    input: () => randn([2, 3, 5, 7]),
  },
  AdaptiveAvgPool3d: { args: [3], input: () => randn([2, 3, 4, 5, 7]) },
  GlobalAvgPool3d: { args: [{ keepDims: true }], input: () => randn([2, 3, 4, 5, 7]) },
  AdaptiveMaxPool3d: { args: [3, { returnIndices: true }], input: () => randn([2, 3, 4, 5, 7]) },
  GlobalMaxPool3d: { args: [{ keepDims: true }], input: () => randn([2, 3, 4, 5, 7]) },
  MaxPool3d: {
    args: [2, { stride: 1, padding: 1, dilation: 2, ceilMode: true, returnIndices: true }],
    input: () => randn([2, 3, 4, 5, 7]),
  },
  AvgPool3d: {
    args: [2, { stride: 3, padding: 1, ceilMode: true, countIncludePad: false, divisorOverride: 3 }],
    input: () => randn([2, 3, 4, 5, 7]),
  },
  BatchNorm: {
    args: [{ inputShape: [4], momentum: null, epsilon: 0.5, affine: false, trackRunningStats: false, activation: "relu" }],
    input: () => randn([3, 4]),
  },
  Conv1d: { args: convolution([2], 4, [8], MODE), input: () => randn([3, 4, 8]) },
  Conv2d: { args: convolution([2, 1], [1, 2], [8, 7], MODE), input: () => randn([3, 4, 8, 7]) },
  Conv3d: { args: convolution([1, 2, 1], 2, [4, 5, 6], MODE), input: () => randn([3, 4, 4, 5, 6]) },
  ConvTranspose1d: { args: transposed([2], 1, 1, [3]), input: () => randn([3, 4, 3]) },
  ConvTranspose2d: { args: transposed([2, 1], [1, 0], [0, 1], [3, 2]), input: () => randn([3, 4, 3, 2]) },
  ConvTranspose3d: { args: transposed([1, 2, 1], [0, 1, 0], 1, [2, 1, 2]), input: () => randn([3, 4, 2, 1, 2]) },
  SeparableConv2d: {
    args: [
      null,
      6,
      [2, 1],
      {
        ...{ stride: 2, padding: [1, 2], dilation: 2, depthMultiplier: 2, bias: false, activation: "relu", inputShape: [4, 8, 7] },
        ...{ depthwiseInitializer: "heNormal", pointwiseInitializer: "glorotUniform", biasInitializer: "ones" },
        ...RULES,
      },
    ],
    input: () => randn([3, 4, 8, 7]),
  },
  ...perAxes(["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"], {
    momentum: null,
    epsilon: 0.5,
    affine: false,
    trackRunningStats: false,
    activation: "relu",
  }),
  Dense: {
    args: [
      5,
      {
        activation: { name: "elu", alpha: 0.5 },
        bias: false,
        weightInitializer: { name: "uniform", low: -1, high: 1 },
        biasInitializer: "ones",
        ...RULES,
        inputShape: [4],
      },
    ],
    input: () => randn([3, 4]),
  },
  Dropout: { args: [0.25], input: () => randn([3, 4]) },
  Dropout1d: { args: [0.25], input: () => randn([3, 4, 2]) },
  Dropout2d: { args: [0.25], input: () => randn([3, 4, 2, 2]) },
  Dropout3d: { args: [0.25], input: () => randn([3, 4, 2, 1, 2]) },
  AlphaDropout: { args: [0.25], input: () => randn([3, 4]) },
  FeatureAlphaDropout: { args: [0.25], input: () => randn([3, 4, 2]) },
  GaussianDropout: { args: [0.25], input: () => randn([3, 4]) },
  GaussianNoise: { args: [0.25], input: () => randn([3, 4]) },
  StochasticDepth: { args: [0.25, { mode: "batch" }], input: () => randn([3, 4]) },
  EmbeddingBag: {
    args: [6, 2, { mode: "max", paddingIndex: -1, maxNorm: 0.5, normType: 1, includeLastOffset: true, ...WEIGHT_RULES }],
    input: () => randint(0, 6, [3, 4]),
  },
  Embedding: { args: [6, 2, { paddingIndex: -1, maxNorm: 0.5, normType: 1, ...WEIGHT_RULES }], input: () => randint(0, 6, [3, 4]) },
  Flatten: { args: [], input: () => randn([3, 4, 2]) },
  GroupNorm: { args: [2, null, { epsilon: 0.5, affine: false, activation: "relu" }], input: () => randn([3, 4, 5]) },
  ...perAxes(["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"], {
    momentum: 0.3,
    epsilon: 0.5,
    affine: true,
    trackRunningStats: true,
    activation: "relu",
  }),
  GRU: { args: [4, 3, STACKED], input: () => randn([5, 3, 4]) },
  GRUCell: { args: [4, 3, CELL], input: () => randn([3, 4]) },
  TemperatureScaling: { args: [], input: () => randn([3, 4]) },
  Identity: { args: [], input: () => randn([3, 4]) },
  Lambda: {
    args: [(x: Tensor) => x.square(), { outputShape: (shape: number[]) => shape }],
    input: () => randn([3, 4]),
    holdsFunction: true,
  },
  LayerNorm: { args: [[4], { epsilon: 0.5, affine: false, bias: false }], input: () => randn([3, 4]) },
  LocalResponseNorm: { args: [3, { alpha: 0.5, beta: 0.5, k: 2 }], input: () => randn([3, 4, 5]) },
  RMSNorm: { args: [[4], { epsilon: 0.5, affine: false }], input: () => randn([3, 4]) },
  LSTM: { args: [4, 3, { projSize: 2, ...STACKED }], input: () => randn([5, 3, 4]) },
  LSTMCell: { args: [4, 3, CELL], input: () => randn([3, 4]) },
  Bilinear: { args: [4, 2, 5, { bias: false, ...RULES }], input: () => [randn([3, 4]), randn([3, 2])] },
  Linear: { args: [4, 5, { bias: false, ...RULES }], input: () => randn([3, 4]) },
  ...padding("Zero"),
  ...padding("Constant", [7]),
  ...padding("Reflection"),
  ...padding("Replication"),
  ...padding("Circular"),
  RNN: { args: [4, 3, { nonlinearity: "relu", ...STACKED }], input: () => randn([5, 3, 4]) },
  RNNCell: { args: [4, 3, { nonlinearity: "relu", ...CELL }], input: () => randn([3, 4]) },
  Residual: {
    args: [new library.Activation("tanh"), { shortcut: new library.Rescaling(2), activation: "relu" }],
    input: () => randn([3, 4]),
  },
  Rescaling: { args: [0.5, { offset: 1 }], input: () => randn([3, 4]) },
  ChannelShuffle: { args: [2], input: () => randn([3, 4, 5]) },
  PixelShuffle: { args: [2], input: () => randn([2, 8, 2, 3]) },
  PixelUnshuffle: { args: [2], input: () => randn([2, 3, 4, 2]) },
  Unfold: { args: [[2, 1], { stride: 2, padding: [1, 0], dilation: [2, 1] }], input: () => randn([2, 3, 4, 3]) },
  Fold: { args: [[4, 3], 2, { stride: 2, padding: [2, 1], dilation: 2 }], input: () => randn([2, 8, 6]) },
  Upsample: {
    args: [{ scaleFactor: 2, mode: "bilinear", alignCorners: true }],
    least: [{ size: [5, 2] }],
    input: () => randn([2, 3, 4, 3]),
  },
  MultiheadAttention: {
    args: [
      4,
      2,
      { dropout: 0.25, bias: false, addBiasKv: true, addZeroAttn: true, kdim: 4, vdim: 4, batchFirst: false, causal: true, rotary: true },
    ],
    input: () => randn([3, 5, 4]),
  },
  PositionalEncoding: { args: [{ base: 100 }], input: () => randn([3, 5, 4]) },
  PositionEmbedding: { args: [6, 4, { weightInitializer: "ones" }], input: () => randn([3, 5, 4]) },
  Transformer: {
    args: [4, 2, { numEncoderLayers: 2, numDecoderLayers: 1, ...TRANSFORMER }],
    input: () => [randn([3, 5, 4]), randn([3, 5, 4])],
  },
  TransformerDecoder: { args: [4, 2, 2, { ...TRANSFORMER, finalNorm: true }], input: () => [randn([3, 5, 4]), randn([3, 5, 4])] },
  TransformerDecoderLayer: { args: [4, 2, TRANSFORMER], input: () => [randn([3, 5, 4]), randn([3, 5, 4])] },
  TransformerEncoder: { args: [4, 2, 2, { ...TRANSFORMER, finalNorm: true }], input: () => randn([3, 5, 4]) },
  TransformerEncoderLayer: { args: [4, 2, TRANSFORMER], input: () => randn([3, 5, 4]) },
  Reshape: { args: [[2, -1]], input: () => randn([3, 4]) },
  ...elementwise({
    ...{ ReLU: [], ReLU6: [], LeakyReLU: [0.3], ThresholdedReLU: [0.5], ELU: [0.5], CELU: [2], SELU: [], GELU: ["tanh"], SiLU: [] },
    ...{ Mish: [], Hardswish: [], Softplus: [2, 3], Sigmoid: [], LogSigmoid: [], Hardsigmoid: [], Tanh: [], Hardtanh: [-2, 0.5] },
    ...{ Tanhshrink: [], Softsign: [], Softshrink: [1], Hardshrink: [1], Threshold: [0.5, -3], Heaviside: [{ straightThrough: true }] },
    ...{ Softmax: [0], LogSoftmax: [0], Softmin: [0], RReLU: [0.1, 0.5], PReLU: [4, { init: 0.5 }], Swish: [2, { learnable: false }] },
  }),
  GLU: { args: [1], input: () => randn([3, 4]) },
  Maxout: { args: [4, 1], input: () => randn([3, 4]) },
  Softmax2d: { args: [], input: () => randn([3, 4, 2, 2]) },
};

/** Some of them are wrong for any option. */
const VALUES = [
  undefined,
  null,
  Number.NaN,
  -1,
  0.5,
  2,
  2 ** 53,
  "x",
  true,
  5n,
  Symbol("s"),
  {},
  [],
  [-1],
  [0.5],
  [{}],
  new Date(0),
  () => 1,
];

/** A layer of the library, made with its example's arguments or others. */
function make(name: Name, args: readonly unknown[] = EXAMPLES[name].args): Layer {
  return new (library[name] as unknown as new (...args: readonly unknown[]) => Layer)(...args);
}

/** Options of a declaration by name, whatever their types. */
type Known = Readonly<Record<string, Option<unknown, boolean>>>;

describe.each(Object.keys(library) as Name[])("%s", (name) => {
  const { declaration } = library[name] as unknown as LayerClass;
  const { args, least } = EXAMPLES[name];
  const positional: Known = declaration.positional;
  const options: Known = declaration.options;
  const before = args.slice(0, Object.keys(positional).length);
  const given = args[before.length] as Record<string, unknown> | undefined;

  test("has a test of its own, and is called as its class is", () => {
    const registry = read("src/nn/layers/common.ts") + read("src/nn/layers.ts");
    const file = registry.match(new RegExp(`\\b${name}\\b[^}]*\\} from "\\./(?:layers/)?(\\w+)\\.js"`))?.[1];
    expect(files("test/nn/layers")).toContain(`test/nn/layers/${file}.test.ts`);
    expect([declaration.op, typeOf(make(name))]).toEqual([name, name]);
  });

  test("its example gives every option another value than the default", () => {
    const all = { ...given, ...(least?.[before.length] as object | undefined) };
    expect(Object.keys(all).sort()).toEqual(Object.keys(options).sort());
    for (const [option, value] of Object.entries(given ?? {})) expect(value, option).not.toEqual(options[option].default);
  });

  test("an argument too many, an unknown option", () => {
    const takesOptions = Object.keys(options).length > 0;
    const full = takesOptions ? [...before, given] : before;
    expect(failure(() => make(name, [...full, undefined]))).toMatch(new RegExp(`^ARGUMENT ${name}: ${full.length + 1} arguments? w`));
    if (takesOptions) {
      const text = new RegExp(`^ARGUMENT ${name}: unknown option "bogus"\\. Known: `);
      expect(failure(() => make(name, [...before, { ...given, bogus: 1 }]))).toMatch(text);
    }
  });

  test("values that an option does not take are refused by its name", () => {
    for (const [option, declared] of Object.entries({ ...positional, ...options })) {
      const wrong = VALUES.filter((value) => !declared.holds(value) && (value !== undefined || declared.required));
      expect(wrong.length, option).toBeGreaterThan(5);
      const at = Object.keys(positional).indexOf(option);
      for (const value of wrong) {
        const changed = at < 0 ? [...before, { ...given, [option]: value }] : args.map((arg, i) => (i === at ? value : arg));
        expect(failure(() => make(name, changed))).toMatch(new RegExp(`^ARGUMENT ${name}: ${option} is .*; expected `));
      }
    }
  });

  describe.each([
    ["with every option", args],
    ["with its defaults", least ?? before],
  ])("%s", (_, args) => behaves(name, args));
});

/** What every layer does, whatever its options are. */
function behaves(name: Name, args: readonly unknown[]): void {
  const { input, holdsFunction = false } = EXAMPLES[name];
  const { declaration } = library[name] as unknown as LayerClass;

  /** The layer where it stands in a model, which seeds what it draws. */
  const model = (): Model => {
    manualSeed(3);
    const given = input();
    if (given instanceof Tensor) return new Sequential([make(name, args)]);
    const inputs = given.map(({ shape }) => inputOf(shape.slice(1)));
    return new Model({ inputs, outputs: make(name, args).forward(...inputs) });
  };
  const layerOf = (net: Model): Layer => net.children().get("0") as Layer;
  const result = (net: Model, x: Tensor | Tensor[]): unknown => noGrad(() => net.forward(x)).toArray();
  const state = (net: Model): unknown => [...net.stateDict()].map(([key, value]) => [key, value.toArray()]);

  if (holdsFunction) {
    test("cannot be saved, and says which layer it is", () =>
      expect(failure(() => model().serialize())).toMatch(new RegExp(`^ARGUMENT ${name}: \\w+ of layer "0" is a function, which a saved`)));
  } else {
    test("is saved with all its settings, and loaded with the same bits", () => {
      const [net, x] = [model(), input()];
      result(net, x);
      const again = deserializeModel(net.serialize());
      expect(layerOf(again)).toBeInstanceOf(library[name]);
      expect(layerOf(again).describe()).toEqual(layerOf(net).describe());
      expect(layerOf(again).describe().config).toEqual(savedSettings(declaration, declaration.read(args)));
      for (const training of [true, false]) {
        const results = [net, again].map((each) => {
          manualSeed(4);
          return result(each.train(training), x);
        });
        expect(results[1]).toEqual(results[0]);
      }
    });
  }

  test("tells the shape of its result", () => {
    const [net, x] = [model(), input()];
    const { shape } = noGrad(() => net.forward(x));
    const [first, ...others] = [x].flat().map((each) => each.shape);
    expect(make(name, args).outputShape(first, ...others)).toEqual(shape);
    expect(layerOf(net).outputShape(first, ...others)).toEqual(shape);
    for (const wrong of [null, undefined, 3, "x", [-1], [0.5], {}]) {
      expect(() => make(name, args).outputShape(wrong as never, ...others)).toThrow(SimdgradError);
    }
  });

  test("evaluation changes nothing, and gives the same twice", () => {
    const [net, x] = [model().train(), input()];
    result(net, x);
    const seen = state(net.eval());
    expect(result(net, x)).toEqual(result(net, x));
    expect(state(net)).toEqual(seen);
  });

  test("remembers nothing that its state does not hold, but for what it has drawn", () => {
    const inputs = Array.from({ length: 6 }, () => [input()].flat());
    const train = (net: Model, from: number, to: number): unknown[] => {
      manualSeed(4);
      const params = net.parameters();
      const optimizer = params.length > 0 ? new SGD(params, { learningRate: 1e-2 }) : null;
      return inputs.slice(from, to).map((xs) => {
        const y = net.forward(...xs);
        if (y.requiresGrad) y.square().sum().backward();
        optimizer?.step();
        net.zeroGrad();
        return y.toArray();
      });
    };
    const [whole, resumed] = [model(), model()];
    for (const net of [whole, resumed]) net.forward(...inputs[5]).detach();
    train(whole, 0, 3);
    resumed.loadStateDict(whole.stateDict());
    expect(train(resumed, 3, 6)).toEqual(train(whole, 3, 6));
    expect(state(resumed)).toEqual(state(whole));
  });

  test("captured, it has the bits of eager steps: results, gradients, state", () => {
    const run = (captured: boolean): unknown => {
      const net = model();
      const step = (...xs: Tensor[]): Tensor => {
        const y = net.forward(...xs);
        if (y.requiresGrad) y.square().sum().backward();
        return y;
      };
      const inputs = Array.from({ length: 5 }, () => [input()].flat());
      net.forward(...inputs[0]).detach();
      const steps = captured ? capture(step) : step;
      const results = inputs.map((xs) => {
        net.zeroGrad();
        return [steps(...xs).toArray(), net.parameters().map(({ grad }) => grad?.toArray())];
      });
      return [results, state(net)];
    };
    expect(run(true)).toEqual(run(false));
  });
}
