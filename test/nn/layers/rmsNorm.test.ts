import { expect, test } from "vitest";
import { gradcheck, noGrad, RMSNorm, randn, type Tensor, tensor } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";

const X = [[1, 2, 4, -1], [0.5, 0, 3, 2]]; // biome-ignore format: a matrix

test.each(builds)("x / √(mean(x²) + ε) · weight, %s", (build) => {
  withBuild(build, () => {
    const layer = new RMSNorm(4, { epsilon: 0.25 });
    const weight = [1, 2, -1, 0.5];
    layer.loadStateDict({ weight: tensor(weight) });
    const y = layer.forward(tensor(X)).toArray() as number[][];
    for (const [i, row] of X.entries()) {
      const root = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / 4 + 0.25);
      for (const [j, value] of row.entries()) expect(y[i][j]).toBeCloseTo((value / root) * weight[j], 6);
    }
  });
});

test("without a given epsilon it is the distance from 1 to the next number", () => {
  // The mean square is tiny beside 2⁻²³, and large beside 2⁻⁵².
  const of = (dtype: "float32" | "float64"): number => (new RMSNorm(2).forward(tensor([1e-5, 1e-5], { dtype })) as Tensor).data[0];
  expect(of("float32")).toBeCloseTo(1e-5 / Math.sqrt(1e-10 + 1.1920929e-7), 6);
  expect(of("float64")).toBeCloseTo(1, 5);
});

test("gradients, in float64 to the second order, and through the weight", () => {
  const layer = new RMSNorm([2, 2]);
  const x = tensor(X, { shape: [2, 2, 2], dtype: "float64", requiresGrad: true });
  gradcheck((input) => layer.forward(input).mul(input), [x]);
  layer
    .forward(tensor(X).reshape([2, 2, 2]))
    .sum()
    .backward();
  const found = layer.weight?.grad?.data as Float32Array;
  const roots = X.map((row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / 4));
  for (const i of [0, 1, 2, 3]) expect(found[i]).toBeCloseTo(X[0][i] / roots[0] + X[1][i] / roots[1], 5);
});

test("state, and no state; training and evaluation are alike", () => {
  expect([...new RMSNorm([2, 3]).stateDict()].map(([name, { shape }]) => [name, shape])).toEqual([["weight", [2, 3]]]);
  const layer = new RMSNorm(3, { affine: false });
  expect([...layer.stateDict().keys()]).toEqual([]);
  const x = randn([5, 3]);
  expect(noGrad(() => layer.eval().forward(x)).data).toEqual(noGrad(() => layer.train().forward(x)).data);
});

test("errors", () => {
  expect(failure(() => new RMSNorm([2, 3]).forward(randn([4, 3, 2])))).toBe(
    "SHAPE RMSNorm: x has shape [4, 3, 2]; expected [..., 2, 3], as normalizedShape says.",
  );
  expect(failure(() => new RMSNorm(0))).toBe(
    "ARGUMENT RMSNorm: normalizedShape is 0; expected the extents of the last axes, whole numbers ≥ 1. Write new RMSNorm(64) or new RMSNorm([64], { epsilon }).",
  );
  expect(failure(() => new RMSNorm(3, { eps: 1 } as never))).toContain('Did you mean "epsilon"?');
});
