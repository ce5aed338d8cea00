import fc from "fast-check";
import { describe, it } from "vitest";
import { gemmKernel } from "../../../src/kernels/generated.js";
import { gemmStrips } from "../../../src/kernels/strips.js";
import { argsOf, EXTENTS, FORMS, layout, operands, PLAIN, type Product, products } from "../../support/products.js";
import { anyFloats, canBeWide, compiled, expectSameWide } from "../../support/wide.js";

describe.skipIf(!canBeWide).each(compiled)("gemm, %s", (build) => {
  /** Strips `from` to `to` have the same bits narrow and wide, and so has what stands between and behind the rows of C. */
  function check(p: Product, from = 0, to = gemmStrips(p.m, p.n, p.batch), data = operands(p, layout(p))) {
    expectSameWide(build, gemmKernel, (place) => argsOf(p, data, place), from, to);
  }

  it.each(FORMS)("has the same bits narrow and wide at every edge, transA %s, transB %s", (transA, transB) => {
    for (const m of EXTENTS) for (const n of [...EXTENTS, 100]) check({ ...PLAIN, m, n, k: 1 + ((m * n) % 11), transA, transB });
  });

  it("has them whatever the record says, in any range", () => {
    fc.assert(
      fc.property(products, fc.nat(), fc.nat(), fc.nat(), (p, x, y, seed) => {
        const strips = gemmStrips(p.m, p.n, p.batch);
        const [from, to] = [x % (strips + 1), y % (strips + 1)].sort((a, b) => a - b);
        check(p, from, to);
        const { sizeA, sizeB, sizeC } = layout(p);
        const [a, b, c, bias] = [sizeA, sizeB, sizeC]
          .map((size) => p.batch * size)
          .concat(p.n)
          .map((n, i) => anyFloats(n, seed + i));
        check(p, from, to, { a, b, c, bias });
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it.each(FORMS)("has them from block to block, transA %s, transB %s", (transA, transB) => {
    const settings = { ...PLAIN, transA, transB, biased: true, relu: true, beta: 0.75 };
    for (const [m, n, k] of [
      [15, 290, 523],
      [37, 290, 523],
      [2, 269, 523],
      [70, 10, 523],
      [1100, 7, 5],
      [12, 1024, 30],
    ]) {
      check({ ...settings, m, n, k });
    }
  });
});
