import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { plans, positions, run, values } from "../support/broadcasting.js";
import { SPECIALS } from "../support/elementwise.js";
import { builds } from "../support/kernels.js";

const tests = {
  eq: (a: number, b: number) => a === b,
  ne: (a: number, b: number) => a !== b,
  lt: (a: number, b: number) => a < b,
  le: (a: number, b: number) => a <= b,
  gt: (a: number, b: number) => a > b,
  ge: (a: number, b: number) => a >= b,
} as const;

/** The kernels for int32; gt and ge are computed as lt and le of exchanged operands. */
const OF_INTS = {
  eq: [kernels.eqInts, tests.eq],
  ne: [kernels.neInts, tests.ne],
  lt: [kernels.ltInts, tests.lt],
  le: [kernels.leInts, tests.le],
  gt: [kernels.ltInts, tests.lt],
  ge: [kernels.leInts, tests.le],
} as const;

describe.each(Object.keys(tests) as (keyof typeof tests)[])("%s", (name) => {
  const cases = [...builds.map((build) => [build, "float32"] as const), ["js", "float64"] as const, ["js", "int32"] as const];

  it.each(cases)("%s compares broadcast %s", (build, dtype) => {
    fc.assert(
      fc.property(plans(2), (plan) => {
        const whole = dtype === "int32" ? 2 : 1;
        const [a, b] = [0, 1].map((which) => values(plan, which).map((value) => value * whole));
        const operands = [
          { name: "a", prefix: "a", dtype, values: a },
          { name: "b", prefix: "b", dtype, values: b },
        ];
        const got = run(build, kernels[name], plan, operands, "bool", dtype);
        expect([...got]).toEqual(positions(plan).map(([i, j]) => (tests[name](a[i], b[j]) ? 1 : 0)));
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it.each(builds)("%s compares broadcast int32, bit by bit", (build) => {
    const [kernel, test] = OF_INTS[name];
    fc.assert(
      fc.property(plans(2), (plan) => {
        // Neighbours that float32 does not tell apart, and both ends of the range.
        const [a, b] = [0, 1].map((which) =>
          values(plan, which).map((value) => [16777216 + value * 2, -2147483648, 2147483647][(value * 2) & 3] ?? 7),
        );
        const operands = [
          { name: "a", prefix: "a", dtype: "int32" as const, values: a },
          { name: "b", prefix: "b", dtype: "int32" as const, values: b },
        ];
        const got = run(build, kernel, plan, operands, "bool", "float32");
        expect([...got]).toEqual(positions(plan).map(([i, j]) => (test(a[i], b[j]) ? 1 : 0)));
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it.each(builds)("%s: NaN, infinities and zeros", (build) => {
    const full = [true, true, true, true];
    const a = SPECIALS.flatMap((x) => SPECIALS.map(() => Math.fround(x)));
    const b = SPECIALS.flatMap(() => SPECIALS.map(Math.fround));
    const plan = { shape: [1, 1, 1, a.length], full: [full, full], cut: 0.3, seed: 0 };
    const operands = [
      { name: "a", prefix: "a", dtype: "float32" as const, values: a },
      { name: "b", prefix: "b", dtype: "float32" as const, values: b },
    ];
    const got = run(build, kernels[name], plan, operands, "bool", "float32");
    expect([...got]).toEqual(a.map((x, i) => (tests[name](x, b[i]) ? 1 : 0)));
  });
});
