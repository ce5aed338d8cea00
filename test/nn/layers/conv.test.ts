import { describe, expect, test } from "vitest";
import {
  Conv1d,
  Conv2d,
  Conv3d,
  conv2d,
  Dense,
  deserializeModel,
  Flatten,
  input,
  Model,
  manualSeed,
  noGrad,
  ones,
  parseSafetensors,
  randn,
  SeparableConv2d,
  Sequential,
  serializeSafetensors,
  type Tensor,
  tensor,
  zeros,
} from "../../../src/index.js";
import { CASES } from "../../support/activations.js";
import { failure } from "../../support/errors.js";

test("weight [out, in / groups, ...kernel], both parameters within ±1/√fanIn", () => {
  manualSeed(1);
  const layer = new Conv2d(8, 64, [3, 2], { groups: 2 });
  expect([...layer.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([
    ["weight", [64, 4, 3, 2]],
    ["bias", [64]],
  ]);
  const limit = 1 / Math.sqrt(4 * 3 * 2);
  for (const { data } of layer.parameters()) {
    const largest = Math.max(...data.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.9 * limit);
  }
});

describe("without its channels", () => {
  test("it is built by its first input, with the values that it would have had", () => {
    const initial = (inChannels: number | null, inputShape?: number[]): number[] => {
      manualSeed(4);
      const net = new Sequential([new Conv2d(inChannels, 2, 3, { inputShape })]);
      net.forward(ones([1, 3, 5, 5]));
      return [...net.parameters()[0].data];
    };
    expect(initial(null)).toEqual(initial(3));
    expect(initial(null, [3, 5, 5])).toEqual(initial(3));
  });

  test("inChannels tells what it takes", () => {
    const layer = new Conv1d(null, 4, 3, { groups: 2 });
    expect(layer.inChannels).toBe(null);
    layer.forward(ones([1, 6, 5]));
    expect(layer.inChannels).toBe(6);
  });

  test("a state builds it; then it takes any extents", () => {
    const from = new Conv3d(4, 2, [1, 2, 3], { groups: 2 });
    const layer = new Conv3d(null, 2, [1, 2, 3], { groups: 2 });
    layer.loadStateDict(from.stateDict());
    const x = randn([1, 4, 2, 5, 6]);
    expect(layer.forward(x).toArray()).toEqual(from.forward(x).toArray());
    expect(layer.expects()).toBe(null);
  });

  test("a Sequential builds all its layers from the first one's inputShape", () => {
    const net = new Sequential([
      new Conv2d(1, 4, 3, { inputShape: [1, 8, 8], activation: "relu" }),
      new Conv2d(null, 8, 3, { stride: 2 }),
      new Flatten(),
      new Dense(10),
    ]);
    expect(net.parameters().reduce((sum, { size }) => sum + size, 0)).toBe(40 + 296 + 330);
    let text = "";
    net.summary((line) => {
      text += line;
    });
    for (const row of [/0 \(Conv2d\) +\[4, 6, 6\] +40/, /1 \(Conv2d\) +\[8, 2, 2\] +296/, /3 \(Dense\) +\[10\] +330/])
      expect(text).toMatch(row);
  });
});

test("with its channels given it notes the extents of its first input, for summaries and files; other extents are taken, too", () => {
  const shown = (model: Model): string => {
    const lines: string[] = [];
    model.summary((text) => lines.push(text));
    return lines.join();
  };
  const net = new Sequential([new Conv2d(1, 4, 3), new SeparableConv2d(4, 2, 3)]);
  expect(shown(net)).toMatch(/Conv2d\) +\? +40/);
  net.forward(ones([1, 1, 8, 8]));
  net.forward(ones([1, 1, 9, 9]));
  for (const model of [net, deserializeModel(net.serialize())])
    expect(shown(model)).toMatch(/Conv2d\) +\[4, 6, 6\] [\s\S]*SeparableConv2d\) +\[2, 4, 4\]/);
});

test("an input without a batch gives a result without one", () => {
  const layer = new Conv2d(3, 4, 3, { padding: "same", activation: "relu" });
  const x = randn([3, 5, 6]);
  expect(layer.forward(x).toArray()).toEqual((layer.forward(x.unsqueeze(0)).toArray() as unknown[])[0]);
  expect(layer.outputShape([3, 5, 6])).toEqual([4, 5, 6]);
});

test.each(CASES)("with $name $options it is the same as one behind it", ({ name, options, apply }) => {
  const results = [{ name, ...options }, null].map((activation) => {
    manualSeed(5);
    const [x, layer] = [randn([2, 3, 5, 5], { requiresGrad: true }), new Conv2d(3, 4, 3, activation === null ? {} : { activation })];
    const y = activation === null ? apply(layer.forward(x)) : layer.forward(x);
    y.mul(randn([2, 4, 3, 3]))
      .sum()
      .backward();
    return [y.data, x.grad?.data, layer.weight.grad?.data, layer.bias?.grad?.data];
  });
  expect(results[0]).toEqual(results[1]);
});

test.each(["reflect", "replicate", "circular"] as const)(
  'padding of the mode %s is that of pad; the extra element of "same" stands behind',
  (mode) => {
    const x = randn([2, 3, 6, 7]);
    for (const [padding, widths] of [
      [
        [1, 2],
        [
          [1, 1],
          [2, 2],
        ],
      ],
      [
        "same",
        [
          [1, 2],
          [1, 1],
        ],
      ],
    ] as const) {
      // biome-ignore format: a pair an axis
      const layer = new Conv2d(3, 2, [4, 3], { padding, paddingMode: mode, activation: "relu" });
      const padded = x.pad([[0, 0], [0, 0], ...widths], { mode }); // biome-ignore format: a pair an axis
      expect(layer.forward(x).toArray()).toEqual(conv2d(padded, layer.weight, layer.bias).relu().toArray());
      expect(layer.outputShape(x.shape)).toEqual(layer.forward(x).shape);
    }
    const single = new Conv1d(2, 2, 3, { padding: 1, paddingMode: mode });
    expect(single.forward(ones([2, 5])).shape).toEqual([2, 5]);
  },
);

test("symbolic tensors: skips, shared layers, saved and loaded", () => {
  const x = input([3, 8, 8]);
  const shared = new Conv2d(4, 4, 3, { padding: "same" });
  const stem = new Conv2d(null, 4, 1).forward(x);
  const y = shared.forward(shared.forward(stem)).add(stem).relu();
  const net = new Model({ inputs: x, outputs: new Dense(2).forward(y.mean([2, 3])) });
  const images = randn([2, 3, 8, 8]);
  const result = noGrad(() => net.forward(images)).toArray();
  expect(deserializeModel(net.serialize()).forward(images).toArray()).toEqual(result);
  expect(net.parameters().length).toBe(6);
});

test("a file of PyTorch's keys loads with no map", () => {
  const net = new Sequential([new Conv2d(1, 2, 2), new Flatten(), new Dense(3, { inputShape: [8] })]);
  const keys = { "0.weight": ones([2, 1, 2, 2]), "0.bias": tensor([1, -1]), "2.weight": ones([3, 8]), "2.bias": zeros([3]) };
  net.loadStateDict(parseSafetensors(serializeSafetensors(keys)).tensors);
  expect(net.forward(ones([1, 1, 3, 3])).toArray()).toEqual([[32, 32, 32]]);
});

test("an empty batch: an empty result, gradients of zero", () => {
  const layer = new Conv2d(2, 3, 3, { activation: "relu" });
  const y = layer.forward(zeros([0, 2, 5, 5]));
  expect(y.shape).toEqual([0, 3, 3, 3]);
  y.sum().backward();
  expect(layer.weight.grad?.toArray()).toEqual(zeros([3, 2, 3, 3]).toArray());
  expect(layer.bias?.grad?.toArray()).toEqual([0, 0, 0]);
});

describe("errors name the values and the mend", () => {
  const images = (...shape: number[]): Tensor => zeros(shape);
  test.each<[string, () => unknown, string]>([
    [
      "other channels",
      () => new Conv2d(3, 8, 3).forward(images(2, 4, 9, 9)),
      "SHAPE Conv2d: x has shape [2, 4, 9, 9]; expected [n, 3, h, w], as weight [8, 3, 3, 3] says.",
    ],
    [
      "channels last",
      () => new Conv2d(3, 8, 3).forward(images(2, 28, 28, 3)),
      "SHAPE Conv2d: x has shape [2, 28, 28, 3]; expected [n, 3, h, w], as weight [8, 3, 3, 3] says. If the channels stand last, use x.permute([0, 3, 1, 2]).",
    ],
    [
      "no axis of channels",
      () => new Conv2d(1, 8, 3).forward(images(5, 28, 28)),
      "SHAPE Conv2d: x has shape [5, 28, 28]; expected [n, 1, h, w], as weight [8, 1, 3, 3] says. x.unsqueeze(1) gives each sample its one channel.",
    ],
    [
      "other axes",
      () => new Conv1d(3, 8, 3).forward(images(7)),
      "SHAPE Conv1d: x has shape [7]; expected [n, 3, l], as weight [8, 3, 3] says.",
    ],
    [
      "rows of pixels",
      () => new Conv2d(1, 8, 3).forward(images(5, 64)),
      "SHAPE Conv2d: x has shape [5, 64]; expected [n, 1, h, w], as weight [8, 1, 3, 3] says. Rows of pixels become images by new Reshape([1, h, w]) before it.",
    ],
    [
      "rows of pixels as a first input",
      () => new Conv2d(null, 8, 3).forward(images(5, 64)),
      "SHAPE Conv2d: x has shape [5, 64]; expected [n, c, h, w]. Rows of pixels become images by new Reshape([c, h, w]) before it.",
    ],
    [
      "a first input without a batch",
      () => new Conv2d(null, 8, 3).forward(images(3, 9, 9)),
      "SHAPE Conv2d: x has shape [3, 9, 9]; expected [n, c, h, w]. x.unsqueeze(0) is a batch of one sample, x.unsqueeze(1) gives each sample one channel.",
    ],
    [
      "a kernel larger than the padded input",
      () => new Conv2d(1, 1, [3, 5], { padding: [0, 1], dilation: 2 }).forward(images(1, 1, 4, 6)),
      "SHAPE Conv2d: a window of 5 × 9 does not fit into 4 × 8 (padding included). Take a smaller window, or more padding.",
    ],
    [
      "groups that do not divide",
      () => new Conv2d(4, 6, 3, { groups: 3 }),
      "ARGUMENT Conv2d: groups is 3, which does not divide inChannels 4. Take inChannels 6, or other groups.",
    ],
    [
      "groups that do not divide the filters",
      () => new Conv2d(null, 5, 3, { groups: 2 }),
      "ARGUMENT Conv2d: groups is 2, which does not divide outChannels 5. Take outChannels 6, or other groups.",
    ],
    [
      "integers",
      () => new Conv2d(1, 1, 3).forward(zeros([1, 1, 5, 5], { dtype: "uint8" })),
      'DTYPE Conv2d: x has dtype uint8; expected float32 or float64. Scale images of bytes with Rescaling(1 / 255), or use cast("float32").',
    ],
    [
      "integers to come",
      () => new Conv2d(1, 1, 3).forward(input([1, 5, 5], { dtype: "uint8" })),
      'DTYPE Conv2d: x has dtype uint8; expected float32 or float64. Scale images of bytes with Rescaling(1 / 255), or use cast("float32").',
    ],
    [
      '"same" with a stride',
      () => new Conv2d(1, 1, 3, { padding: "same", stride: [1, 2] }),
      'ARGUMENT Conv2d: padding is "same" and stride is [1, 2]; expected stride 1. Give the padding as a number: 1 for a kernel of 3, 2 for 5.',
    ],
    [
      "Keras's call",
      () => new Conv2d(32, 3 as never, undefined as never),
      "ARGUMENT Conv2d: kernelSize is undefined; expected a whole number ≥ 1, or two. Write new Conv2d(3, 16, 3), or new Conv2d(null, 16, 3), which counts the channels of its first input.",
    ],
    [
      "an inputShape of other channels",
      () => new Conv2d(3, 8, 3, { inputShape: [28, 28, 3] }),
      "SHAPE Conv2d: x has shape [1, 28, 28, 3]; expected [n, 3, h, w]. If the channels stand last, use x.permute([0, 3, 1, 2]).",
    ],
    [
      "an inputShape with a batch",
      () => new Conv2d(3, 8, 3, { inputShape: [1, 3, 28, 28] }),
      "SHAPE Conv2d: x has shape [1, 1, 3, 28, 28]; expected [n, 3, h, w]. An inputShape is that of one sample, without the batch.",
    ],
    ["Keras's words", () => new Conv2d(3, 8, 3, { strides: 2 } as never), 'ARGUMENT Conv2d: unknown option "strides"'],
  ])("%s", (_, run, text) => expect(failure(run)).toContain(text));
});
