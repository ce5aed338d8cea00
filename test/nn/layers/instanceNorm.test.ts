import { expect, test } from "vitest";
import {
  gradcheck,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
  noGrad,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";

const X = Array.from({ length: 16 }, (_, i) => (7 * i) % 11);

function expectClose(found: Tensor | null | undefined, expected: number[]): void {
  const { data } = found as Tensor;
  expect(data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 4);
}

test.each(builds)("PyTorch's numbers, %s", (build) => {
  withBuild(build, () => {
    const x = tensor(X, { shape: [2, 2, 4], requiresGrad: true });
    const layer = new InstanceNorm1d(2, { affine: true, trackRunningStats: true, momentum: 0.3 });
    layer.loadStateDict({ weight: tensor([1, 2]), bias: tensor([0.5, -1]) }, { strict: false });
    const y = layer.forward(x);
    // biome-ignore-start format: rows
    expectClose(
      y,
      [
        -0.813063979, 1.02522552, -0.0252256095, 1.81306386, -0.600000143, -3.79999757, 1.79999793, -1.3999995, -0.222897053, 2.02611589,
        0.740965664, -0.544184625, -0.600000501, -3.79999781, 1.79999757, -1.39999986,
      ],
    );
    y.mul(x).sum().backward();
    expectClose(
      x.grad,
      [
        -0.813064754, 1.02522588, -0.0252259225, 1.81306469, -0.599999547, -3.80000186, 1.80000222, -1.4000001, -0.222897783, 2.02611732,
        0.740965903, -0.544185698, -0.599999905, -3.8000021, 1.80000186, -1.40000045,
      ],
    );
    // biome-ignore-end format: until here
    expectClose(layer.weight?.grad, [27.6814346, 19.9999847]);
    expectClose(layer.bias?.grad, [33, 48]);
    const state = layer.stateDict();
    expect([...state.keys()]).toEqual(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]);
    expectClose(state.get("running_mean"), [1.23749995, 1.80000007]);
    expectClose(state.get("running_var"), [5.53750038, 3.20000005]);
    expect(state.get("num_batches_tracked")?.item()).toBe(0);
    const evaluated = noGrad(() => layer.eval().forward(x));
    expectClose(evaluated.slice([0, 0]), [-0.0258815102, 2.94880199, 1.24898279, 4.22366619]);
    expectClose(evaluated.slice([1, 1]), [4.81376743, 0.341638565, 8.16786385, 3.69573522]);
  });
});

test("each channel of each sample has mean 0 and variance 1, in evaluation too; there are no parameters", () => {
  const layer = new InstanceNorm2d(3).eval();
  const y = layer.forward(randn([4, 3, 5, 6]).add(7));
  for (const value of y.mean([2, 3]).data) expect(value).toBeCloseTo(0, 5);
  for (const value of y.variance([2, 3], { correction: 0 }).data) expect(value).toBeCloseTo(1, 4);
  expect([...layer.stateDict().keys()]).toEqual([]);
});

test("gradients in float64", () => {
  const layer = new InstanceNorm3d(null, { affine: true, activation: "tanh" });
  const x = tensor(Float64Array.from(X), { shape: [2, 2, 2, 1, 2], dtype: "float64", requiresGrad: true });
  gradcheck((input) => layer.forward(input).mul(input), [x]);
});

test("a batch of none", () => {
  const layer = new InstanceNorm1d(3, { affine: true, trackRunningStats: true });
  expect(layer.forward(zeros([0, 3, 4])).shape).toEqual([0, 3, 4]);
  expect(layer.stateDict().get("running_mean")?.toArray()).toEqual([0, 0, 0]);
});

test("errors", () => {
  expect(failure(() => new InstanceNorm2d(3).forward(randn([2, 3, 1, 1])))).toBe(
    "ARGUMENT InstanceNorm: x [2, 3, 1, 1] has one value per channel of a sample; expected more than one, which have a variance.",
  );
  expect(failure(() => new InstanceNorm1d(3).forward(randn([2, 3])))).toBe("SHAPE InstanceNorm1d: x has shape [2, 3]; expected [n, 3, l].");
  expect(failure(() => new InstanceNorm3d(3).forward(randn([2, 3, 4, 4])))).toBe(
    "SHAPE InstanceNorm3d: x has shape [2, 3, 4, 4]; expected [n, 3, d, h, w].",
  );
  expect(failure(() => new InstanceNorm2d(3, { momentum: null as never }))).toBe(
    "ARGUMENT InstanceNorm2d: momentum is null; expected a number from 0 to 1.",
  );
});
