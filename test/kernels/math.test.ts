import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { erf, erfc, normalCdf, pow, roundHalfToEven, sigmoid } from "../../src/kernels/js/math.js";
import { mapped, ulps, uniform, wholeRange } from "../support/elementwise.js";

/** Error bounds that assembly/math.ts and trigonometry.ts state, in units in the last place of the exact result. */
const functions = {
  exp: { exact: Math.exp, bound: 1.5 },
  expm1: { exact: Math.expm1, bound: 2 },
  log: { exact: Math.log, bound: 1 },
  log1p: { exact: Math.log1p, bound: 2 },
  tanh: { exact: Math.tanh, bound: 3 },
  sigmoid: { exact: sigmoid, bound: 3 },
  erf: { exact: erf, bound: 3.5 },
  sin: { exact: Math.sin, bound: 2 },
  cos: { exact: Math.cos, bound: 2 },
  rsqrt: { exact: (x: number) => 1 / Math.sqrt(x), bound: 1.5 },
  silu: { exact: (x: number) => (x === Number.NEGATIVE_INFINITY ? 0 : x * sigmoid(x)), bound: 3 },
  softplus: { exact: (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), bound: 2.5 },
} as const;

describe.each(["simd", "relaxed"] as const)("%s", (build) => {
  it.each(Object.keys(functions) as (keyof typeof functions)[])("%s keeps its bound over the whole range of float32", (name) => {
    const { exact, bound } = functions[name];
    for (const x of [wholeRange(150, 1), uniform(60_000, -20, 20, 2), uniform(40_000, -110, 110, 3), uniform(20_000, -1, 1, 4)]) {
      const y = mapped(build, kernels[name], x);
      let worst = 0;
      let at = 0;
      for (let i = 0; i < x.length; i++) {
        const error = ulps(y[i], exact(x[i]));
        if (error > worst) [worst, at] = [error, i];
      }
      expect(worst, `${name}(${x[at]}) = ${y[at]}, exactly ${exact(x[at])}`).toBeLessThanOrEqual(bound);
    }
  });

  it("gelu stays within 2e-7 · max(1, |x|)", () => {
    for (const x of [wholeRange(100, 5), uniform(100_000, -8, 8, 6)]) {
      const y = mapped(build, kernels.gelu, x);
      let worst = 0;
      let at = 0;
      for (let i = 0; i < x.length; i++) {
        const want = x[i] === Number.NEGATIVE_INFINITY ? 0 : x[i] * normalCdf(x[i]);
        const error = Object.is(y[i], want) ? 0 : Math.abs(y[i] - want) / Math.max(1, Math.abs(x[i]));
        if (!(error <= worst)) [worst, at] = [error, i];
      }
      expect(worst, `gelu(${x[at]}) = ${y[at]}`).toBeLessThanOrEqual(2e-7);
    }
  });

  it("odd functions keep the sign of zero, saturating ones their limits", () => {
    for (const name of ["expm1", "log1p", "tanh", "erf", "sin"] as const) {
      expect([...mapped(build, kernels[name], [0, -0])], name).toEqual([0, -0]);
    }
    expect([...mapped(build, kernels.tanh, [9, 10, 88, 1e38, -10, -1e38])].map(Math.abs).every((y) => y <= 1)).toBe(true);
    const near1 = [...mapped(build, kernels.tanh, uniform(50_000, 5, 12, 7)), ...mapped(build, kernels.erf, uniform(50_000, 2, 6, 8))];
    expect(near1.reduce((most, y) => Math.max(most, y))).toBe(1);
  });
});

describe("float64", () => {
  // computed with 30 digits
  it("erf and erfc are right to 1e-15", () => {
    const table = [
      [1e-10, 1.1283791670955126e-10, 0.999999999887162],
      [0.1, 0.1124629160182849, 0.887537083981715],
      [0.5, 0.5204998778130465, 0.4795001221869535],
      [1.0, 0.8427007929497149, 0.15729920705028513],
      [1.5, 0.9661051464753108, 0.033894853524689274],
      [2.0, 0.9953222650189527, 0.004677734981047266],
      [2.4, 0.999311486103355, 0.0006885138966450789],
      [2.6, 0.9997639655834707, 0.00023603441652934908],
      [3.0, 0.9999779095030014, 2.209049699858544e-5],
      [4.0, 0.9999999845827421, 1.541725790028002e-8],
      [5.5, 0.9999999999999927, 7.357847917974398e-15],
      [10.0, 1.0, 2.088487583762545e-45],
    ];
    for (const [x, e, c] of table) {
      expect(Math.abs(erf(x) / e - 1), `erf(${x})`).toBeLessThan(1e-15);
      expect(Math.abs(erf(-x) / -e - 1)).toBeLessThan(1e-15);
      expect(Math.abs(erfc(x) - c) / c, `erfc(${x})`).toBeLessThan(x < 2.5 ? 1e-12 : 4e-15);
    }
    expect([erf(0), erf(Number.POSITIVE_INFINITY), erf(Number.NEGATIVE_INFINITY), erf(Number.NaN)]).toEqual([0, 1, -1, Number.NaN]);
  });

  it("the normal distribution function has both tails", () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
  });

  it("halves go to even, and powers follow C99", () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 0.49, 2.51].map(roundHalfToEven)).toEqual([0, 2, 2, -0, -2, 0, 3]);
    expect([pow(1, Number.NaN), pow(-1, Number.POSITIVE_INFINITY), pow(Number.NaN, 0), pow(-8, 1 / 3)]).toEqual([1, 1, 1, Number.NaN]);
  });
});
