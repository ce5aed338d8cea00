import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import * as kernels from "../../src/kernels/generated.js";
import { pow } from "../../src/kernels/js/math.js";
import { takeFault } from "../../src/kernels/status.js";
import type { DType } from "../../src/memory/views.js";
import { plans, positions, run, values } from "../support/broadcasting.js";
import { bits, expectAgreement, gradient, mapped, SPECIALS, TAILS, uniform, wholeRange } from "../support/elementwise.js";
import { Block, builds, withBuild } from "../support/kernels.js";

const binary = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  maximum: Math.max,
  minimum: Math.min,
  pow,
} as const;
const names = Object.keys(binary) as (keyof typeof binary)[];

/** a ∘ b for two arrays of one length. */
function together(build: (typeof builds)[number], name: keyof typeof binary, a: ArrayLike<number>, b: ArrayLike<number>): Float32Array {
  return withBuild(build, () => {
    const [blockA, blockB, out] = [Block.of(a), Block.of(b), new Block(a.length)];
    const strides = { a0: 0, a1: 0, a2: 0, a3: 1, b0: 0, b1: 0, b2: 0, b3: 1 };
    kernels[name]({ a: blockA.at, b: blockB.at, out: out.at, n1: 1, n2: 1, n3: a.length, ...strides }, 0, a.length);
    const result = out.read() as Float32Array;
    for (const block of [blockA, blockB, out]) block.free();
    return result;
  });
}

describe.each(names)("%s", (name) => {
  it.each([...builds.map((build) => [build, "float32"] as const), ["js", "float64"] as const])("%s broadcasts %s", (build, dtype) => {
    fc.assert(
      fc.property(plans(2), (plan) => {
        const [a, b] = [values(plan, 0), values(plan, 1)];
        const got = run(
          build,
          kernels[name],
          plan,
          [
            { name: "a", prefix: "a", dtype, values: a },
            { name: "b", prefix: "b", dtype, values: b },
          ],
          dtype,
          dtype,
        );
        positions(plan).forEach(([i, j], at) => {
          const want = binary[name](a[i], b[j]);
          if (!(Object.is(got[at], want) || Math.abs(got[at] - want) <= 1e-7 * Math.abs(want)))
            throw new Error(`${at}: ${got[at]} for ${want}`);
        });
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("is the same in all builds for every pair of special values, and every length", () => {
    const a = SPECIALS.flatMap((x) => SPECIALS.map(() => x));
    const b = SPECIALS.flatMap(() => SPECIALS);
    expectAgreement((build) => together(build, name, a, b), 1.2e-7, 0);
    for (const n of TAILS.slice(1)) {
      expectAgreement((build) => together(build, name, uniform(n, 0.1, 3, n), uniform(n, -2, 2, n + 1)), 1.2e-7);
    }
  });
});

describe("pow", () => {
  it.each(["simd", "relaxed"] as const)("%s is right to 0.54 ulp over the whole range", (build) => {
    const a = wholeRange(60, 9).map(Math.abs);
    const next = uniform(a.length, -1, 1, 10);
    // exponents that use the whole range of results
    const b = a.map((x, i) => (next[i] * 150) / Math.max(Math.abs(Math.log2(x)), 2 ** -20));
    const y = together(build, "pow", a, b);
    for (let i = 0; i < a.length; i++) {
      const want = pow(a[i], b[i]);
      if (Object.is(y[i], Math.fround(want))) continue;
      const ulp = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(want))), -126) - 23);
      expect(Math.abs(y[i] - want) / ulp, `${a[i]} to ${b[i]} = ${y[i]}, exactly ${want}`).toBeLessThan(0.54);
    }
  });
});

describe("int32", () => {
  it("is computed by the twins, which report what int32 does not hold", () => {
    const plan = {
      shape: [1, 1, 1, 3],
      full: [
        [true, true, true, true],
        [true, true, true, true],
      ],
      cut: 0,
      seed: 0,
    };
    const int = (name: "add" | "mul" | "maximum", a: number[], b: number[]) => [
      ...run(
        "js",
        kernels[name],
        plan,
        [
          { name: "a", prefix: "a", dtype: "int32" as DType, values: a },
          { name: "b", prefix: "b", dtype: "int32" as DType, values: b },
        ],
        "int32",
        "int32",
      ),
    ];
    expect(int("add", [2 ** 31 - 2, -5, 7], [1, 3, 8])).toEqual([2 ** 31 - 1, -2, 15]);
    expect(int("mul", [46340, -5, 7], [-46340, 3, 8])).toEqual([-2147395600, -15, 56]);
    expect(takeFault()).toBe(null);
    int("add", [0, 2 ** 31 - 1, 7], [1, 1, 8]);
    expect(takeFault()).toEqual({ code: Status.Overflow, detail: 1 });
    int("mul", [123456789, -5, 65536], [987654321, 3, 65536]);
    expect(takeFault()).toEqual({ code: Status.Overflow, detail: 0 });
    expect(int("maximum", [1, -5, 7], [2, -6, 7])).toEqual([2, -5, 7]);
  });
});

describe("in place and filling", () => {
  it.each(builds)("%s: accumulate, addScaled, copy, fill write their range and nothing else", (build) => {
    withBuild(build, () => {
      for (const n of TAILS.filter((length) => length > 2)) {
        const x = Block.of(uniform(n, -1, 1, n));
        const start = uniform(n, -1, 1, n + 1);
        const [from, to] = [1, n - 1];
        const check = (act: (out: number) => void, want: (x: number, y: number) => number) => {
          const out = Block.of(start);
          act(out.at);
          out.read().forEach((value, i) => {
            expect(value).toBeCloseTo(i >= from && i < to ? want(x.view()[i], start[i]) : start[i], 6);
          });
          out.free();
        };
        check(
          (out) => kernels.accumulate({ x: x.at, out }, from, to),
          (a, b) => a + b,
        );
        check(
          (out) => kernels.addScaled({ x: x.at, out, scale: -2.5 }, from, to),
          (a, b) => b - 2.5 * a,
        );
        check(
          (out) => kernels.copy({ x: x.at, out }, from, to),
          (a) => a,
        );
        check(
          (out) => kernels.fill({ out, value: 0.3 }, from, to),
          () => 0.3,
        );
        x.free();
      }
    });
  });

  it("clamps, and passes gradients inside the limits, the limits included", () => {
    const limits = { min: -0.5, max: 1.5 };
    for (const n of TAILS) {
      const x = uniform(n, -3, 3, n);
      expectAgreement((build) => mapped(build, kernels.clamp, x, limits), 0);
      expectAgreement((build) => gradient(build, kernels.clampGrad, uniform(n, -1, 1, 1), x, limits), 0);
    }
    for (const build of builds) {
      expect([...mapped(build, kernels.clamp, [-1, -0.5, 0, 1.5, 2, Number.NaN], limits)]).toEqual([-0.5, -0.5, 0, 1.5, 1.5, Number.NaN]);
      expect([...gradient(build, kernels.clampGrad, [1, 2, 3, 4, 5], [-1, -0.5, 0, 1.5, 2], limits)]).toEqual([0, 2, 3, 4, 0]);
      const x = uniform(70, -3, 3, 5);
      expect(bits(mapped(build, kernels.clamp, x, limits, [1, 33, 66]))).toEqual(bits(mapped(build, kernels.clamp, x, limits)));
    }
  });
});
