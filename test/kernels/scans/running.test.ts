import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import type { DType } from "../../../src/memory/views.js";
import { Block, builds, normals, withBuild } from "../../support/kernels.js";
import { lanes } from "../../support/reduce.js";

const VIEWS = [
  [3, 1, 1],
  [1, 100, 1],
  [2, 7, 1],
  [2, 5, 2],
  [1, 9, 3],
  [2, 4, 33],
].map(([outer, reduced, inner]) => ({ outer, reduced, inner }));

type View = (typeof VIEWS)[number];
type Build = (typeof builds)[number];
interface Way {
  cut?: number;
  dtype?: DType;
  outType?: DType;
}

const sizeOf = ({ outer, reduced, inner }: View): number => outer * reduced * inner;

/** The lanes of what a kernel writes. */
function run(build: Build, name: "cummax" | "cummin" | "logCumSumExp", x: ArrayLike<number>, view: View, way: Way = {}): number[][] {
  const { cut = 0, dtype = "float32", outType = name === "logCumSumExp" ? dtype : "int32" } = way;
  const [source, out] = [Block.of(x, dtype), new Block(x.length, outType)];
  const args = { x: source.at, out: out.at, reduced: view.reduced, inner: view.inner };
  const units = view.outer * view.inner;
  withBuild(build, () => {
    kernels[name](args, 0, Math.min(cut, units), dtype);
    kernels[name](args, Math.min(cut, units), units, dtype);
  });
  const result = lanes(out.read(), view);
  for (const block of [source, out]) block.free();
  return result;
}

function scanned(build: Build, x: ArrayLike<number>, b: ArrayLike<number> | null, view: View, reverse: 0 | 1, cut = 0): number[][] {
  const [factors, terms, out] = [Block.of(x), b && Block.of(b), new Block(x.length)];
  const args = { x: factors.at, b: terms?.at ?? 0, out: out.at, reduced: view.reduced, inner: view.inner, reverse };
  const units = view.outer * view.inner;
  withBuild(build, () => {
    kernels.linearScan(args, 0, Math.min(cut, units));
    kernels.linearScan(args, Math.min(cut, units), units);
  });
  const result = lanes(out.read(), view);
  for (const block of [factors, terms, out]) block?.free();
  return result;
}

describe.each(builds)("%s", (build) => {
  test.each([0, 1] as const)("linearScan, with terms and without, reverse %i", (reverse) => {
    for (const view of VIEWS) {
      const [x, b] = [normals(sizeOf(view), 1), normals(sizeOf(view), 2)];
      for (const terms of [b, null]) {
        const found = scanned(build, x, terms, view, reverse);
        lanes(x, view).forEach((lane, i) => {
          const added = lanes(b, view)[i];
          const y = found[i];
          if (reverse) for (const row of [lane, added, y]) row.reverse();
          let want = terms ? added[0] : lane[0];
          lane.forEach((factor, k) => {
            if (k > 0) want = factor * want + (terms ? added[k] : 0);
            expect(y[k]).toBe(Math.fround(want));
          });
        });
        for (const cut of [1, 2, 31]) expect(scanned(build, x, terms, view, reverse, cut)).toEqual(scanned(build, x, terms, view, reverse));
      }
    }
  });

  test.each(["cummax", "cummin"] as const)("%s tells the last position of the extreme so far, and of NaN", (name) => {
    for (const view of VIEWS) {
      // Whole numbers, so that some are equal; a NaN here and there.
      const x = normals(sizeOf(view), 3).map((value, i) => (i % 41 === 17 ? Number.NaN : Math.round(2 * value)));
      const found = run(build, name, x, view);
      lanes(x, view).forEach((lane, i) => {
        lane.forEach((_, k) => {
          const so = lane.slice(0, k + 1);
          const extreme = name === "cummax" ? Math.max(...so) : Math.min(...so);
          expect(found[i][k]).toBe(Number.isNaN(extreme) ? so.findLastIndex(Number.isNaN) : so.lastIndexOf(extreme));
        });
      });
      for (const cut of [1, 2, 31]) expect(run(build, name, x, view, { cut })).toEqual(found);
    }
  });

  test("logCumSumExp is right far from 0, and keeps the bits of a lane in any cut", () => {
    for (const view of VIEWS) {
      const x = normals(sizeOf(view), 4).map((value) => Math.fround(300 * value));
      const found = run(build, "logCumSumExp", x, view);
      lanes(x, view).forEach((lane, i) => {
        lane.forEach((_, k) => {
          const so = lane.slice(0, k + 1);
          const most = Math.max(...so);
          const want = most + Math.log(so.reduce((sum, value) => sum + Math.exp(value - most), 0));
          expect(Math.abs(found[i][k] - want)).toBeLessThanOrEqual(2e-7 * Math.max(1, Math.abs(want)));
        });
      });
      for (const cut of [1, 2, 3, 31]) expect(run(build, "logCumSumExp", x, view, { cut })).toEqual(found);
    }
  });

  test("logCumSumExp of infinities and NaN", () => {
    const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];
    const view = { outer: 1, reduced: 7, inner: 1 };
    expect(run(build, "logCumSumExp", [-inf, -inf, 2, inf, 3, inf, -inf], view)).toEqual([[-inf, -inf, 2, inf, inf, inf, inf]]);
    expect(run(build, "logCumSumExp", [1, nan, 3, nan, inf, 0, 1], view)[0].slice(1)).toEqual([nan, nan, nan, nan, nan, nan]);
  });

  test("other types, on the twins", () => {
    const view = { outer: 1, reduced: 4, inner: 1 };
    expect(run(build, "cummax", [3, 1, 3, 4], view, { dtype: "int32" })).toEqual([[0, 0, 2, 3]]);
    expect(run(build, "cummin", [3, 1, 3, 4], view, { dtype: "float64" })).toEqual([[0, 1, 1, 1]]);
  });
});
