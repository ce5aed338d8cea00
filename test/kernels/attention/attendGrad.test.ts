import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QUERIES } from "../../../src/kernels/generated/constants.js";
import * as kernels from "../../../src/kernels/generated.js";
import type { DType } from "../../../src/memory/views.js";
import { type AttentionCase, attentionOf, attentions, distance } from "../../support/attention.js";
import { builds, useBuildFor, withBuild } from "../../support/kernels.js";

function run(one: AttentionCase, dtype: DType, cut = false) {
  const { args, blocks, free } = attentionOf(one, dtype);
  const heads = one.batch * one.heads;
  kernels.attend(args, 0, heads * Math.ceil(one.length / QUERIES), dtype);
  const middle = cut ? Math.ceil(heads / 3) : 0;
  kernels.attendGrad(args, middle, heads, dtype);
  kernels.attendGrad(args, 0, middle, dtype);
  const found = one.wanted.split(" ").map((name) => blocks[name].read());
  free();
  return found;
}

describe.each(builds)("gradients of attention, %s", (build) => {
  useBuildFor(build);

  test("float64's numbers to rounding, the same bits for any split", () => {
    fc.assert(
      fc.property(attentions, (one) => {
        const exact = withBuild("js", () => run(one, "float64"));
        const found = run(one, "float32");
        for (const [i, each] of found.entries()) expect(distance(each, exact[i])).toBeLessThanOrEqual(1e-5);
        expect(run(one, "float32", true)).toEqual(found);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});
