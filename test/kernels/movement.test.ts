import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { Block, builds, normals, random, withBuild } from "../support/kernels.js";

type Strides = { dims: number[]; strides: number[]; offset: number; span: number };

/** The strides of a contiguous tensor whose axes are permuted, reversed, stepped over and repeated. */
function layout(shape: number[], order: number[], reverse: boolean[], steps: number[], repeat: boolean[]): Strides {
  let span = 1;
  const full = shape.map(() => 0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    full[axis] = span * steps[axis];
    span *= shape[axis] * steps[axis];
  }
  let offset = 0;
  const strides = order.map((axis) => {
    if (repeat[axis]) return 0;
    if (!reverse[axis]) return full[axis];
    offset += full[axis] * (shape[axis] - 1);
    return -full[axis];
  });
  return { dims: order.map((axis) => shape[axis]), strides, offset, span };
}

function layouts(repeatable: boolean) {
  return fc
    .integer({ min: 1, max: 6 })
    .chain((rank) => {
      const each = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: rank, maxLength: rank });
      const extent = rank < 3 ? fc.integer({ min: 1, max: 40 }) : fc.integer({ min: 1, max: 6 });
      return fc.record({
        shape: each(extent),
        order: fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank }),
        reverse: each(fc.boolean()),
        steps: each(fc.integer({ min: 1, max: 2 })),
        repeat: each(repeatable ? fc.integer({ min: 0, max: 4 }).map((k) => k === 0) : fc.constant(false)),
      });
    })
    .map(({ shape, order, reverse, steps, repeat }) => layout(shape, order, reverse, steps, repeat));
}

/** The record of a layout, leading axes filled up. */
function record({ dims, strides }: Strides, x: number, out: number, size: number) {
  const n = [...Array(6 - dims.length).fill(1), ...dims];
  const s = [...Array(6 - dims.length).fill(0), ...strides];
  return {
    x,
    out,
    size,
    n0: n[0],
    n1: n[1],
    n2: n[2],
    n3: n[3],
    n4: n[4],
    n5: n[5],
    s0: s[0],
    s1: s[1],
    s2: s[2],
    s3: s[3],
    s4: s[4],
    s5: s[5],
  };
}

/** Σ i·s for every index of the contiguous side, in order. */
function positions({ dims, strides, offset }: Strides): number[] {
  let at = [offset];
  dims.forEach((n, axis) => {
    at = at.flatMap((start) => Array.from({ length: n }, (_, i) => start + i * strides[axis]));
  });
  return at;
}

function rowsOf({ dims }: Strides): number {
  return dims.slice(0, -1).reduce((a, b) => a * b, 1);
}

function block(values: ArrayLike<number>, size: number): Block {
  return Block.of(values, size === 1 ? "uint8" : size === 4 ? "float32" : "float64");
}

const sizes = fc.constantFrom(1, 4);
const cut = fc.double({ min: 0, max: 1, noNaN: true });

describe.each(builds)("strided moves, %s", (build) => {
  it("stridedCopy reads what index arithmetic says, in any two parts", () => {
    fc.assert(
      fc.property(layouts(true), sizes, cut, (strides, size, part) => {
        const source = block(
          Array.from({ length: strides.span }, (_, i) => (i * 7 + 1) % 251),
          size,
        );
        const at = positions(strides);
        const out = block(new Array(at.length).fill(99), size);
        const rows = rowsOf(strides);
        const middle = Math.floor(part * rows);
        withBuild(build, () => {
          const args = record(strides, source.at + strides.offset * size, out.at, size);
          kernels.stridedCopy(args, middle, rows);
          kernels.stridedCopy(args, 0, middle);
        });
        const x = source.view();
        expect([...out.read()]).toEqual(at.map((i) => x[i]));
        source.free();
        out.free();
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("stridedWrite writes there and nowhere else", () => {
    fc.assert(
      fc.property(layouts(false), sizes, cut, (strides, size, part) => {
        const at = positions(strides);
        const source = block(
          Array.from({ length: at.length }, (_, i) => (i * 5 + 3) % 251),
          size,
        );
        const out = block(new Array(strides.span).fill(99), size);
        const rows = rowsOf(strides);
        const middle = Math.floor(part * rows);
        const written = new Array(strides.span).fill(99);
        const x = [...source.view()];
        withBuild(build, () => {
          const args = record(strides, source.at, out.at + strides.offset * size, size);
          kernels.stridedWrite(args, 0, middle);
          kernels.stridedWrite(args, middle, rows);
        });
        at.forEach((to, i) => {
          written[to] = x[i];
        });
        expect([...out.read()]).toEqual(written);
        for (const used of [source, out]) used.free();
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it.each([
    [1, 1],
    [4, 4],
    [5, 3],
    [17, 33],
    [64, 100],
    [130, 70],
    [1024, 20],
    [28, 1024],
  ])("transposes matrices of %i × %i, in batches", (rows, cols) => {
    const source = Block.of(normals(3 * rows * cols, 3));
    const out = new Block(3 * rows * cols);
    const strides = { dims: [3, cols, rows], strides: [rows * cols, 1, cols], offset: 0, span: 3 * rows * cols };
    withBuild(build, () => kernels.stridedCopy(record(strides, source.at, out.at, 4), 0, 3 * cols));
    const x = source.view();
    expect([...out.read()]).toEqual(positions(strides).map((i) => x[i]));
    source.free();
    out.free();
  });

  it("keeps the bits of integers that are NaN as floats", () => {
    const source = Block.of([-1, 0x7f800001, -2147483648, 5], "int32");
    const out = new Block(4, "int32");
    withBuild(build, () => kernels.stridedCopy(record({ dims: [4], strides: [-1], offset: 3, span: 4 }, source.at + 12, out.at, 4), 0, 1));
    expect([...out.read()]).toEqual([5, -2147483648, 0x7f800001, -1]);
    source.free();
    out.free();
  });

  it("copies long rows and moves float64 by the twin", () => {
    const next = random(4);
    for (const n of [511, 512, 513, 5000]) {
      const bytes = Block.of(
        Array.from({ length: 2 * n }, () => Math.floor(next() * 256)),
        "uint8",
      );
      const out = new Block(2 * n - 2, "uint8");
      const strides = { dims: [2, n - 1], strides: [n, 1], offset: 1, span: 2 * n };
      withBuild(build, () => kernels.stridedCopy(record(strides, bytes.at + 1, out.at, 1), 0, 2));
      expect([...out.read()]).toEqual(positions(strides).map((i) => bytes.view()[i]));
      bytes.free();
      out.free();
    }
    const doubles = Block.of([0.1, 0.2, 0.3], "float64");
    const out = new Block(3, "float64");
    const flipped = { dims: [3], strides: [-1], offset: 2, span: 3 };
    withBuild(build, () => kernels.stridedCopy(record(flipped, doubles.at + 16, out.at, 8), 0, 1, "float64"));
    expect([...out.read()]).toEqual([0.3, 0.2, 0.1]);
    doubles.free();
    out.free();
  });
});
