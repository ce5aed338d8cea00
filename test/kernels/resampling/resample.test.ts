import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import type { DType } from "../../../src/memory/views.js";
import { Block, builds, normals, random, useBuildFor, withBuild } from "../../support/kernels.js";

/** A matrix of `count` rows with none to four entries each. */
function matrix(count: number, extent: number): { starts: number[]; indices: number[]; weights: number[] } {
  const next = random(count + 7 * extent);
  const starts = [0];
  const indices: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let t = Math.floor(5 * next()); t > 0; t--) indices.push(Math.floor(extent * next()));
    starts.push(indices.length);
  }
  return { starts, indices, weights: [...normals(indices.length, 3)] };
}

function run([outer, extent, count, inner]: readonly number[], { dtype = "float32" as DType, cut = 0 } = {}): number[] {
  const { starts, indices, weights } = matrix(count, extent);
  const at = {
    x: Block.of(normals(outer * extent * inner, 1), dtype),
    starts: Block.of(starts, "int32"),
    indices: Block.of([...indices, 0], "int32"),
    weights: Block.of([...weights, 0], dtype),
    out: Block.of(new Array<number>(outer * count * inner).fill(7), dtype),
  };
  const args = { x: at.x.at, starts: at.starts.at, indices: at.indices.at, weights: at.weights.at, out: at.out.at };
  for (const [from, to] of [
    [cut, outer * count],
    [0, cut],
  ])
    kernels.resample({ ...args, extent, count, inner, taps: 2 }, from, to, dtype);
  const left = [...at.out.read()];
  for (const block of Object.values(at)) block.free();
  return left;
}

const SHAPES = [1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 33].flatMap((inner) => [
  [1, 3, 5, inner],
  [3, 7, 4, inner],
]);

describe.each(builds)("resample, %s", (build) => {
  useBuildFor(build);

  test("float64's numbers to rounding, the same bits for any split", () => {
    for (const shape of SHAPES) {
      const exact = withBuild("js", () => run(shape, { dtype: "float64" }));
      const found = run(shape);
      for (const [i, value] of exact.entries()) expect(Math.abs(found[i] - value), `${shape}`).toBeLessThanOrEqual(2e-6);
      for (const cut of [1, 3]) expect(run(shape, { cut })).toEqual(found);
    }
  });

  test("a single entry of weight 1 is a copy, of NaN and −0 too", () => {
    const values = [Number.NaN, -0, Number.POSITIVE_INFINITY, 3];
    for (const inner of [1, 2]) {
      const x = Block.of(values);
      const [starts, indices] = [Block.of([0, 1, 2], "int32"), Block.of([1, 0], "int32")];
      const [weights, out] = [Block.of([1, 1]), new Block(4)];
      const args = { x: x.at, starts: starts.at, indices: indices.at, weights: weights.at, out: out.at };
      kernels.resample({ ...args, extent: 2, count: 2, inner, taps: 1 }, 0, 4 / inner);
      expect([...out.read()]).toEqual(
        inner === 1 ? [-0, Number.NaN, 3, Number.POSITIVE_INFINITY] : [...values.slice(2), ...values.slice(0, 2)],
      );
      for (const block of [x, starts, indices, weights, out]) block.free();
    }
  });
});
