import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import * as kernels from "../../src/kernels/generated.js";
import { takeFault } from "../../src/kernels/status.js";
import { Block, builds, normals, random, withBuild } from "../support/kernels.js";

const shapes = fc.record({
  outer: fc.integer({ min: 1, max: 4 }),
  axis: fc.integer({ min: 1, max: 7 }),
  count: fc.integer({ min: 1, max: 9 }),
  inner: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(16, 17, 33)),
  seed: fc.integer(),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
});

function indices(n: number, axis: number, seed: number): Int32Array {
  const next = random(seed);
  return Int32Array.from({ length: n }, () => Math.floor(next() * axis));
}

/** Runs a kernel in two parts, the later one first. */
function inTwo(run: (from: number, to: number) => void, n: number, part: number): void {
  const middle = Math.floor(part * n);
  run(middle, n);
  run(0, middle);
}

describe.each(builds)("indexing, %s", (build) => {
  it("indexSelect takes rows, indexAdd gives them back in the order of the index", () => {
    fc.assert(
      fc.property(shapes, ({ outer, axis, count, inner, seed, part }) => {
        const x = normals(outer * axis * inner, seed);
        const index = indices(count, axis, seed);
        const selected = Float32Array.from({ length: outer * count * inner }, (_, at) => {
          const o = Math.floor(at / (count * inner));
          return x[(o * axis + index[Math.floor(at / inner) % count]) * inner + (at % inner)];
        });
        const added = x.slice();
        for (let at = 0; at < selected.length; at++) {
          const o = Math.floor(at / (count * inner));
          added[(o * axis + index[Math.floor(at / inner) % count]) * inner + (at % inner)] += selected[at];
        }
        const blocks = [Block.of(x), Block.of(index, "int32"), new Block(selected.length)];
        const [table, picks, out] = blocks;
        const args = { index: picks.at, axis, count, inner };
        withBuild(build, () => {
          inTwo((from, to) => kernels.indexSelect({ ...args, x: table.at, out: out.at, size: 4 }, from, to), outer * count, part);
          expect(out.read()).toEqual(selected);
          inTwo((from, to) => kernels.indexAdd({ ...args, x: out.at, out: table.at }, from, to), outer * axis, part);
          expect(table.read()).toEqual(added);
        });
        expect(takeFault()).toBe(null);
        for (const block of blocks) block.free();
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("gather reads along an axis, scatterAdd adds along it", () => {
    fc.assert(
      fc.property(shapes, ({ outer, axis, count, inner, seed, part }) => {
        const x = normals(outer * axis * inner, seed);
        const index = indices(outer * count * inner, axis, seed);
        const place = (at: number) => (Math.floor(at / (count * inner)) * axis + index[at]) * inner + (at % inner);
        const gathered = Float32Array.from(index, (_, at) => x[place(at)]);
        const added = x.slice();
        gathered.forEach((value, at) => {
          added[place(at)] += value;
        });
        const blocks = [Block.of(x), Block.of(index, "int32"), new Block(gathered.length)];
        const [source, picks, out] = blocks;
        const args = { index: picks.at, axis, count, inner };
        withBuild(build, () => {
          inTwo((from, to) => kernels.gather({ ...args, x: source.at, out: out.at }, from, to), outer * count, part);
          expect(out.read()).toEqual(gathered);
          inTwo((from, to) => kernels.scatterAdd({ ...args, x: out.at, out: source.at }, from, to), outer * inner, part);
          expect(source.read()).toEqual(added);
        });
        expect(takeFault()).toBe(null);
        for (const block of blocks) block.free();
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("selects bytes", () => {
    const table = Block.of([1, 2, 3, 4, 5, 6], "uint8");
    const index = Block.of([1, 0, 1], "int32");
    const out = new Block(9, "uint8");
    const args = { x: table.at, index: index.at, out: out.at, axis: 2, count: 3, inner: 3, size: 1 };
    withBuild(build, () => kernels.indexSelect(args, 0, 3));
    expect([...out.read()]).toEqual([4, 5, 6, 1, 2, 3, 4, 5, 6]);
    for (const block of [table, index, out]) block.free();
  });

  it.each([3, -1, 2147483647, -2147483648])("an index of %i in an axis of 3 fails with its position and touches nothing", (wrong) => {
    const x = Block.of([1, 2, 3]);
    const index = Block.of([0, wrong], "int32");
    const out = Block.of([7, 7]);
    const sums = Block.of([0, 0, 0]);
    const args = { x: x.at, index: index.at, out: out.at, axis: 3, count: 2, inner: 1 };
    withBuild(build, () => {
      kernels.indexSelect({ ...args, size: 4 }, 0, 2);
      expect(takeFault()).toEqual({ code: Status.IndexOutOfRange, detail: 1 });
      expect([...out.read()]).toEqual([1, 0]);
      kernels.gather(args, 0, 2);
      expect(takeFault()).toEqual({ code: Status.IndexOutOfRange, detail: 1 });
      expect([...out.read()]).toEqual([1, 0]);
      kernels.indexAdd({ ...args, out: sums.at }, 0, 3);
      expect(takeFault()).toEqual({ code: Status.IndexOutOfRange, detail: 1 });
      kernels.scatterAdd({ ...args, out: sums.at }, 0, 1);
      expect(takeFault()).toEqual({ code: Status.IndexOutOfRange, detail: 1 });
      expect([...sums.read()]).toEqual([2, 0, 0]);
    });
    for (const block of [x, index, out, sums]) block.free();
  });
});
