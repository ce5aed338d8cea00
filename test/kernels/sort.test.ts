import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { Block, builds, normals, random, withBuild } from "../support/kernels.js";

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-45, -1e-45, 3e38, -3e38];

/** Numbers with many ties and all that is special. */
function mixed(n: number, seed: number): Float32Array {
  const next = random(seed);
  return normals(n, seed).map((value) => (next() < 0.2 ? SPECIAL[Math.floor(next() * SPECIAL.length)] : Math.round(value * 4) / 4));
}

/** Positions in order; NaN is the greatest. */
function ordered(x: Float32Array, descending: boolean): number[] {
  const rank = (value: number) => (Number.isNaN(value) ? 1 : 0);
  const compare = (a: number, b: number) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
  return [...x.keys()].sort((i, j) => (descending ? compare(x[j], x[i]) : compare(x[i], x[j])));
}

describe.each(builds)("order, %s", (build) => {
  for (const descending of [false, true]) {
    it.each([1, 2, 3, 4, 5, 17, 31, 32, 33, 34, 64, 100, 257, 1000])(`sorts rows of %i stably, descending = ${descending}`, (n) => {
      const rows = 3;
      const x = mixed(rows * n, n);
      const source = Block.of(x);
      const values = new Block(x.length);
      const indices = new Block(x.length, "int32");
      const scratch = new Block(2 * x.length);
      const args = { x: source.at, values: values.at, indices: indices.at, scratch: scratch.at, n, descending: Number(descending) };
      withBuild(build, () => {
        kernels.sortRows(args, 1, rows);
        kernels.sortRows(args, 0, 1);
      });
      for (let row = 0; row < rows; row++) {
        const part = x.subarray(row * n, (row + 1) * n);
        const order = ordered(part, descending);
        expect([...indices.read()].slice(row * n, (row + 1) * n)).toEqual(order);
        expect([...values.read()].slice(row * n, (row + 1) * n)).toEqual(order.map((i) => part[i]));
      }
      scratch.read();
      for (const block of [source, values, indices, scratch]) block.free();
    });

    it.each([
      [1, 1],
      [5, 2],
      [10, 10],
      [100, 1],
      [100, 7],
      [300, 299],
    ])(`of %i takes the %i ${descending ? "greatest" : "least"}, in order`, (n, k) => {
      const rows = 3;
      const x = mixed(rows * n, n + k);
      const source = Block.of(x);
      const values = new Block(rows * k);
      const indices = new Block(rows * k, "int32");
      const args = { x: source.at, values: values.at, indices: indices.at, n, k, largest: Number(descending) };
      withBuild(build, () => {
        kernels.topk(args, 2, rows);
        kernels.topk(args, 0, 2);
      });
      for (let row = 0; row < rows; row++) {
        const part = x.subarray(row * n, (row + 1) * n);
        const order = ordered(part, descending).slice(0, k);
        expect([...indices.read()].slice(row * k, (row + 1) * k)).toEqual(order);
        expect([...values.read()].slice(row * k, (row + 1) * k)).toEqual(order.map((i) => part[i]));
      }
      for (const block of [source, values, indices]) block.free();
    });
  }
});
