import { describe, it } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { canBeWide, compiled, expectAlwaysSameWide, type Made } from "../../support/wide.js";

describe.skipIf(!canBeWide).each(compiled)("%s", (build) => {
  it("transposes of matrices have the same bits narrow and wide", () => {
    expectAlwaysSameWide(build, kernels.stridedCopyKernel, (made) => {
      const n4 = upTo(made, 70);
      const n5 = made.next() < 0.1 ? 1024 : upTo(made, 70);
      const planes = Math.ceil(made.n / n4);
      return { ...plane(made, planes, n4, n5), s3: n4 * n5, s4: 1, s5: n4, size: 4 };
    });
  });

  it.each(["stridedCopy", "stridedWrite"] as const)("%s of rows has the same bits narrow and wide", (name) => {
    expectAlwaysSameWide(build, kernels[`${name}Kernel`], (made) => {
      const n5 = upTo(made, 150);
      return { ...plane(made, 1, made.n, n5, 3), s3: 0, s4: n5 + 2, s5: 1, size: 4 };
    });
  });

  it("elements that fill rows have the same bits narrow and wide", () => {
    expectAlwaysSameWide(build, kernels.stridedCopyKernel, (made) => {
      const n5 = upTo(made, 150);
      return { ...plane(made, 1, made.n, n5), s3: 0, s4: 1, s5: 0, size: 4 };
    });
  });

  it("indexSelect has the same bits narrow and wide", () => {
    expectAlwaysSameWide(build, kernels.indexSelectKernel, (made) => {
      const [axis, inner, count] = [upTo(made, 20), upTo(made, 150), made.n];
      return { ...indexed(made, axis * inner, count * inner, axis, count), axis, count, inner, size: 4 };
    });
  });

  it("indexAdd has the same bits narrow and wide", () => {
    expectAlwaysSameWide(build, kernels.indexAddKernel, (made) => {
      const [axis, inner, count] = [made.n, upTo(made, 150), upTo(made, 40)];
      return { ...indexed(made, count * inner, axis * inner, axis, count), axis, count, inner };
    });
  });
});

/** A move of planes of n4 rows of n5 elements. The strided side has `gap` elements more a row. */
function plane(made: Made, planes: number, n4: number, n5: number, gap = 0) {
  const elements = planes * n4 * (n5 + gap);
  const extents = { n0: 1, n1: 1, n2: 1, n3: planes, n4, n5, s0: 0, s1: 0, s2: 0 };
  return { x: made.place(made.floats(elements)), out: made.place(new Float32Array(elements)), ...extents };
}

/** `read` numbers at x, `written` numbers at out, which hold something before, and `count` indices below `axis`. */
function indexed(made: Made, read: number, written: number, axis: number, count: number) {
  return {
    x: made.place(made.floats(read)),
    out: made.place(made.floats(written)),
    index: made.place(made.ints(count, 0, axis), "int32"),
  };
}

function upTo(made: Made, most: number): number {
  return 1 + Math.floor(most * made.next());
}
