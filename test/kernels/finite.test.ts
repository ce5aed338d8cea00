import { describe, expect, test } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import { checkFinite } from "../../src/kernels/generated.js";
import { takeFault } from "../../src/kernels/status.js";
import { Block, builds, normals, useBuildFor } from "../support/kernels.js";

describe.each(builds)("on the %s build", (build) => {
  useBuildFor(build);

  /** The positions that are reported of x, in a range. */
  function found(x: ArrayLike<number>, from = 0, to = x.length): number | null {
    const block = Block.of(x);
    checkFinite({ x: block.at }, from, to);
    block.free();
    const fault = takeFault();
    if (fault !== null) expect(fault.code).toBe(Status.NonFinite);
    return fault === null ? null : fault.detail;
  }

  test.each([Number.NaN, Infinity, -Infinity])("%d is reported wherever it stands", (value) => {
    for (const n of [1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 100]) {
      for (let i = 0; i < n; i++) {
        const x = normals(n, n);
        x[i] = value;
        expect(found(x)).toBe(i);
      }
    }
  });

  test.each([0, -0, 1e-45, 3.4e38, -3.4e38])("%d is not", (value) => {
    expect(found(new Float32Array(77).fill(value))).toBe(null);
  });

  test("of several the first is told, of a range only what is in it", () => {
    const x = normals(100, 1);
    x[70] = x[20] = x[19] = Number.NaN;
    expect([found(x), found(x, 20), found(x, 21, 70), found(x, 21, 71), found(x, 5, 5)]).toEqual([19, 20, null, 70, null]);
  });
});
