import { expect, test } from "vitest";
import {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  manualSeed,
  ones,
  parseSafetensors,
  randn,
  Sequential,
  serializeSafetensors,
  tensor,
  zeros,
} from "../../../src/index.js";
import { CASES } from "../../support/activations.js";
import { failure } from "../../support/errors.js";

test("weight [in, out / groups, ...kernel], both parameters within PyTorch's ±1/√(out / groups · kernel)", () => {
  manualSeed(1);
  const layer = new ConvTranspose2d(64, 8, [3, 2], { groups: 2 });
  expect([...layer.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([
    ["weight", [64, 4, 3, 2]],
    ["bias", [8]],
  ]);
  const limit = 1 / Math.sqrt(4 * 3 * 2);
  const [weight, bias] = layer.parameters().map(({ data }) => Math.max(...data.map(Math.abs)));
  expect(weight).toBeGreaterThan(0.99 * limit);
  expect(weight).toBeLessThanOrEqual(limit);
  expect(bias).toBeLessThanOrEqual(limit);
});

test("without its channels it is built by its first input, by inputShape or by a state", () => {
  const from = new ConvTranspose1d(4, 6, 3, { groups: 2 });
  const [first, shape, state] = [0, 1, 2].map(
    (i) => new ConvTranspose1d(null, 6, 3, { groups: 2, ...(i === 1 && { inputShape: [4, 7] }) }),
  );
  const x = randn([2, 4, 7]);
  first.forward(x);
  state.loadStateDict(from.stateDict());
  for (const layer of [first, shape, state]) {
    layer.loadStateDict(from.stateDict());
    expect(layer.forward(x).toArray()).toEqual(from.forward(x).toArray());
    expect(layer.inChannels).toBe(4);
  }
});

test("an input without a batch gives a result without one", () => {
  const layer = new ConvTranspose3d(2, 3, 2, { stride: 2, activation: "relu" });
  const x = randn([2, 2, 3, 2]);
  expect(layer.forward(x).toArray()).toEqual((layer.forward(x.unsqueeze(0)).toArray() as unknown[])[0]);
  expect(layer.outputShape([2, 2, 3, 2])).toEqual([3, 4, 6, 4]);
});

test.each(CASES)("with $name $options it is the same as one behind it", ({ name, options, apply }) => {
  const results = [{ name, ...options }, null].map((activation) => {
    manualSeed(5);
    const x = randn([2, 3, 3, 3], { requiresGrad: true });
    const layer = new ConvTranspose2d(3, 4, 2, { stride: 2, ...(activation && { activation }) });
    const y = activation === null ? apply(layer.forward(x)) : layer.forward(x);
    y.mul(randn([2, 4, 6, 6]))
      .sum()
      .backward();
    return [y.data, x.grad?.data, layer.weight.grad?.data, layer.bias?.grad?.data];
  });
  expect(results[0]).toEqual(results[1]);
});

test("a file of PyTorch's keys loads with no map", () => {
  const net = new Sequential([new ConvTranspose2d(null, 2, 2, { stride: 2 })]);
  const keys = { "0.weight": ones([3, 2, 2, 2]), "0.bias": tensor([1, -1]) };
  net.loadStateDict(parseSafetensors(serializeSafetensors(keys)).tensors);
  const plane = (value: number): number[][] => [[value, value], [value, value]]; // biome-ignore format: a matrix
  expect(net.forward(ones([1, 3, 1, 1])).toArray()).toEqual([[plane(4), plane(2)]]);
});

test("errors", () => {
  expect(failure(() => new ConvTranspose2d(4, 6, 3, { groups: 4 }))).toBe(
    "ARGUMENT ConvTranspose2d: groups is 4, which does not divide outChannels 6. Take outChannels 8, or other groups.",
  );
  expect(failure(() => new ConvTranspose2d(4, 6, 3, { stride: 2, outputPadding: 2 }))).toBe(
    "ARGUMENT ConvTranspose2d: outputPadding is 2; expected less than the stride 2 or the dilation 1. Take a larger kernel for a larger result.",
  );
  expect(failure(() => new ConvTranspose2d(4, 6, 3, { padding: "same" as never }))).toBe(
    'ARGUMENT ConvTranspose2d: padding is "same"; expected a whole number ≥ 0, or two.',
  );
  expect(failure(() => new ConvTranspose2d(3, 6, 3).forward(zeros([2, 8, 8, 3])))).toBe(
    "SHAPE ConvTranspose2d: x has shape [2, 8, 8, 3]; expected [n, 3, h, w], as weight [3, 6, 3, 3] says. If the channels stand last, use x.permute([0, 3, 1, 2]).",
  );
});
