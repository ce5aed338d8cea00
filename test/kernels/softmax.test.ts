import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, withBuild } from "../support/kernels.js";

const COLUMNS = [1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 33, 64, 100, 1000];
const ROWS = 3;

type Build = (typeof builds)[number];
type Forward = typeof kernels.softmaxRows;
type Backward = typeof kernels.softmaxRowsGrad;

/** Runs a forward kernel over two ranges, in place if wanted. */
function forward(
  build: Build,
  kernel: Forward,
  values: ArrayLike<number>,
  columns: number,
  { dtype = "float32" as DType, cut = 1, inPlace = false } = {},
) {
  const x = Block.of(values, dtype);
  const out = inPlace ? x : new Block(values.length, dtype);
  withBuild(build, () => {
    const args = { x: x.at, out: out.at, columns };
    kernel(args, 0, cut, dtype);
    kernel(args, cut, values.length / columns, dtype);
  });
  const result = out.read();
  for (const block of new Set([x, out])) block.free();
  return result;
}

function backward(
  build: Build,
  kernel: Backward,
  yValues: ArrayLike<number>,
  gValues: ArrayLike<number>,
  columns: number,
  { dtype = "float32" as DType, cut = 1 } = {},
) {
  const [y, g, out] = [Block.of(yValues, dtype), Block.of(gValues, dtype), new Block(yValues.length, dtype)];
  withBuild(build, () => {
    const args = { y: y.at, g: g.at, out: out.at, columns };
    kernel(args, 0, cut, dtype);
    kernel(args, cut, yValues.length / columns, dtype);
  });
  const result = out.read();
  for (const block of [y, g, out]) block.free();
  return result;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, absolute: number, relative: number) {
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(absolute + relative * Math.abs(expected[i]));
  }
}

describe.each(builds)("softmax, %s", (build) => {
  it("agrees with float64 for every tail, whatever the split, in place or not", () => {
    for (const columns of COLUMNS) {
      const x = normals(ROWS * columns, columns).map((v) => 4 * v);
      for (const [kernel, absolute] of [
        [kernels.softmaxRows, 0],
        [kernels.logSoftmaxRows, 2e-6],
      ] as const) {
        const result = forward(build, kernel, x, columns);
        expectClose(result, forward("js", kernel, x, columns, { dtype: "float64" }), absolute, 3e-6); // rounding x − max x
        expect(forward(build, kernel, x, columns, { cut: 2 })).toEqual(result);
        expect(forward(build, kernel, x, columns, { inPlace: true })).toEqual(result);
      }
    }
  });

  it("gradients agree with float64 for every tail, whatever the split", () => {
    for (const columns of COLUMNS) {
      const x = normals(ROWS * columns, columns);
      const g = normals(ROWS * columns, columns + 1);
      const y = forward("js", kernels.softmaxRows, x, columns);
      const logY = forward("js", kernels.logSoftmaxRows, x, columns);
      for (const [kernel, saved, scale] of [
        [kernels.softmaxRowsGrad, y, 1],
        [kernels.logSoftmaxRowsGrad, logY, Math.sqrt(columns)],
      ] as const) {
        const result = backward(build, kernel, saved, g, columns);
        expectClose(result, backward("js", kernel, saved, g, columns, { dtype: "float64" }), 5e-7 * scale, 1e-6);
        expect(backward(build, kernel, saved, g, columns, { cut: 2 })).toEqual(result);
      }
    }
  });

  it("is safe from overflow, masks −∞ and makes NaN of what has no answer", () => {
    const rows: [number[], number[]][] = [
      [
        [1000, 1000, -1000, -Infinity, -Infinity],
        [0.5, 0.5, 0, 0, 0],
      ],
      [
        [-2000, -2000, -2000, -2000, -2000],
        [0.2, 0.2, 0.2, 0.2, 0.2],
      ],
      [new Array(5).fill(-Infinity), new Array(5).fill(NaN)],
      [[1, Infinity, 0, 0, 0], new Array(5).fill(NaN)],
      [[1, 2, 3, 4, NaN], new Array(5).fill(NaN)],
      [
        [3.4e38, -3.4e38, 0, 0, 0],
        [1, 0, 0, 0, 0],
      ],
    ];
    const result = forward(
      build,
      kernels.softmaxRows,
      rows.flatMap(([x]) => x),
      5,
    );
    expect([...result]).toEqual(rows.flatMap(([, y]) => y.map(Math.fround)));
    const logarithms = forward(
      build,
      kernels.logSoftmaxRows,
      rows.flatMap(([x]) => x),
      5,
    );
    expect([...logarithms.subarray(0, 5)].map((v) => Math.fround(v))).toEqual(
      [Math.log(0.5), Math.log(0.5), -2000 + Math.log(0.5), -Infinity, -Infinity].map(Math.fround),
    );
    for (const row of [2, 3, 4]) expect([...logarithms.subarray(5 * row, 5 * row + 5)]).toEqual(new Array(5).fill(NaN));
  });
});
