import { expect, test } from "vitest";
import { gradcheck, gradgradcheck, LocalResponseNorm, ones, randn, tensor } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";

const X = Array.from({ length: 20 }, (_, i) => (7 * i) % 11);

test.each(builds)("PyTorch's numbers for an even number of channels, %s", (build) => {
  withBuild(build, () => {
    const x = tensor(X, { shape: [2, 5, 2], requiresGrad: true });
    const y = new LocalResponseNorm(4, { alpha: 0.5, beta: 0.6, k: 2 }).forward(x);
    y.mul(x).sum().backward();
    // biome-ignore-start format: rows
    const expected = [
      0, 1.1388371, 0.886701226, 1.60369563, 1.06814992, 0.29525885, 1.59549284, 0.705888629, 0.1843279, 1.66912198, 0.997293413, 0,
      1.07732034, 0.886701226, 1.51897609, 1.06814992, 0.29525888, 1.59549284, 0.879028976, 0.184327915,
    ];
    const gradient = [
      0, 1.04916191, 1.09243727, 1.24972665, 0.764465511, 0.0209285617, 1.60420322, 0.557163835, 0.246506333, 2.00008392, 1.16408992, 0,
      0.675702155, 1.09243727, 1.15243554, 0.764465511, 0.313408792, 1.60420322, 1.55792654, 0.246506363,
    ];
    // biome-ignore-end format: until here
    for (const [i, value] of expected.entries()) expect(y.data[i]).toBeCloseTo(value, 5);
    for (const [i, value] of gradient.entries()) expect(x.grad?.data[i]).toBeCloseTo(value, 5);
  });
});

test("derivatives of both orders", () => {
  const layer = new LocalResponseNorm(3, { alpha: 0.5 });
  const x = randn([2, 4, 3], { dtype: "float64", requiresGrad: true });
  gradcheck((input) => layer.forward(input), [x]);
  gradgradcheck((input) => layer.forward(input), [x]);
});

test("one channel alone, more neighbours than channels", () => {
  const y = new LocalResponseNorm(9, { alpha: 9, beta: 1, k: 0 }).forward(ones([1, 2, 1]).mul(2));
  for (const value of y.data) expect(value).toBeCloseTo(2 / 8, 6);
  const alone = new LocalResponseNorm(1, { alpha: 1, beta: 1, k: 0 }).forward(ones([1, 2, 1]).mul(2));
  for (const value of alone.data) expect(value).toBeCloseTo(1 / 2, 6);
});

test("errors", () => {
  expect(failure(() => new LocalResponseNorm(3).forward(randn([2, 3])))).toBe(
    "SHAPE LocalResponseNorm: x has shape [2, 3]; expected [n, channels, ...].",
  );
  expect(failure(() => new LocalResponseNorm(0))).toBe(
    "ARGUMENT LocalResponseNorm: size is 0; expected a whole number ≥ 1. Write new LocalResponseNorm(5).",
  );
});
