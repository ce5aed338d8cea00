import { describe, expect, test } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import { Block, builds, useBuildFor } from "../../support/kernels.js";

/** What is packed of a matrix [rows, columns] that holds 1, 2, 3 … */
function packed(rows: number, columns: number, transposed: number): number[] {
  const weight = Block.of(Array.from({ length: rows * columns }, (_, i) => i + 1));
  const [k, n] = transposed ? [columns, rows] : [rows, columns];
  const strips = Math.ceil(n / 16);
  const out = new Block(strips * 16 * k);
  kernels.packWeights({ weight: weight.at, out: out.at, k, n, ld: columns, transposed }, 0, strips);
  const found = [...out.read()];
  for (const block of [weight, out]) block.free();
  return found;
}

describe.each(builds)("packed weights, %s", (build) => {
  useBuildFor(build);

  test.each([
    [1, 1],
    [3, 5],
    [5, 16],
    [7, 17],
    [16, 33],
    [40, 48],
  ])("[%i, %i]: a column stands in its strip, what is beyond the last is 0", (rows, columns) => {
    for (const transposed of [0, 1]) {
      const [k, n] = transposed ? [columns, rows] : [rows, columns];
      const found = packed(rows, columns, transposed);
      found.forEach((value, i) => {
        const [strip, p, column] = [Math.floor(i / (16 * k)), Math.floor(i / 16) % k, i % 16];
        const j = 16 * strip + column;
        const at = transposed ? j * columns + p : p * columns + j;
        expect(value).toBe(j < n ? at + 1 : 0);
      });
    }
  });
});
