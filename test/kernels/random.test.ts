import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import { philox } from "../../src/kernels/js/random.js";
import { views } from "../../src/memory/memory.js";
import { Block, builds, normals, withBuild } from "../support/kernels.js";

const KEY = { key0: 0xa4093822, key1: 0x299f31d0 };
const SIZES = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 1023, 1024, 1025, 2500];

/** A cell that holds a 64-bit counter. */
function counterCell(low: number, high = 0): Block {
  const cell = new Block(1, "float64");
  views.u32[cell.at / 4] = low;
  views.u32[cell.at / 4 + 1] = high;
  return cell;
}

type Kernel = (out: number, counter: number, from: number, to: number) => void;

const third = Block.of([0.3], "float64");
const input = Block.of(normals(3000, 1));
const KERNELS: Record<string, Kernel> = {
  randomBits: (out, counter, from, to) => kernels.randomBits({ out, counter, ...KEY }, from, to),
  uniform: (out, counter, from, to) => kernels.uniform({ out, counter, ...KEY, low: -0.3, high: 2.1 }, from, to),
  randint: (out, counter, from, to) => kernels.randint({ out, counter, ...KEY, low: -3, high: 10 }, from, to),
  dropout: (out, counter, from, to) => kernels.dropout({ x: input.at, out, counter, ...KEY, p: third.at }, from, to),
  normal: (out, counter, from, to) => kernels.normal({ out, counter, ...KEY, mean: 0, std: 1 }, from, to),
};

/** n elements of a kernel as 32-bit words, in parts that end at `cuts`. */
function words(kernel: Kernel, n: number, cuts: number[] = [], low = 0, high = 0): number[] {
  const out = new Block(n, "int32");
  const cell = counterCell(low, high);
  [...cuts, n].reduce((from, to) => {
    kernel(out.at, cell.at, from, to);
    return to;
  }, 0);
  const bits = [...out.read()];
  out.free();
  cell.free();
  return bits;
}

function floats(kernel: Kernel, n: number): Float32Array {
  return new Float32Array(Int32Array.from(words(kernel, n)).buffer);
}

/** Greatest distance between the distribution of a sample and the one wanted (Kolmogorov and Smirnov), times √n. */
function kolmogorov(sample: Float32Array, distribution: (x: number) => number): number {
  const sorted = sample.slice().sort();
  let most = 0;
  sorted.forEach((x, i) => {
    const p = distribution(x);
    most = Math.max(most, Math.abs(p - i / sorted.length), Math.abs((i + 1) / sorted.length - p));
  });
  return most * Math.sqrt(sorted.length);
}

const mean = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0) / x.length;

/** Φ by Simpson's rule. */
function normalCdf(x: number): number {
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  const steps = 200;
  const h = x / steps;
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i++) sum += (i % 2 ? 4 : 2) * density(i * h);
  return 0.5 + (sum * h) / 3;
}

describe("Philox 4×32-10", () => {
  it("gives the known answers of Random123", () => {
    const ones = 0xffffffff;
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });
});

describe.each(builds)("random numbers, %s", (build) => {
  it("randomBits lays four counters beside each other", () => {
    const zeros: Kernel = (out, counter, from, to) => kernels.randomBits({ out, counter, key0: 0, key1: 0 }, from, to);
    const bits = withBuild(build, () => words(zeros, 16)).map((word) => word >>> 0);
    expect([bits[0], bits[4], bits[8], bits[12]]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    for (const [low, high] of [
      [0xffffffff, 0xffffffff],
      [1, 0],
      [0x13198a2e, 0x03707344],
    ]) {
      const drawn = withBuild(build, () => words(KERNELS.randomBits, 48, [], low, high));
      drawn.forEach((word, i) => {
        const counter = 4 * (i >> 4) + (i & 3);
        expect(word >>> 0).toBe(philox([counter, 0, low, high], [KEY.key0, KEY.key1])[(i >> 2) & 3]);
      });
    }
  });

  for (const [name, kernel] of Object.entries(KERNELS)) {
    it.each(SIZES)(`${name}: element i of %i depends on i alone`, (n) => {
      withBuild(build, () => {
        const all = words(kernel, 2500).slice(0, n);
        expect(words(kernel, n)).toEqual(all);
        expect(words(kernel, n, [Math.floor(n / 3), Math.floor(n / 2)])).toEqual(all);
      });
    });

    if (name !== "normal") {
      it(`${name} has the bits of the twin`, () => {
        const twin = withBuild("js", () => words(kernel, 3000, [], 7, 1));
        expect(withBuild(build, () => words(kernel, 3000, [], 7, 1))).toEqual(twin);
      });
    }
  }

  it("normal is near the twin", () => {
    const twin = withBuild("js", () => floats(KERNELS.normal, 3000));
    const fast = withBuild(build, () => floats(KERNELS.normal, 3000));
    expect(Math.max(...fast.map((x, i) => Math.abs(x - twin[i])))).toBeLessThan(3e-6);
  });

  it("uniform numbers are uniform, in [low, high)", () => {
    const unit: Kernel = (out, counter, from, to) => kernels.uniform({ out, counter, ...KEY, low: 0, high: 1 }, from, to);
    const x = withBuild(build, () => floats(unit, 20000));
    expect(x.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(Math.abs(mean(x) - 0.5)).toBeLessThan(3 * Math.sqrt(1 / 12 / x.length));
    expect(kolmogorov(x, (value) => value)).toBeLessThan(1.63); // the 1 % point
    const narrow: Kernel = (out, counter, from, to) => kernels.uniform({ out, counter, ...KEY, low: 1, high: 1 + 2 ** -22 }, from, to);
    const y = withBuild(build, () => floats(narrow, 1000));
    expect(y.every((value) => value >= 1 && value < 1 + 2 ** -22)).toBe(true);
  });

  it("normal numbers are normal", () => {
    const x = withBuild(build, () => floats(KERNELS.normal, 20000));
    expect(Math.abs(mean(x))).toBeLessThan(3 / Math.sqrt(x.length));
    expect(Math.abs(mean(x.map((value) => value * value)) - 1)).toBeLessThan(3 * Math.sqrt(2 / x.length));
    expect(kolmogorov(x, normalCdf)).toBeLessThan(1.63);
    const pairs = x.map((value, i) => value * x[i ^ 4]); // what comes of one pair of uniforms is uncorrelated
    expect(Math.abs(mean(pairs))).toBeLessThan(3 / Math.sqrt(x.length));
  });

  it("randint is even over its range", () => {
    withBuild(build, () => {
      const counts = new Array(13).fill(0);
      for (const value of words(KERNELS.randint, 26000)) counts[value + 3]++;
      const chiSquared = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
      expect(chiSquared).toBeLessThan(26.2); // the 1 % point for 12 degrees of freedom
    });
  });

  it.each([0, 0.5, 1])("dropout with p = %d", (probability) => {
    const x = Block.of(new Float32Array(2000).fill(3));
    const p = Block.of([probability], "float64");
    const kernel: Kernel = (out, counter, from, to) => kernels.dropout({ x: x.at, out, counter, ...KEY, p: p.at }, from, to);
    const out = withBuild(build, () => floats(kernel, 2000));
    const kept = out.filter((value) => value !== 0);
    expect(kept.every((value) => value === 3 / (1 - probability))).toBe(true);
    expect(Math.abs(kept.length / 2000 - (1 - probability))).toBeLessThan(3 * Math.sqrt((probability * (1 - probability)) / 2000) + 1e-9);
    x.free();
    p.free();
  });

  it("streams and keys are independent", () => {
    withBuild(build, () => {
      const a = words(KERNELS.randomBits, 1000);
      const b = words(KERNELS.randomBits, 1000, [], 1);
      const c = words((out, counter, from, to) => kernels.randomBits({ out, counter, key0: KEY.key0 + 1, key1: KEY.key1 }, from, to), 1000);
      for (const other of [b, c]) expect(a.filter((word, i) => word === other[i]).length).toBe(0);
    });
  });
});
