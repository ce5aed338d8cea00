import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, withBuild } from "../support/kernels.js";
import { lanes } from "../support/reduce.js";

function cumsum(
  build: (typeof builds)[number],
  values: ArrayLike<number>,
  reduced: number,
  inner: number,
  reverse: number,
  cut = 0,
  dtype: DType = "float32",
) {
  const x = Block.of(values, dtype);
  const out = new Block(values.length, dtype);
  const count = values.length / reduced;
  withBuild(build, () => {
    const args = { x: x.at, out: out.at, reduced, inner, reverse };
    kernels.cumsum(args, 0, Math.min(cut, count), dtype);
    kernels.cumsum(args, Math.min(cut, count), count, dtype);
  });
  const result = out.read();
  x.free();
  out.free();
  return result;
}

describe.each(builds)("cumsum, %s", (build) => {
  it.each([0, 1])("sums along rows and columns, reverse %i", (reverse) => {
    for (const [outer, reduced, inner] of [
      [3, 1, 1],
      [1, 100, 1],
      [2, 7, 1],
      [2, 5, 2],
      [1, 9, 3],
      [2, 4, 33],
      [1, 2, 1500],
    ]) {
      const view = { outer, reduced, inner };
      const x = normals(outer * reduced * inner, reduced);
      const result = cumsum(build, x, reduced, inner, reverse);
      const sums = lanes(result, view);
      lanes(x, view).forEach((lane, i) => {
        if (reverse) for (const row of [lane, sums[i]]) row.reverse();
        let total = 0;
        lane.forEach((value, k) => {
          total += value;
          expect(sums[i][k]).toBe(Math.fround(total));
        });
      });
      for (const cut of [1, 2, 31, 1025]) expect(cumsum(build, x, reduced, inner, reverse, cut)).toEqual(result);
    }
  });

  it("takes integers on the twins", () => {
    expect([...cumsum(build, [1, 2, 3, 4], 4, 1, 0, 0, "int32")]).toEqual([1, 3, 6, 10]);
  });
});
