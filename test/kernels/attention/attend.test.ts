import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QUERIES } from "../../../src/kernels/generated/constants.js";
import * as kernels from "../../../src/kernels/generated.js";
import type { DType } from "../../../src/memory/views.js";
import { type AttentionCase, attentionOf, attentions, distance } from "../../support/attention.js";
import { builds, useBuildFor, withBuild } from "../../support/kernels.js";

function run(one: AttentionCase, dtype: DType, cut = false) {
  const { args, blocks, free } = attentionOf(one, dtype);
  const units = one.batch * one.heads * Math.ceil(one.length / QUERIES);
  const middle = cut ? Math.ceil(units / 3) : 0;
  kernels.attend(args, middle, units, dtype);
  kernels.attend(args, 0, middle, dtype);
  const found = { out: blocks.out.read(), logSums: blocks.logSums.read() };
  free();
  return found;
}

describe.each(builds)("attention, %s", (build) => {
  useBuildFor(build);

  test("float64's numbers to rounding, the same bits for any split", () => {
    fc.assert(
      fc.property(attentions, (one) => {
        const exact = withBuild("js", () => run(one, "float64"));
        const found = run(one, "float32");
        expect(distance(found.out, exact.out)).toBeLessThanOrEqual(3e-6);
        expect(distance(found.logSums, exact.logSums)).toBeLessThanOrEqual(3e-6);
        expect(run(one, "float32", true)).toEqual(found);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});
