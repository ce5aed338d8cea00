import { describe, expect, it } from "vitest";
import { CHUNK } from "../../src/kernels/generated/constants.js";
import * as kernels from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, random, withBuild } from "../support/kernels.js";

const TAILS = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100];

/** The textbook's forms, in float64. */
const FAMILIES = {
  squaredError: [(x: number, y: number) => (x - y) ** 2, (x: number, y: number) => 2 * (x - y)],
  binaryCrossEntropy: [
    (x: number, y: number) => y * Math.log1p(Math.exp(-x)) + (1 - y) * Math.log1p(Math.exp(x)),
    (x: number, y: number) => 1 / (1 + Math.exp(-x)) - y,
  ],
} as const;

const names = Object.keys(FAMILIES) as (keyof typeof FAMILIES)[];

/** Predictions, and targets in 0 … 1. */
function drawn(n: number): [Float32Array, Float32Array] {
  const next = random(n + 2);
  return [normals(n, n + 1).map((x) => 2 * x), Float32Array.from({ length: n }, next)];
}

/** Runs a kernel over blocks of x and y, in pieces; what stands in `out` afterwards. */
function run(
  [x, y]: readonly ArrayLike<number>[],
  options: { length?: number; units?: number; type?: DType; cuts?: number[] },
  kernel: (blocks: { x: number; y: number; out: number; length: number }, from: number, to: number) => void,
): number[] {
  const { length = x.length, type = "float32", cuts = [] } = options;
  const { units = length } = options;
  const [a, b, out] = [Block.of(x), Block.of(y), new Block(length, type)];
  [...cuts, units].reduce((from, to) => {
    kernel({ x: a.at, y: b.at, out: out.at, length: x.length }, from, to);
    return to;
  }, 0);
  const result = [...out.read()];
  for (const block of [a, b, out]) block.free();
  return result;
}

function expectClose(found: number[], expected: number[], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[i])));
  });
}

describe.each(builds)("losses, %s", (build) => {
  describe.each(names)("%s", (name) => {
    const [loss, slope] = FAMILIES[name];
    const chunksOf = kernels[`${name}Chunks`];

    it("every tail: each loss, their sum and mean, in any parts the same bits", () => {
      for (const n of TAILS) {
        const operands = drawn(n);
        const expected = [...operands[0]].map((x, i) => loss(x, operands[1][i]));
        const total = expected.reduce((sum, value) => sum + value, 0);
        withBuild(build, () => {
          const each = run(operands, {}, kernels[name]);
          expectClose(each, expected, 1e-6);
          expect(run(operands, { cuts: [Math.floor(n / 3), Math.floor(n / 2)] }, kernels[name])).toEqual(each);
          const sum = (divisor: number) =>
            run(operands, { length: 1 }, (r, from, to) => kernels[`${name}Sum`]({ ...r, length: n, divisor }, from, to));
          expectClose(sum(1), [total], 1e-6);
          if (n > 0) expectClose(sum(n), [total / n], 1e-6);
          else expect(sum(0)).toEqual([Number.NaN]);
          expect(run(operands, { length: 1, units: 0 }, (r, from, to) => kernels[`${name}Sum`]({ ...r, divisor: 1 }, from, to))).toEqual([
            77,
          ]);
        });
      }
    });

    it("chunks add up, in any parts", () => {
      for (const n of [1, CHUNK - 1, CHUNK, CHUNK + 1, 30_000]) {
        const operands = drawn(n);
        const length = Math.ceil(n / CHUNK);
        withBuild(build, () => {
          const sums = run(operands, { length, type: "float64" }, chunksOf);
          expect(run(operands, { length, type: "float64", cuts: [Math.min(1, length), Math.min(2, length)] }, chunksOf)).toEqual(sums);
          sums.forEach((sum, c) => {
            let expected = 0;
            for (let i = c * CHUNK; i < Math.min(n, (c + 1) * CHUNK); i++) expected += loss(operands[0][i], operands[1][i]);
            expect(Math.abs(sum - expected)).toBeLessThanOrEqual(4e-7 * expected);
          });
        });
      }
    });

    it("gradient, of a common g and of one for each element, in any parts", () => {
      for (const n of TAILS) {
        const operands = drawn(n);
        const g = Block.of([...normals(Math.max(1, n), 5)]);
        const factors = g.read();
        for (const gPerElement of [0, 1]) {
          const gradient = (cuts: number[]) =>
            run(operands, { cuts }, ({ x, y, out }, from, to) =>
              kernels[`${name}Grad`]({ x, y, out, g: g.at, scale: 0.25, gPerElement }, from, to),
            );
          withBuild(build, () => {
            const whole = gradient([]);
            expectClose(
              whole,
              [...operands[0]].map((x, i) => 0.25 * factors[gPerElement ? i : 0] * slope(x, operands[1][i])),
              2e-6,
            );
            expect(gradient([Math.floor(n / 3), Math.floor(n / 2)])).toEqual(whole);
          });
        }
        g.free();
      }
    });

    it("lets NaN through", () => {
      withBuild(build, () => {
        for (const [x, y] of [[Number.NaN, 0.5], [0.5, Number.NaN]]) expect(run([[x], [y]], {}, kernels[name])).toEqual([Number.NaN]); // biome-ignore format: one line
      });
    });
  });

  it("binaryCrossEntropy of infinite logits is the limit: 0 for a certain target, else ∞; its gradient is finite", () => {
    const cases = [
      ...[[Infinity, 0, Infinity, 1], [Infinity, 0.9, Infinity, 0.1], [Infinity, 1, 0, 0]],
      ...[[-Infinity, 0, 0, 0], [-Infinity, 0.1, Infinity, -0.1], [-Infinity, 1, Infinity, -1]],
    ]; // biome-ignore format: a table
    const [x, y, losses, slopes] = [0, 1, 2, 3].map((column) => cases.map((row) => row[column]));
    const g = Block.of([1]);
    withBuild(build, () => {
      expect(run([x, y], {}, kernels.binaryCrossEntropy)).toEqual(losses);
      const gradient = run([x, y], {}, ({ x, y, out }, from, to) =>
        kernels.binaryCrossEntropyGrad({ x, y, out, g: g.at, scale: 1, gPerElement: 0 }, from, to),
      );
      for (const [i, slope] of gradient.entries()) expect(slope).toBeCloseTo(slopes[i], 6);
    });
    g.free();
  });

  it.each(names)("%s: losses that are finite have a finite mean, though sixteen of them add to more than float32 holds", (name) => {
    const x = new Float32Array(100).fill(name === "squaredError" ? 1e19 : 1e38);
    const y = new Float32Array(100);
    const [loss] = run([x, y], { length: 1, units: 1 }, (r, from, to) => {
      withBuild(build, () => kernels[`${name}Sum`]({ ...r, divisor: 100 }, from, to));
    });
    expect(loss).toBeCloseTo(1e38, -32);
  });

  it("squaredErrorSum has the bits of sum over the losses", () => {
    for (const n of [1, 5, 31, 32, 33, 1000]) {
      const operands = drawn(n);
      withBuild(build, () => {
        const losses = Block.of(run(operands, {}, kernels.squaredError));
        const out = new Block(1);
        kernels.sum({ x: losses.at, out: out.at, reduced: n, inner: 1, divisor: n, beta: 0 }, 0, 1);
        const fused = run(operands, { length: 1 }, (r, from, to) => kernels.squaredErrorSum({ ...r, length: n, divisor: n }, from, to));
        // The twin keeps float64 where a stored loss is rounded.
        if (build === "js") expect(fused[0]).toBeCloseTo(out.read()[0], 5);
        else expect(fused).toEqual([...out.read()]);
        losses.free();
        out.free();
      });
    }
  });

  it("binaryCrossEntropy keeps its digits at both ends", () => {
    withBuild(build, () => {
      const ends = [[-80, 80, -80, 80, 1e30], [0, 1, 1, 0, 1]]; // biome-ignore format: one line
      const small = Math.exp(-80);
      const losses = run(ends, {}, kernels.binaryCrossEntropy);
      [small, small, 80, 80, 0].forEach((expected, i) => {
        expect(Math.abs(losses[i] - expected)).toBeLessThanOrEqual(1e-6 * expected);
      });
      const one = Block.of([1]);
      const slopes = run(ends, {}, ({ x, y, out }, from, to) =>
        kernels.binaryCrossEntropyGrad({ x, y, out, g: one.at, scale: 1, gPerElement: 0 }, from, to),
      );
      [small, -small, -1, 1, 0].forEach((expected, i) => {
        expect(Math.abs(slopes[i] - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected));
      });
      one.free();
    });
  });
});
