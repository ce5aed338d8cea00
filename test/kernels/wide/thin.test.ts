import fc from "fast-check";
import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { gemmStrips } from "../../../src/kernels/strips.js";
import { normals } from "../../support/kernels.js";
import { canBeWide, compiled, expectSameWide } from "../../support/wide.js";

/** Steps that leave every rest of the steps that a loop takes at once. */
const k = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(64, 67, 130, 784));
const extent = fc.integer({ min: 1, max: 33 });
const product = fc.record({
  k,
  gap: fc.integer({ min: 0, max: 3 }),
  beta: fc.constantFrom(0, 1, 0.75),
  act: fc.constantFrom(0, 1),
  biased: fc.boolean(),
  cut: fc.nat(),
});

/** Products without packing: by dot products, of one or two rows, and of few columns with A transposed. */
const ways = {
  "a few rows, B transposed": fc.record({ m: extent, n: extent, transA: fc.constant(0), transB: fc.constant(1) }),
  "few columns": fc.record({
    m: fc.integer({ min: 17, max: 70 }),
    n: fc.integer({ min: 1, max: 10 }),
    transA: fc.constant(0),
    transB: fc.constantFrom(0, 1),
  }),
  "few columns, A transposed": fc.record({
    m: fc.integer({ min: 64, max: 100 }),
    n: fc.integer({ min: 1, max: 10 }),
    transA: fc.constant(1),
    transB: fc.constant(0),
  }),
  "one or two rows": fc.record({
    m: fc.integer({ min: 1, max: 2 }),
    n: fc.integer({ min: 1, max: 200 }),
    transA: fc.constantFrom(0, 1),
    transB: fc.constant(0),
  }),
};

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it.each(Object.entries(ways))("a product has the same bits narrow and wide: %s", (_, way) => {
    fc.assert(
      fc.property(way, product, ({ m, n, transA, transB }, { k, gap, beta, act, biased, cut }) => {
        const lda = (transA ? m : k) + gap;
        const ldb = (transB ? k : n) + gap;
        const ldc = n + gap;
        const strips = gemmStrips(m, n, 1);
        const from = cut % strips;
        const sizes = { m, n, k, batch: 1, lda, ldb, ldc, strideA: 0, strideB: 0, strideC: 0, transA, transB };
        expectSameWide(
          build,
          kernels.gemmKernel,
          (place) => ({
            a: place(normals((transA ? k : m) * lda, 1)),
            b: place(normals((transB ? n : k) * ldb, 2)),
            c: place(normals(m * ldc, 3)),
            bias: biased ? place(normals(n, 4)) : 0,
            ...sizes,
            beta,
            act,
          }),
          from,
          strips,
        );
      }),
      { numRuns: 120, seed: 1 },
    );
  });
});
