import { describe, expect, test } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import { checkFinite } from "../../src/kernels/generated.js";
import { takeFault } from "../../src/kernels/status.js";
import { Block, builds, useBuildFor } from "../support/kernels.js";

describe.each(builds)("on the %s build", (build) => {
  useBuildFor(build);

  test.each([
    [NaN, 0],
    [Infinity, 1],
    [-Infinity, 2],
  ])("%d is reported", (value, detail) => {
    const x = Block.of([value]);
    checkFinite({ x: x.at }, 0, 1);
    expect(takeFault()).toEqual({ code: Status.NonFinite, detail });
    x.free();
  });

  test.each([0, -0, 1e-45, 3.4e38, -3.4e38])("%d is not", (value) => {
    const x = Block.of([value]);
    checkFinite({ x: x.at }, 0, 1);
    expect(takeFault()).toBe(null);
    x.free();
  });
});
