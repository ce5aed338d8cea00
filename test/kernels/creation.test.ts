import { describe, expect, it } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import * as kernels from "../../src/kernels/generated.js";
import { takeFault } from "../../src/kernels/status.js";
import { Block, builds, normals, withBuild } from "../support/kernels.js";

describe.each(builds)("creation, %s", (build) => {
  it("oneHot marks the index, reports one out of range and leaves its row empty", () => {
    const index = Block.of([2, 0, -1, 1, 3], "int32");
    const out = new Block(15);
    withBuild(build, () => kernels.oneHot({ index: index.at, out: out.at, classes: 3 }, 0, 5));
    expect([...out.read()]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(takeFault()).toEqual({ code: Status.IndexOutOfRange, detail: 2 });
    index.free();
    out.free();
  });

  it.each([-9, -3, -1, 0, 1, 2, 6, 2147483647, -2147483648])("triangles with diagonal %i", (diagonal) => {
    const [batch, rows, cols] = [2, 5, 6];
    const x = normals(batch * rows * cols, 1);
    const source = Block.of(x);
    const upper = new Block(x.length);
    const lower = new Block(x.length);
    withBuild(build, () => {
      const args = { x: source.at, rows, cols, diagonal };
      kernels.triu({ ...args, out: upper.at }, 0, 3);
      kernels.triu({ ...args, out: upper.at }, 3, batch * rows);
      kernels.tril({ ...args, out: lower.at }, 0, batch * rows);
    });
    const kept = (keep: (i: number, j: number) => boolean) =>
      [...x].map((value, at) => (keep(Math.floor(at / cols) % rows, at % cols) ? value : 0));
    expect([...upper.read()]).toEqual(kept((i, j) => j - i >= diagonal));
    expect([...lower.read()]).toEqual(kept((i, j) => j - i <= diagonal));
    for (const block of [source, upper, lower]) block.free();
  });
});
