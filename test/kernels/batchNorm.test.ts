import { describe, expect, test } from "vitest";
import type { BatchNormArgs, BatchNormGradArgs } from "../../src/kernels/generated.js";
import * as kernels from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, useBuildFor, withBuild } from "../support/kernels.js";

type Shape = readonly [outer: number, channels: number, inner: number];

const SHAPES: Shape[] = [
  ...[1, 3, 4, 5, 17, 64].flatMap((channels): Shape[] => [2, 7, 8, 9, 33].map((outer) => [outer, channels, 1])),
  ...[2, 3, 4, 5, 16, 17, 50].map((inner): Shape => [3, 6, inner]),
  ...[2, 3, 4, 5, 16, 17, 50, 64, 65].map((inner): Shape => [9, 6, inner]),
  [4, 70, 33],
  [1, 1, 2],
  [2, 5, 196],
  [3, 1030, 1],
];

interface Options {
  act?: number;
  affine?: boolean;
  training?: boolean;
  momentum?: number;
  cut?: number;
  dtype?: DType;
  shift?: number;
}

/** Forward and backward in two ranges; what they leave in every block that they write. */
function run([outer, channels, inner]: Shape, options: Options = {}) {
  const { act = 0, affine = true, training = true, momentum = 0.1, cut = 0, dtype = "float32", shift = 0 } = options;
  const n = outer * channels * inner;
  const block = (size: number, seed: number, map = (v: number) => v): Block => Block.of(normals(size, seed).map(map), dtype);
  const at = {
    x: block(n, 1, (v) => 2 * v + shift),
    g: block(n, 2),
    weight: block(channels, 3),
    bias: block(channels, 4),
    mean: block(channels, 5),
    variance: block(channels, 6, Math.abs),
    count: Block.of([4], "int32"),
    y: new Block(n, dtype),
    saved: new Block(2 * channels, dtype),
    dx: new Block(n, dtype),
    dWeight: block(channels, 7),
    dBias: new Block(channels, dtype),
  };
  const shape = { outer, channels, inner, act };
  const common = { ...shape, x: at.x.at, weight: affine ? at.weight.at : 0, saved: at.saved.at };
  const running = { runningMean: at.mean.at, runningVar: at.variance.at, count: at.count.at, momentum };
  const forward: BatchNormArgs = { ...common, ...running, bias: affine ? at.bias.at : 0, out: at.y.at, epsilon: 1e-5 };
  const gradients = { out: at.dx.at, weightGrad: at.dWeight.at, biasGrad: at.dBias.at, weightBeta: 1, biasBeta: 0 };
  const backward: BatchNormGradArgs = { ...common, ...gradients, g: at.g.at, y: at.y.at, training: training ? 1 : 0 };
  for (const [from, to] of [
    [cut, channels],
    [0, cut],
  ]) {
    (training ? kernels.batchNorm : kernels.batchNormEval)(forward, from, to, dtype);
    kernels.batchNormGrad(backward, from, to, dtype);
  }
  const { y, saved, mean, variance, dx, dWeight, dBias } = at;
  const left = Object.entries({ y, saved, mean, variance, dx, dWeight, dBias }).map(([name, found]) => [name, [...found.read()]] as const);
  for (const each of Object.values(at)) each.free();
  return Object.fromEntries(left);
}

type Outcome = ReturnType<typeof run>;

/** Absolute to the largest element: gradients of x are differences. */
function expectNear(found: Outcome, expected: Outcome, tolerance: number): void {
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(1, ...values.map(Math.abs));
    const worst = Math.max(...values.map((value, i) => Math.abs(found[name][i] - value)));
    expect(worst, name).toBeLessThanOrEqual(tolerance * scale);
  }
}

describe.each(builds)("batch norm, %s", (build) => {
  useBuildFor(build);

  test.each([
    ["training", {}],
    ["training, relu", { act: 1 }],
    ["no weight", { affine: false }],
    ["evaluation", { training: false }],
    ["evaluation, relu, no weight", { training: false, act: 1, affine: false }],
    ["the mean of all batches", { momentum: -1 }],
  ] as [string, Options][])("%s: float64's numbers to rounding, the same bits for any split", (_, options) => {
    for (const shape of SHAPES) {
      const exact = withBuild("js", () => run(shape, { ...options, dtype: "float64" }));
      const found = run(shape, options);
      expectNear(found, exact, shape[0] * shape[2] === 2 ? 3e-4 : 4e-6); // two values: dx is the difference of what is nearly equal
      for (const cut of [1, 3, 4]) if (cut < shape[1]) expect(run(shape, { ...options, cut })).toEqual(found);
    }
  });

  test("a large mean costs no digits of the variance", () => {
    for (const shape of [
      [64, 5, 1],
      [4, 3, 20],
    ] as Shape[]) {
      // biome-ignore format: shapes
      const [{ saved }, { saved: exact }] = [run(shape, { shift: 1000 }), run(shape, { shift: 1000, dtype: "float64" })];
      // x itself is rounded: 2⁻¹⁴ beside a standard deviation of 2.
      for (let i = shape[1]; i < 2 * shape[1]; i++) expect(saved[i] / exact[i]).toBeCloseTo(1, 4);
    }
  });

  test("what is not wanted is not touched", () => {
    const [x, g, saved, dBias] = [Block.of([1, 2, 3, 5]), Block.of([1, 1, 1, 2]), Block.of([2, 3.5, 1, 1]), Block.of([10, 10])];
    const shape = { outer: 2, channels: 2, inner: 1, act: 0 };
    const unwanted = { out: 0, weightGrad: 0, weightBeta: 0, weight: 0, y: 0 };
    const args = { ...shape, ...unwanted, x: x.at, g: g.at, saved: saved.at, biasGrad: dBias.at, training: 1, biasBeta: 1 };
    kernels.batchNormGrad(args, 0, 2);
    expect([...dBias.read()]).toEqual([12, 13]);
    for (const block of [x, g, saved, dBias]) block.free();
  });

  test("relu lets NaN through and has no gradient at 0", () => {
    const [x, g] = [Block.of([-1, Number.NaN, 1, 1]), Block.of([1, 1, 1, 1])];
    const [y, saved, mean, variance, dBias] = [new Block(4), new Block(4), Block.of([1, 0]), Block.of([1, 1]), new Block(2)];
    const shape = { outer: 2, channels: 2, inner: 1, act: 1, x: x.at, weight: 0, saved: saved.at };
    const running = { runningMean: mean.at, runningVar: variance.at, count: 0, momentum: 0 };
    kernels.batchNormEval({ ...shape, ...running, bias: 0, out: y.at, epsilon: 0 }, 0, 2);
    expect([...y.read()]).toEqual([0, Number.NaN, 0, 1]);
    const gradients = { out: 0, weightGrad: 0, biasGrad: dBias.at, weightBeta: 0, biasBeta: 0 };
    kernels.batchNormGrad({ ...shape, ...gradients, g: g.at, y: y.at, training: 0 }, 0, 2);
    expect([...dBias.read()]).toEqual([0, 2]);
    for (const block of [x, g, y, saved, mean, variance, dBias]) block.free();
  });

  test("countUp", () => {
    const count = Block.of([41], "int32");
    kernels.countUp({ count: count.at }, 0, 1);
    expect([...count.read()]).toEqual([42]);
    count.free();
  });
});
