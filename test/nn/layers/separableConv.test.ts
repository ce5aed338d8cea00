import { expect, test } from "vitest";
import { Conv2d, Dense, input, Model, manualSeed, ones, randn, SeparableConv2d, Sequential, zeros } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

const shapes = (layer: SeparableConv2d): unknown => [...layer.namedParameters()].map(([name, { shape }]) => [name, shape]);

test("a filter for each channel, then a product at every place", () => {
  const layer = new SeparableConv2d(3, 5, [3, 2], { depthMultiplier: 2, stride: 2, padding: 1, activation: "relu" });
  expect(shapes(layer)).toEqual([
    ["depthwise.weight", [6, 1, 3, 2]],
    ["pointwise.weight", [5, 6, 1, 1]],
    ["pointwise.bias", [5]],
  ]);
  const [first, second] = [new Conv2d(3, 6, [3, 2], { groups: 3, stride: 2, padding: 1, bias: false }), new Conv2d(6, 5, 1)];
  first.loadStateDict({ weight: layer.depthwise.weight });
  second.loadStateDict(layer.pointwise.stateDict());
  const x = randn([2, 3, 7, 6]);
  expect(layer.forward(x).toArray()).toEqual(second.forward(first.forward(x)).relu().toArray());
});

test("all of it is trained", () => {
  const layer = new SeparableConv2d(3, 5, 3);
  layer
    .forward(ones([1, 3, 4, 4]))
    .square()
    .sum()
    .backward();
  for (const { grad } of layer.parameters()) expect(grad?.data.some((value) => value !== 0)).toBe(true);
});

test("without its channels it is built by its first input, with the values that it would have had, or by a state", () => {
  const initial = (inChannels: number | null): unknown => {
    manualSeed(4);
    const net = new Sequential([new SeparableConv2d(inChannels, 2, 3)]);
    manualSeed(5);
    net.forward(ones([1, 3, 5, 5]));
    return net.parameters().map(({ data }) => [...data]);
  };
  expect(initial(null)).toEqual(initial(3));
  const from = new SeparableConv2d(3, 2, 3, { depthMultiplier: 2 });
  const layer = new SeparableConv2d(null, 2, 3, { depthMultiplier: 2 });
  layer.loadStateDict(from.stateDict());
  expect(layer.forward(ones([1, 3, 5, 5])).toArray()).toEqual(from.forward(ones([1, 3, 5, 5])).toArray());
});

test("shapes: without a batch, lazily, in a functional model", () => {
  expect(new SeparableConv2d(null, 4, 3).outputShape([2, 3, 8, 9])).toEqual([2, 4, 6, 7]);
  expect(new SeparableConv2d(3, 4, 3).outputShape([3, 8, 9])).toEqual([4, 6, 7]);
  expect(new SeparableConv2d(3, 4, 3).forward(zeros([3, 8, 9])).shape).toEqual([4, 6, 7]);
  const x = input([3, 8, 8]);
  const net = new Model({ inputs: x, outputs: new Dense(2).forward(new SeparableConv2d(null, 4, 3).forward(x).mean([2, 3])) });
  expect(net.forward(zeros([2, 3, 8, 8])).shape).toEqual([2, 2]);
});

test("errors", () => {
  expect(failure(() => new SeparableConv2d(3, 4, 3, { padding: "same", stride: 2 }))).toContain(
    'ARGUMENT SeparableConv2d: padding is "same" and stride is 2; expected stride 1.',
  );
  expect(failure(() => new SeparableConv2d(null, 4, 3, { activation: "rleu" as never }))).toContain(
    'SeparableConv2d: unknown activation "rleu". Did you mean "relu"?',
  );
  expect(failure(() => new SeparableConv2d(3, 4, 3).forward(zeros([1, 8, 8, 3])))).toContain(
    "SHAPE Conv2d: x has shape [1, 8, 8, 3]; expected [n, 3, h, w], as weight [3, 1, 3, 3] says. If the channels stand last, use x.permute([0, 3, 1, 2]).",
  );
});
