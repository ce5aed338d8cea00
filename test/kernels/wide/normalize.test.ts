import fc from "fast-check";
import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { normals } from "../../support/kernels.js";
import { anyFloats, canBeWide, compiled, expectSameWide } from "../../support/wide.js";

/** A matrix or planes, and a range of their channels or rows. */
const shapes = fc
  .record({ outer: fc.integer({ min: 1, max: 40 }), units: fc.integer({ min: 1, max: 70 }), inner: fc.constantFrom(1, 1, 2, 7, 16, 100) })
  .chain(({ outer, units, inner }) =>
    fc.record({ outer: fc.constant(outer), units: fc.constant(units), inner: fc.constant(inner), from: fc.nat(units), to: fc.nat(units) }),
  )
  .map(({ from, to, ...rest }) => ({ ...rest, from: Math.min(from, to), to: Math.max(from, to) }));

const options = fc.record({ act: fc.nat(1), affine: fc.boolean(), beta: fc.constantFrom(0, 1, 0.5), seed: fc.nat(), any: fc.boolean() });

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;
type Options = typeof options extends fc.Arbitrary<infer T> ? T : never;

/** @param test runs one case; `floats` makes numbers of any size, NaN among them, or normal ones */
function check(test: (shape: Shape, options: Options, floats: (n: number) => Float32Array) => void): void {
  const property = fc.property(shapes, options, (shape, each) => {
    let { seed } = each;
    test(shape, each, (n) => (each.any ? anyFloats : normals)(n, seed++));
  });
  fc.assert(property, { numRuns: 60, seed: 1 });
}

describe.skipIf(!canBeWide).each(compiled)("%s: the same bits narrow and wide", (build) => {
  it.each(["batchNorm", "batchNormEval"] as const)("%s", (name) => {
    check(({ outer, units: channels, inner, from, to }, { act, affine, seed }, floats) => {
      const n = outer * channels * inner;
      const [x, weight, bias, mean] = [n, channels, channels, channels].map(floats);
      const variance = normals(channels, seed).map(Math.abs);
      const make = (place: (values: ArrayLike<number>, dtype?: "int32") => number) => ({
        ...{ x: place(x), weight: affine ? place(weight) : 0, bias: affine ? place(bias) : 0, out: place(new Float32Array(n)) },
        ...{ saved: place(new Float32Array(2 * channels)), runningMean: place(mean), runningVar: place(variance) },
        ...{ count: place([3], "int32"), outer, channels, inner, act, epsilon: 1e-5, momentum: affine ? 0.1 : -1 },
      });
      expectSameWide(build, kernels[`${name}Kernel`], make, from, to);
    });
  });

  it("batchNormGrad", () => {
    check(({ outer, units: channels, inner, from, to }, { act, affine, beta, seed }, floats) => {
      const n = outer * channels * inner;
      const [g, x, y, weight, saved, gradients] = [n, n, n, channels, 2 * channels, channels].map(floats);
      const training = seed & 1;
      const make = (place: (values: ArrayLike<number>) => number) => ({
        ...{ g: place(g), x: place(x), y: place(y), weight: affine ? place(weight) : 0, saved: place(saved) },
        ...{ out: place(new Float32Array(n)), weightGrad: place(gradients), biasGrad: place(gradients) },
        ...{ outer, channels, inner, act, training, weightBeta: beta, biasBeta: 1 - beta },
      });
      expectSameWide(build, kernels.batchNormGradKernel, make, from, to);
    });
  });

  it("layerNorm and layerNormGrad", () => {
    check(({ outer: columns, units: rows, from, to }, { affine, act: centered }, floats) => {
      const n = rows * columns;
      const [g, x, weight, bias, saved] = [n, n, columns, columns, 2 * rows].map(floats);
      const forward = (place: (values: ArrayLike<number>) => number) => ({
        ...{ x: place(x), weight: affine ? place(weight) : 0, bias: affine ? place(bias) : 0, out: place(new Float32Array(n)) },
        ...{ saved: place(new Float32Array(2 * rows)), columns, epsilon: 1e-5, centered },
      });
      const backward = (place: (values: ArrayLike<number>) => number) => ({
        ...{
          g: place(g),
          x: place(x),
          weight: affine ? place(weight) : 0,
          saved: place(saved),
          out: place(new Float32Array(n)),
          columns,
          centered,
        },
      });
      expectSameWide(build, kernels.layerNormKernel, forward, from, to);
      expectSameWide(build, kernels.layerNormGradKernel, backward, from, to);
    });
  });

  it("layerNormSums", () => {
    check(({ outer: rows, units: columns, from, to }, { beta }, floats) => {
      const n = rows * columns;
      const [g, x, saved, gradients] = [n, n, 2 * rows, columns].map(floats);
      const make = (place: (values: ArrayLike<number>) => number) => ({
        ...{ g: place(g), x: place(x), saved: place(saved), weightGrad: place(gradients), biasGrad: place(gradients) },
        ...{ rows, columns, weightBeta: beta, biasBeta: 1 - beta },
      });
      expectSameWide(build, kernels.layerNormSumsKernel, make, from, to);
    });
  });
});
