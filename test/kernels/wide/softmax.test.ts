import fc from "fast-check";
import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { normals, random } from "../../support/kernels.js";
import { anyFloats, canBeWide, compiled, expectSameWide, type Place } from "../../support/wide.js";

/** Rows of up to 200 columns, some of them with NaN and ∞; the range begins and ends at any row. */
const rows = fc.record({
  from: fc.nat(3),
  count: fc.nat(4),
  columns: fc.integer({ min: 1, max: 200 }),
  seed: fc.nat(),
  special: fc.boolean(),
});

const numbers = (n: number, seed: number, special: boolean) => (special ? anyFloats(n, seed) : normals(n, seed));

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(["softmaxRows", "logSoftmaxRows"] as const)("%s has the same bits narrow and wide", (name) => {
    fc.assert(
      fc.property(rows, ({ from, count, columns, seed, special }) => {
        const n = (from + count) * columns;
        const args = (place: Place) => ({ x: place(numbers(n, seed, special)), out: place(new Float32Array(n)), columns });
        expectSameWide(build, kernels[`${name}Kernel`], args, from, from + count);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it.each(["softmaxRowsGrad", "logSoftmaxRowsGrad"] as const)("%s has the same bits narrow and wide", (name) => {
    fc.assert(
      fc.property(rows, ({ from, count, columns, seed, special }) => {
        const n = (from + count) * columns;
        const args = (place: Place) => ({
          ...{ y: place(numbers(n, seed, special)), g: place(normals(n, seed + 1)) },
          ...{ out: place(new Float32Array(n)), columns },
        });
        expectSameWide(build, kernels[`${name}Kernel`], args, from, from + count);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("cross-entropy has the same bits narrow and wide, of labels and probabilities, weighted and smoothed or not", () => {
    const kinds = fc.record({ labels: fc.boolean(), weighted: fc.boolean(), smoothing: fc.constantFrom(0, 0.1), perRow: fc.boolean() });
    fc.assert(
      fc.property(rows, kinds, ({ from, count, columns, seed, special }, { labels, weighted, smoothing, perRow }) => {
        const all = from + count;
        const next = random(seed);
        const target = Array.from({ length: labels ? all : all * columns }, () => (labels ? Math.floor(columns * next()) : next()));
        if (labels && all > 1) target[1] = -100;
        const shared = (place: Place) => ({
          logits: place(numbers(all * columns, seed, special)),
          target: place(target, labels ? "int32" : "float32"),
          classWeight: weighted ? place(normals(columns, seed + 1)) : 0,
          ...{ classes: columns, labelBytes: labels ? 4 : 0, ignoreIndex: -100, smoothing },
        });
        const forward = (place: Place) => ({
          ...shared(place),
          ...{ loss: place(new Float32Array(all)), weight: place(new Float32Array(all)), saved: place(new Float32Array(3 * all)) },
        });
        const backward = (place: Place) => ({
          ...{ ...shared(place), saved: place(normals(3 * all, seed + 2)), g: place(normals(all + 1, seed + 3)) },
          ...{ totalWeight: 0, out: place(new Float32Array(all * columns)), gradPerRow: Number(perRow) },
        });
        expectSameWide(build, kernels.crossEntropyRowsKernel, forward, from, all);
        expectSameWide(build, kernels.crossEntropyRowsGradKernel, backward, from, all);
      }),
      { numRuns: 120, seed: 1 },
    );
  });
});
