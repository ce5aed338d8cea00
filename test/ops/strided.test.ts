import { describe, expect, test } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { BYTES } from "../../src/memory/views.js";
import { runStrided } from "../../src/ops/strided.js";
import { DTYPES, flat, positions } from "../support/elements.js";
import { Block, builds, withBuild } from "../support/kernels.js";

/** Strides of a contiguous tensor of the reversed shape, reversed: the transposed side of a permutation. */
const SHAPE = [2, 3, 2, 1, 2, 3, 2, 2];
const REVERSED = [...SHAPE].reverse();
const STRIDES = SHAPE.map((_, axis) => SHAPE.slice(0, axis).reduce((product, extent) => product * extent, 1));
const SIZE = positions(SHAPE).length;

describe("runStrided", () => {
  for (const dtype of DTYPES) {
    test(`eight axes that cannot be joined, both ways, ${dtype}`, () => {
      const values = Array.from({ length: SIZE }, (_, i) => i % 256);
      for (const build of builds) {
        withBuild(build, () => {
          const [x, read, written] = [Block.of(values, dtype), new Block(SIZE, dtype), new Block(SIZE, dtype)];
          runStrided(kernels.stridedCopy, { dtype, shape: SHAPE, strides: STRIDES, dense: read.at, strided: x.at });
          runStrided(kernels.stridedWrite, { dtype, shape: SHAPE, strides: STRIDES, dense: read.at, strided: written.at, write: true });
          const expected = positions(SHAPE).map((position) => values[flat(REVERSED, [...position].reverse())]);
          expect([...read.read()], build).toEqual(expected);
          expect([...written.read()], build).toEqual(values);
          for (const block of [x, read, written]) block.free();
        });
      }
    });
  }
  test("backwards and repeated", () => {
    for (const build of builds) {
      withBuild(build, () => {
        const x = Block.of([1, 2, 3, 4, 5]);
        const out = new Block(10);
        runStrided(kernels.stridedCopy, {
          dtype: "float32",
          shape: [2, 5],
          strides: [0, -1],
          dense: out.at,
          strided: x.at + 4 * BYTES.float32,
        });
        expect([...out.read()], build).toEqual([5, 4, 3, 2, 1, 5, 4, 3, 2, 1]);
        x.free();
        out.free();
      });
    }
  });
  test("nothing to move", () => {
    const out = Block.of([7]);
    runStrided(kernels.stridedCopy, { dtype: "float32", shape: [0, 3], strides: [3, 1], dense: out.at, strided: out.at });
    expect([...out.read()]).toEqual([7]);
    out.free();
  });
});
