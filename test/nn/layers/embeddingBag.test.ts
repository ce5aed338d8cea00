import { describe, expect, test } from "vitest";
import { capture, EmbeddingBag, type EmbeddingBagOptions, gradcheck, noGrad, randn, type Tensor, tensor } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";

const TABLE = tensor([[-2, 3, 1], [-1, 4, 2], [0, -2, 3], [1, -1, 4]]); // biome-ignore format: a matrix
const ints = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });
const [INDEX, OFFSETS] = [ints([1, 2, 0, 3, 3, 2]), ints([0, 2, 2, 5])];
const UPSTREAM = tensor(
  Float32Array.from({ length: 12 }, (_, i) => i + 1),
  { shape: [4, 3] },
);

function bag(options: EmbeddingBagOptions): EmbeddingBag {
  const layer = new EmbeddingBag(4, 3, options);
  layer.weight.assign(TABLE);
  return layer;
}

function expectNear(found: Tensor | null | undefined, expected: readonly number[]): void {
  const { data } = found as Tensor;
  expect(data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 5);
}

// What PyTorch 1.13 has for bags of 2, 0, 3 and 1 indices, and the gradient of the table where that of the result is 1, 2, 3, …
// biome-ignore-start format: numbers
const CASES: [EmbeddingBagOptions, number[], number[]][] = [
  [{ mode: "sum" }, [-1, 2, 5, 0, 0, 0, 0, 1, 9, 0, -2, 3], [7, 8, 9, 1, 2, 3, 11, 13, 15, 14, 16, 18]],
  [{ mode: "sum", paddingIndex: 2 }, [-1, 4, 2, 0, 0, 0, 0, 1, 9, 0, 0, 0], [7, 8, 9, 1, 2, 3, 0, 0, 0, 14, 16, 18]],
  [
    { mode: "mean" },
    [-0.5, 1, 2.5, 0, 0, 0, 0, 0.3333333, 3, 0, -2, 3],
    [2.333333, 2.666667, 3, 0.5, 1, 1.5, 10.5, 12, 13.5, 4.666667, 5.333333, 6],
  ],
  [
    { mode: "mean", paddingIndex: -2 },
    [-1, 4, 2, 0, 0, 0, 0, 0.3333333, 3, 0, 0, 0],
    [2.333333, 2.666667, 3, 1, 2, 3, 0, 0, 0, 4.666667, 5.333333, 6],
  ],
  [{ mode: "max" }, [0, 4, 3, 0, 0, 0, 1, 3, 4, 0, -2, 3], [0, 8, 0, 0, 2, 0, 11, 11, 15, 7, 0, 9]],
  [{ mode: "max", paddingIndex: 2 }, [-1, 4, 2, 0, 0, 0, 1, 3, 4, 0, 0, 0], [0, 8, 0, 1, 2, 3, 0, 0, 0, 7, 0, 9]],
];
// biome-ignore-end format: until here

describe.each(builds)("%s", (build) => {
  test.each(CASES)("PyTorch's numbers, with offsets: %o", (options, expected, gradient) => {
    withBuild(build, () => {
      const layer = bag(options);
      const y = layer.forward(INDEX, OFFSETS);
      expectNear(y, expected);
      y.mul(UPSTREAM).sum().backward();
      expectNear(layer.weight.grad, gradient);
      const last = bag({ ...options, includeLastOffset: true });
      expectNear(last.forward(INDEX, ints([0, 2, 2, 5, 6])), expected);
    });
  });

  test("weights of samples, and their gradient", () => {
    withBuild(build, () => {
      const layer = bag({ mode: "sum" });
      const weights = tensor([1, 2, -1, 0.5, 3, 1], { requiresGrad: true });
      const y = layer.forward(INDEX, OFFSETS, weights);
      expectNear(y, [-1, 0, 8, 0, 0, 0, 5.5, -6.5, 13, 0, -2, 3]);
      y.mul(UPSTREAM).sum().backward();
      expectNear(layer.weight.grad, [-7, -8, -9, 1, 2, 3, 12, 15, 18, 24.5, 28, 31.5]);
      expectNear(weights.grad, [13, 5, 19, 35, 35, 14]);
    });
  });
});

test.each(["sum", "mean", "max"] as const)("rows of an index are bags as well: %s", (mode) => {
  const layer = bag({ mode, paddingIndex: 1 });
  const rows = ints([[1, 2], [0, 3], [1, 1]]); // biome-ignore format: a matrix
  const flat = noGrad(() => layer.forward(rows.reshape([6]), ints([0, 2, 4])));
  expect(noGrad(() => layer.forward(rows)).toArray()).toEqual(flat.toArray());
  expect(flat.slice([2]).toArray()).toEqual([0, 0, 0]);
  expect(layer.outputShape([5, 2])).toEqual([5, 3]);
});

test("derivatives in float64", () => {
  for (const mode of ["sum", "mean"] as const) {
    const layer = bag({ mode });
    const weight = TABLE.cast("float64");
    weight.requiresGrad = true;
    gradcheck(
      (table) => {
        Object.assign(layer, { weight: table });
        return layer.forward(INDEX, OFFSETS).square();
      },
      [weight],
    );
  }
});

test("sums with offsets are captured; norms are kept down", () => {
  const run = (captured: boolean): unknown => {
    const layer = bag({ mode: "mean", maxNorm: 2 });
    const step = (index: Tensor, offsets: Tensor): Tensor => {
      const y = layer.forward(index, offsets);
      y.square().sum().backward();
      return y;
    };
    const steps = captured ? capture(step) : step;
    return [0, 1, 2, 3].map((i) => {
      layer.zeroGrad();
      const y = steps(ints([i, 2, 0, 3, 1, 2]), ints([0, 1, 4, 4])).toArray();
      return [y, layer.weight.grad?.toArray(), layer.weight.toArray()];
    });
  };
  expect(run(true)).toEqual(run(false));
});

test("errors", () => {
  const layer = bag({ mode: "sum" });
  const said = (...args: Parameters<EmbeddingBag["forward"]>): string => failure(() => layer.forward(...args));
  expect(said(INDEX)).toBe(
    "SHAPE EmbeddingBag: x has shape [6], with no offsets; expected [bags, length] alone, or [n] with offsets [bags].",
  );
  expect(said(ints([[1]]), OFFSETS)).toContain("x has shape [1, 1], with offsets [4]; expected");
  expect(said(ints([[1, 4]]))).toBe("INDEX embedding: index 4 at position 1 is outside 0 … 3, the rows of the table.");
  expect(said(INDEX, OFFSETS, randn([5]))).toBe("SHAPE EmbeddingBag: perSampleWeights have shape [5]; expected [6], as the indices.");
  expect(failure(() => bag({}).forward(INDEX, OFFSETS, randn([6])))).toBe(
    'ARGUMENT EmbeddingBag: perSampleWeights are given with mode "mean"; they belong to "sum". Write { mode: "sum" }.',
  );
  const order =
    "ARGUMENT EmbeddingBag: the offsets do not ascend from 0 on; expected where each bag begins, the first with the first index.";
  for (const offsets of [[1, 2], [1], [0, 4, 2], [0, 2, 1, 5]]) expect(said(INDEX, ints(offsets))).toBe(order);
  const means = bag({ mode: "mean" });
  const step = capture((offsets: Tensor) => means.forward(INDEX, offsets));
  for (let i = 0; i < 3; i++) expect(step(ints([0, i, 4])).shape).toEqual([3, 3]);
  expect(failure(() => step(ints([0, 4, 2])))).toBe(order);
  expect(failure(() => bag({ mode: "max" }).forward(INDEX, ints([0, 4, 2])))).toBe(
    "ARGUMENT EmbeddingBag: offsets [0, 4, 2] of 6 indices; expected ascending places from 0 on.",
  );
  expect(said(INDEX, ints([0, 7]))).toContain("outside");
  expect(failure(() => new EmbeddingBag(3, 2, { paddingIndex: 3 }))).toBe(
    "ARGUMENT EmbeddingBag: paddingIndex is 3; expected a whole number from -3 to 2, or null.",
  );
});
