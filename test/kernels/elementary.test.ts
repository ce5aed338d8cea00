import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { bits, expectAgreement, mapped, SPECIALS, TAILS, uniform, wholeRange } from "../support/elementwise.js";
import { Block, builds, withBuild } from "../support/kernels.js";

/** Relative tolerance between the builds; the bounds in ulps are math.test.ts's. */
const tolerances = {
  neg: 0,
  abs: 0,
  sign: 0,
  sqrt: 0,
  rsqrt: 2e-7,
  reciprocal: 0,
  square: 0,
  exp: 2e-7,
  expm1: 3e-7,
  log: 2e-7,
  log1p: 3e-7,
  sin: 3e-7,
  cos: 3e-7,
  erf: 5e-7,
  floor: 0,
  ceil: 0,
  round: 0,
  trunc: 0,
} as const;

describe.each(Object.keys(tolerances) as (keyof typeof tolerances)[])("%s", (name) => {
  const tolerance = tolerances[name];
  const absolute = tolerance * 2 ** -126;

  it("is the same in all builds, whatever the length", () => {
    for (const n of TAILS) expectAgreement((build) => mapped(build, kernels[name], uniform(n, -4, 4, n)), tolerance, absolute);
  });

  it("is the same in all builds over the whole range of float32", () => {
    const x = wholeRange(20, 11);
    // a denormal result is off by at most two of the smallest
    expectAgreement((build) => mapped(build, kernels[name], x), tolerance, tolerance === 0 ? 0 : 3e-45);
  });

  it("gives the same bits however the range is split", () => {
    const x = Float32Array.from([...uniform(90, -9, 9, 12), ...SPECIALS]);
    for (const build of builds) {
      const whole = bits(mapped(build, kernels[name], x));
      for (const cuts of [[1], [50], [3, 8, 77], [97, 100]]) expect(bits(mapped(build, kernels[name], x, {}, cuts))).toEqual(whole);
    }
  });
});

it.each(["sin", "cos"] as const)("%s of large numbers among others, in place and not", (name) => {
  const x = uniform(3000, -9, 9, 13).map((value, i) => (i % 700 === 5 ? value * 2 ** 30 : value));
  for (const build of builds) {
    const block = Block.of(x);
    withBuild(build, () => kernels[name]({ x: block.at, out: block.at }, 0, x.length));
    const inPlace = block.read() as Float32Array;
    block.free();
    expect(bits(inPlace)).toEqual(bits(mapped(build, kernels[name], x)));
    for (const i of [4, 5, 6, 1405, 2805]) expect(inPlace[i]).toBeCloseTo(Math[name](x[i]), 6);
  }
});

it("round takes halves to even, sign keeps zeros and NaN", () => {
  for (const build of builds) {
    expect([...mapped(build, kernels.round, [0.5, 1.5, 2.5, -0.5, -1.5])]).toEqual([0, 2, 2, -0, -2]);
    expect([...mapped(build, kernels.sign, [3, -3, 0, -0, Number.NaN])]).toEqual([1, -1, 0, -0, Number.NaN]);
  }
});
