import { expect, test } from "vitest";
import {
  Conv1d,
  Conv2d,
  deserializeModel,
  noGrad,
  type Parameter,
  randn,
  removeWeightStandardization,
  Sequential,
  type Tensor,
  tensor,
  weightNorm,
  weightStandardization,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const values = (n: number, step: number, modulus: number): Float32Array => Float32Array.from({ length: n }, (_, i) => (step * i) % modulus);
const WEIGHT = tensor(values(12, 7, 11), { shape: [2, 3, 2] });

function expectNear(found: Tensor | null | undefined, expected: readonly number[]): void {
  const { data } = found as Tensor;
  expect(data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 4);
}

// Computed with PyTorch 1.13 by the paper's formula.
test.each(builds)("the paper's formula and its gradients, %s", (build) => {
  withBuild(build, () => {
    const layer = weightStandardization(new Conv1d(3, 2, 2, { bias: false }), { gamma: 1.7 });
    expect([...layer.stateDict()].map(([name, { shape }]) => [name, shape])).toEqual([
      ["weight", [2, 3, 2]],
      ["gain", [2, 1, 1]],
    ]);
    layer.loadStateDict({ weight: WEIGHT, gain: tensor([1, 2]).reshape([2, 1, 1]) });
    const y = layer.forward(tensor(values(15, 5, 7), { shape: [1, 3, 5] }));
    expectNear(y, [0.20717382, -4.6268706, 3.1076005, 4.0744095, -13.443373, -1.6804218, 8.6121597, -0.21005243]);
    y.mul(tensor([0, 1, 2, 3, 4, 5, 6, 7]).reshape([1, 2, 4]))
      .sum()
      .backward();
    const { gain } = layer as unknown as { gain: Parameter };
    // biome-ignore-start format: numbers
    expectNear(
      layer.weight.grad,
      [
        0.37024617, 0.79895091, 0.37639976, -0.64510918, 0.38255286, -1.2830384, -4.8488522, 8.2834492, -1.6900463, -1.2506962, 3.479496,
        -3.9733658,
      ],
    );
    // biome-ignore-end format: until here
    expectNear(gain.grad, [13.811558, -5.9865036]);
  });
});

test("outputs of a standardised convolution have mean 0 and variance 1, whatever the weight", () => {
  const layer = weightStandardization(new Conv2d(32, 64, 3, { bias: false }), { gain: false });
  layer.weight.assign(randn(layer.weight.shape).mul(3).add(1));
  const y = noGrad(() => layer.forward(randn([4, 32, 12, 12])));
  expect(Math.abs(y.mean().item())).toBeLessThan(0.05);
  expect(Math.abs(y.variance().item() - 1)).toBeLessThan(0.1);
  expect([...layer.stateDict().keys()]).toEqual(["weight"]);
});

test("is saved and rebuilt, lazy or not; a constant weight gives 0 instead of NaN", () => {
  const model = new Sequential([
    weightStandardization(new Conv2d(null, 4, 3), { gamma: 1.7 }),
    weightStandardization(new Conv2d(4, 2, 1), { gain: false }),
  ]);
  const x = randn([2, 3, 5, 5]);
  const y = model.forward(x);
  const copy = deserializeModel(model.serialize());
  expect(noGrad(() => copy.forward(x) as Tensor).data).toEqual(y.data);
  const constant = weightStandardization(new Conv2d(2, 2, 1, { bias: false }));
  constant.weight.fill(3);
  expect(new Set(constant.forward(randn([1, 2, 2, 2])).data.map(Math.abs))).toEqual(new Set([0]));
});

test("removed, the layer computes the same; errors", () => {
  const layer = weightStandardization(new Conv2d(2, 3, 1));
  const x = randn([1, 2, 3, 3]);
  const y = noGrad(() => layer.forward(x)).data;
  removeWeightStandardization(layer);
  expect([...layer.stateDict().keys()].sort()).toEqual(["bias", "weight"]);
  expect(noGrad(() => layer.forward(x)).data).toEqual(y);
  expect(failure(() => removeWeightStandardization(layer))).toContain("is not computed by weightStandardization.");
  expect(failure(() => weightStandardization(weightNorm(layer)))).toBe(
    "ARGUMENT weightStandardization: the weight of Conv2d is computed by weightNorm already. Call removeWeightNorm(layer) first.",
  );
  expect(failure(() => weightStandardization(new Conv2d(2, 3, 1), { epsilon: 0 }))).toContain("epsilon is 0; expected a number > 0");
});
