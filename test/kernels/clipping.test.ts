import { describe, expect, it } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import * as kernels from "../../src/kernels/generated.js";
import { takeFault } from "../../src/kernels/status.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, withBuild } from "../support/kernels.js";

const TAILS = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100];

function sumsOf(x: ArrayLike<number>, dtype: DType, cuts: number[]): number[] {
  const block = Block.of(x, dtype);
  const chunks = Math.ceil(x.length / 8192);
  const out = new Block(chunks, "float64");
  [...cuts, chunks].reduce((from, to) => {
    kernels.sumSquares({ x: block.at, out: out.at, length: x.length }, from, to, dtype);
    return to;
  }, 0);
  const sums = [...out.read()];
  block.free();
  out.free();
  return sums;
}

describe.each(builds)("clipping, %s", (build) => {
  it.each([...TAILS, 8191, 8192, 8193, 20_000])("sumSquares of %i elements", (n) => {
    const x = normals(n, n + 1);
    const sums = withBuild(build, () => sumsOf(x, "float32", []));
    expect(
      withBuild(build, () =>
        sumsOf(
          x,
          "float32",
          [1, 2].filter((cut) => cut < sums.length),
        ),
      ),
    ).toEqual(sums);
    sums.forEach((sum, i) => {
      const exact = x.subarray(8192 * i, 8192 * (i + 1)).reduce((total, value) => total + value * value, 0);
      expect(Math.abs(sum - exact)).toBeLessThanOrEqual(1e-13 * exact);
    });
    expect(withBuild(build, () => sumsOf(Float64Array.from(x), "float64", [])).length).toBe(sums.length);
  });

  it("sumSquares neither overflows nor loses a NaN", () => {
    expect(withBuild(build, () => sumsOf([3e38, -3e38, 0, 0, 1], "float32", []))[0]).toBeCloseTo(2 * Math.fround(3e38) ** 2, -70);
    expect(withBuild(build, () => sumsOf([1, Number.NaN, 1], "float32", []))).toEqual([Number.NaN]);
    expect(withBuild(build, () => sumsOf([1, -Infinity], "float32", []))).toEqual([Infinity]);
  });

  it.each([
    [[9, 16], 1, 5, 1 / (5 + 1e-6)],
    [[9, 16], 5, 5, 5 / (5 + 1e-6)],
    [[9, 16], 6, 5, 1],
    [[0], 1, 0, 1],
    [[], 1, 0, 1],
    [[4], 0, 2, 0],
    [[Infinity], 1, Infinity, 0],
    [[Number.NaN, 1], 1, Number.NaN, Number.NaN],
  ])("clipFactor of %j to %f", (sums, maxNorm, norm, factor) => {
    const x = Block.of(sums, "float64");
    const out = Block.of([-1, -1, -1, -1, -1], "float64");
    const record = { x: x.at, length: sums.length, norm: out.at, factor: out.at + 8, count: 2, stride: 16, report: 0, maxNorm };
    withBuild(build, () => kernels.clipFactor(record, 0, 1));
    withBuild(build, () => kernels.clipFactor({ ...record, norm: 0, factor: 0 }, 1, 1));
    expect([...out.read()]).toEqual([norm, factor, -1, factor, -1]);
    x.free();
    out.free();
  });

  it.each([
    [[4, 9], false],
    [[Infinity, 1], true],
    [[Number.NaN], true],
  ])("clipFactor of %j reports a norm that is not finite, if asked: %s", (sums, reports) => {
    const x = Block.of([...sums, 0, 0], "float64");
    const norm = x.at + 8 * sums.length;
    const record = { x: x.at, length: sums.length, norm, factor: norm + 8, count: 1, stride: 8, maxNorm: 1 };
    const fault = (report: number) =>
      withBuild(build, () => {
        kernels.clipFactor({ ...record, report }, 0, 1);
        return takeFault();
      });
    expect(fault(0)).toBe(null);
    expect(fault(1)).toEqual(reports ? { code: Status.NonFinite, detail: 0 } : null);
    x.free();
  });

  it.each(TAILS)("scaleBy of %i elements, in any parts", (n) => {
    const factor = Block.of([0.3], "float64");
    const scaled = (cuts: number[]) => {
      const x = Block.of(normals(n, 5));
      [...cuts, n].reduce((from, to) => {
        withBuild(build, () => kernels.scaleBy({ x: x.at, factor: factor.at }, from, to));
        return to;
      }, 0);
      const result = x.read();
      x.free();
      return result;
    };
    const whole = scaled([]);
    expect(scaled([Math.floor(n / 3), Math.floor(n / 2)])).toEqual(whole);
    const exact = build === "js" ? 0.3 : Math.fround(0.3);
    expect([...whole]).toEqual([...normals(n, 5)].map((x) => Math.fround(exact * x)));
    factor.free();
  });
});
