import { describe, expect, test } from "vitest";
import { Adam, crossEntropy, deserializeModel, type Model, manualSeed, noGrad, randint, randn, type Tensor } from "../../src/index.js";
import * as models from "../../src/models.js";
import { failure } from "../support/errors.js";

/** Small forms of the models, with the extents that they are run with. */
const NETWORKS: [string, () => Model, number[]][] = [
  ["lenet5", () => models.lenet5(), [1, 28, 28]],
  [
    "lenet5 as in the paper",
    () => models.lenet5({ activation: "tanh", pooling: "average", inputShape: [3, 32, 32], classes: 4 }),
    [3, 32, 32],
  ],
  ["cifarResNet(8)", () => models.cifarResNet(8, { width: 4 }), [3, 16, 16]],
  ["cifarResNet(8), plain", () => models.cifarResNet(8, { width: 4, skip: false }), [3, 16, 16]],
  ["cifarResNet(14) with projections", () => models.cifarResNet(14, { width: 4, shortcut: "projection" }), [3, 16, 16]],
  ["DenseNet", () => new models.DenseNet({ blocks: [2, 1], growth: 4, stem: 8, dropout: 0.1, classes: 5 }), [3, 32, 32]],
  ["inceptionResNet", () => models.inceptionResNet({ blocks: 1, width: 2, classes: 5 }), [3, 12, 12]],
  ["ResNet of bottlenecks", () => new models.ResNet({ block: "bottleneck", blocks: [1, 1, 2, 1], width: 2, classes: 5 }), [3, 32, 32]],
  ["ResNet of basic blocks", () => new models.ResNet({ blocks: [1, 2, 1, 1], width: 4, classes: 5 }), [3, 32, 32]],
];

describe.each(NETWORKS)("%s", (_, make, extents) => {
  const made = (): { net: Model; x: Tensor } => {
    manualSeed(1);
    return { net: make(), x: randn([2, ...extents]) };
  };
  const result = (net: Model, x: Tensor): unknown => noGrad(() => net.eval().forward(x)).toArray();

  test("tells the shape of its result", () => {
    const { net, x } = made();
    const { shape } = noGrad(() => net.forward(x));
    expect(net.outputShape(x.shape)).toEqual(shape);
  });

  test("is saved, and loaded with the same bits", () => {
    const { net, x } = made();
    noGrad(() => net.forward(x));
    const again = deserializeModel(net.serialize(), { custom: models });
    expect(again.describe()).toEqual(net.describe());
    expect(result(again, x)).toEqual(result(net, x));
  });

  test("learns", () => {
    const { net, x } = made();
    const y = randint(0, 4, [2]);
    const optimizer = new Adam(net.parameters(), { learningRate: 3e-3 });
    const losses = Array.from({ length: 12 }, () => {
      const loss = crossEntropy(net.forward(x), y);
      loss.backward();
      for (const [name, { grad }] of net.namedParameters()) expect(grad, name).not.toBe(null);
      optimizer.step();
      optimizer.zeroGrad();
      return loss.item();
    });
    expect(losses[11]).toBeLessThan(0.6 * losses[0]);
  });

  test("fit captures its steps, with the bits of eager ones", async () => {
    const trained = async (capture: boolean): Promise<unknown> => {
      const { net } = made();
      const data = { x: randn([12, ...extents]), y: randint(0, 4, [12]) };
      net.compile({ optimizer: "sgd", loss: "crossEntropy" });
      await net.fit(data, { epochs: 2, batchSize: 2, verbose: 0, capture });
      if (capture) expect(net.captureStatus?.state).toBe("replaying");
      return [...net.stateDict()].map(([name, { data }]) => [name, [...data]]);
    };
    expect(await trained(true)).toEqual(await trained(false));
  });
});

test("the summary of a network shows its parts with their shapes", () => {
  let text = "";
  models.cifarResNet(20).summary((line) => {
    text += line;
  });
  for (const row of [
    /conv1 \(Conv2d\) +\[16, 32, 32\] +432/,
    /layer3 \(Sequential\) +\[64, 8, 8\]/,
    /fc \(Linear\) +\[10\] +650/,
    /269,722 parameters/,
  ]) {
    expect(text).toMatch(row);
  }
});

test("a residual block adds what it was given", () => {
  const zero = (block: models.BasicBlock | models.Bottleneck): void => {
    const { weight } = "bn3" in block ? block.bn3 : block.bn2;
    weight?.storage.write(new Float32Array(weight.size), "test");
  };
  const x = randn([2, 4, 6, 6]);
  const [kept, padded, plain] = [
    new models.BasicBlock(4, 4),
    new models.BasicBlock(4, 8, { stride: 2, shortcut: "padding" }),
    new models.BasicBlock(4, 4, { shortcut: "none" }),
  ];
  for (const block of [kept, padded, plain]) zero(block);
  expect(kept.forward(x).toArray()).toEqual(x.relu().toArray());
  expect(plain.forward(x).abs().sum().item()).toBe(0);
  const y = padded.forward(x);
  expect(y.shape).toEqual([2, 8, 3, 3]);
  expect(y.slice([null, [2, 6]]).toArray()).toEqual(
    x
      .slice([null, null, [null, null, 2], [null, null, 2]])
      .relu()
      .toArray(),
  );
  expect(
    y
      .slice([null, [0, 2]])
      .abs()
      .sum()
      .item() +
      y
        .slice([null, [6, 8]])
        .abs()
        .sum()
        .item(),
  ).toBe(0);
});

test("errors", () => {
  expect(failure(() => models.cifarResNet(21))).toBe("ARGUMENT CifarResNet: depth is 21; expected 6 n + 2. Take 20 or 26.");
  expect(failure(() => models.cifarResNet(20, { classs: 3 } as never))).toMatch(
    /^ARGUMENT cifarResNet: unknown option "classs"\. Known: .*Did you mean "classes"\?/,
  );
  expect(failure(() => models.resNet18({ numClasses: 3 } as never))).toMatch(/^ARGUMENT resNet18: unknown option "numClasses"/);
  expect(failure(() => new models.ResNet({ blocks: [1, 2] }))).toMatch(
    /^ARGUMENT ResNet: blocks is .*; expected an array of four whole numbers/,
  );
  expect(failure(() => models.vgg16({ dropout: 2 }))).toBe("ARGUMENT vgg16: dropout is 2; expected a number from 0 to 1.");
  expect(failure(() => models.lenet5({ inputShape: [1, 6, 6] }))).toContain("does not fit into 3 × 3 (padding included)");
});
