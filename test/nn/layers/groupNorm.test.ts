import { expect, test } from "vitest";
import { GroupNorm, gradcheck, gradgradcheck, noGrad, randn, type Tensor, tensor, zeros } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";

const X = Array.from({ length: 24 }, (_, i) => (7 * i) % 11);

function expectClose(found: Tensor | null | undefined, expected: number[]): void {
  const { data } = found as Tensor;
  expect(data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 4);
}

test.each(builds)("PyTorch's numbers, %s", (build) => {
  withBuild(build, () => {
    const x = tensor(X, { shape: [2, 4, 3], requiresGrad: true });
    const layer = new GroupNorm(2, 4, { epsilon: 1e-3 });
    layer.loadStateDict({ weight: tensor([1, 2, -1, 0.5]), bias: tensor([0.5, -1, 0, 1]) });
    const y = layer.forward(x);
    y.mul(x).sum().backward();
    // biome-ignore-start format: rows
    expectClose(
      y,
      [
        -0.892989993, 1.19649506, 0.00250357389, 2.18397713, -0.204005718, -2.59198856, -1.36190724, -0.151322991, 1.05926132, 1.52963066,
        0.92433846, 0.319046319, 0.786282361, -0.587872446, 1.81689847, -1.11451268, -3.86282229, 0.946719527, -0.286282361, 1.08787251,
        -1.31689847, 0.97137183, 0.284294426, 1.48667991,
      ],
    );
    expectClose(
      x.grad,
      [
        -0.630184531, -0.278148413, -0.479311913, 2.94969153, 0.36054492, -2.22860122, -3.08080268, -1.14936757, 0.782067657, 3.62270069,
        1.92238307, 0.22206533, -0.278080046, -1.21542239, 0.424926877, -0.00843966007, -3.69409156, 2.75579929, -1.39294219, 0.758469105,
        -3.00650072, 2.12025833, 0.149205163, 3.59854841,
      ],
    );
    // biome-ignore-end format: until here
    expectClose(layer.weight?.grad, [15.2923193, 22.2697582, 22.8332462, 14.45329]);
    expectClose(layer.bias?.grad, [30, 35, 29, 23]);
  });
});

test("channels are those of the first input or of the state; training and evaluation are alike", () => {
  const x = randn([2, 6, 3, 3]);
  const [given, lazy] = [new GroupNorm(3, 6, { activation: "relu" }), new GroupNorm(3, null, { activation: "relu" })];
  lazy.loadStateDict(given.stateDict());
  const y = noGrad(() => given.forward(x));
  expect(noGrad(() => lazy.eval().forward(x)).data).toEqual(y.data);
  expect(y.data.every((value) => value >= 0)).toBe(true);
});

test("gradients of both orders in float64", () => {
  const layer = new GroupNorm(2, 4, { activation: "tanh" });
  const x = tensor(Float64Array.from(X), { shape: [2, 4, 3], dtype: "float64", requiresGrad: true });
  gradcheck((input) => layer.forward(input).mul(input), [x]);
  gradgradcheck((input) => layer.forward(input).mul(input), [x]);
});

test("a batch of none, and a sample without further axes", () => {
  expect(new GroupNorm(2, 4).forward(zeros([0, 4, 3])).shape).toEqual([0, 4, 3]);
  expect(new GroupNorm(2, 4).forward(tensor([[1, 3, 5, 5]])).toArray()).toEqual([[expect.closeTo(-1, 4), expect.closeTo(1, 4), 0, 0]]);
});

test("errors", () => {
  const divide = "ARGUMENT GroupNorm: 6 channels cannot be divided into 4 groups of equal size. Let numGroups divide the channels.";
  expect(failure(() => new GroupNorm(4, 6))).toBe(divide);
  expect(failure(() => new GroupNorm(4, null).forward(randn([2, 6, 3])))).toBe(divide);
  expect(failure(() => new GroupNorm(2, 6).forward(randn([2, 4, 3])))).toBe(
    "SHAPE GroupNorm: x has shape [2, 4, 3]; expected [n, 6, ...].",
  );
  expect(failure(() => new (GroupNorm as unknown as new (groups: number) => GroupNorm)(4))).toBe(
    "ARGUMENT GroupNorm: numChannels is undefined; expected a whole number ≥ 1, or null. Write new GroupNorm(8, 64), or new GroupNorm(8, null): the channels are those of the first input.",
  );
});
