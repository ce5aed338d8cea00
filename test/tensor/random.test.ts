import { beforeEach, describe, expect, test } from "vitest";
import { manualSeed, rand, randint, randn, randperm, type Tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];
const list = (x: Tensor): number[] => Array.from(x.data);

function moments(x: ArrayLike<number>): { mean: number; variance: number } {
  const n = x.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += x[i] / n;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += (x[i] - mean) ** 2 / n;
  return { mean, variance };
}

/** Draws of every kind. */
const kinds: Record<string, () => Tensor> = {
  rand: () => rand([33]),
  randn: () => randn([33]),
  randint: () => randint(-5, 1000, [33]),
  randperm: () => randperm(33),
};

beforeEach(() => manualSeed(11));

describe.each(Object.entries(kinds))("%s", (name, make) => {
  test("the same seed gives the same numbers, another seed others", () => {
    const first = [list(make()), list(make())];
    expect(first[0]).not.toEqual(first[1]);
    manualSeed(11);
    expect([list(make()), list(make())]).toEqual(first);
    for (const seed of [12, 0, 11 + 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      manualSeed(seed);
      expect(list(make())).not.toEqual(first[0]);
    }
  });

  test("does not depend on draws of other kinds in between", () => {
    const first = [list(make()), list(make())];
    manualSeed(11);
    const others = Object.entries(kinds).filter(([other]) => other !== name);
    for (const [, draw] of others) draw();
    const again = [list(make())];
    for (const [, draw] of others) draw();
    again.push(list(make()));
    expect(again).toEqual(first);
  });

  test("the JS twins and the kernels draw the same", () => {
    const [js, ...others] = builds.map((build) =>
      withBuild(build, () => {
        manualSeed(5);
        return list(make());
      }),
    );
    for (const other of others) {
      if (name !== "randn") expect(other).toEqual(js);
      else for (let i = 0; i < js.length; i++) expect(Math.abs(other[i] - js[i])).toBeLessThan(1e-5);
    }
  });
});

describe("rand", () => {
  test("uniform numbers in [0, 1)", () => {
    const x = rand([100000]);
    expect(x.dtype).toBe("float32");
    const { mean, variance } = moments(x.data);
    // Standard errors: 0.0009 and 0.0003.
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(0.004);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.0015);
    expect(x.min().item()).toBeGreaterThanOrEqual(0);
    expect(x.max().item()).toBeLessThan(1);
  });
  test("limits, shapes, types, gradients", () => {
    const x = rand([1000], { low: -3, high: 5 });
    expect([x.min().item() >= -3, x.max().item() < 5, x.max().item() > 4.5, x.min().item() < -2.5]).toEqual([true, true, true, true]);
    expect(rand([2, 0]).shape).toEqual([2, 0]);
    expect(rand([]).rank).toBe(0);
    const y = rand([3], { dtype: "float64", requiresGrad: true });
    expect([y.dtype, y.requiresGrad]).toEqual(["float64", true]);
    manualSeed(11);
    rand([1]);
    rand([2, 0]);
    expect(rand([1], { low: 1, high: 1 + 2 ** -20 }).item()).toBeLessThan(1 + 2 ** -20);
  });
  test.each<[string, () => unknown, string]>([
    ["crossed limits", () => rand([2], { low: 1, high: 1 }), "ARGUMENT rand: high is 1; expected a finite number above low (1)."],
    ["NaN", () => rand([2], { low: NAN }), "ARGUMENT rand: low is NaN; expected a finite number."],
    ["∞", () => rand([2], { high: INF }), "ARGUMENT rand: high is Infinity; expected a finite number."],
    [
      "an unknown option",
      () => rand([2], { max: 2 } as never),
      'ARGUMENT rand: unknown option "max". Known: low, high, dtype, requiresGrad.',
    ],
    ["null", () => rand([2], null as never), "ARGUMENT rand: the options are null; expected an object. Write { low: … }."],
    [
      "integers",
      () => rand([2], { dtype: "int32" }),
      "DTYPE rand: dtype is int32; expected float32 or float64. Use randint(low, high, shape) for whole numbers.",
    ],
    ["extents", () => rand(2 as never), "SHAPE rand: the shape is 2; expected an array of whole numbers. Write [2]."],
  ])("refuses %s", (_, make, expected) => expect(failure(make)).toBe(expected));
});

describe("randn", () => {
  test("normal numbers", () => {
    const x = randn([100000]).data as Float32Array;
    const { mean, variance } = moments(x);
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    const within = (bound: number): number => x.reduce((count, value) => count + (Math.abs(value) < bound ? 1 : 0), 0) / x.length;
    expect(within(1)).toBeCloseTo(0.6827, 2);
    expect(within(2)).toBeCloseTo(0.9545, 2);
    const neighbours = moments(Float32Array.from({ length: x.length - 1 }, (_, i) => x[i] * x[i + 1]));
    expect(Math.abs(neighbours.mean)).toBeLessThan(0.015);
  });
  test("mean, standard deviation, sizes, types", () => {
    const { mean, variance } = moments(randn([50000], { mean: 3, std: 0.5 }).data);
    expect(mean).toBeCloseTo(3, 1);
    expect(variance).toBeCloseTo(0.25, 1);
    expect(list(randn([3], { mean: 2, std: 0 }))).toEqual([2, 2, 2]);
    expect(randn([0]).size).toBe(0);
    expect(randn([2], { dtype: "float64" }).dtype).toBe("float64");
  });
  test.each<[string, () => unknown, string]>([
    ["a negative deviation", () => randn([2], { std: -1 }), "ARGUMENT randn: std is -1; expected a number ≥ 0."],
    ["no deviation", () => randn([2], { std: null as never }), "ARGUMENT randn: std is null; expected a number ≥ 0."],
    ["∞", () => randn([2], { mean: INF }), "ARGUMENT randn: mean is Infinity; expected a finite number."],
    [
      "an unknown option",
      () => randn([2], { stdev: 1 } as never),
      'ARGUMENT randn: unknown option "stdev". Known: mean, std, dtype, requiresGrad. Did you mean "std"?',
    ],
    [
      "bool",
      () => randn([2], { dtype: "bool" }),
      "DTYPE randn: dtype is bool; expected float32 or float64. Use randint(low, high, shape) for whole numbers.",
    ],
  ])("refuses %s", (_, make, expected) => expect(failure(make)).toBe(expected));
});

describe("randint", () => {
  test("whole numbers, all equally likely", () => {
    const x = randint(-2, 3, [50000]);
    expect(x.dtype).toBe("int32");
    const counts = new Map<number, number>();
    for (const value of x.data) counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    for (const count of counts.values()) expect(Math.abs(count - 10000)).toBeLessThan(500);
  });
  test("wide ranges, on every build", () => {
    for (const build of builds) {
      withBuild(build, () => {
        const x = randint(-(2 ** 31), 2 ** 31 - 1, [10000]).data;
        const { mean } = moments(Float64Array.from(x));
        expect(Math.abs(mean) / 2 ** 31, build).toBeLessThan(0.03);
        expect(x.some((value) => value > 2 ** 30) && x.some((value) => value < -(2 ** 30)), build).toBe(true);
        expect(Math.min(...randint(1, 2 ** 31, [1000]).data), build).toBeGreaterThan(0);
      });
    }
  });
  test.each<[string, () => unknown, string]>([
    ["fractions", () => randint(0.5, 3, [1]), "ARGUMENT randint: low is 0.5; expected a whole number ≥ −2³¹."],
    [
      "crossed limits",
      () => randint(3, 3, [1]),
      "ARGUMENT randint: high is 3; expected a whole number above low (3) and ≤ 2³¹, at most 2³² − 1 values.",
    ],
    [
      "too many values",
      () => randint(-(2 ** 31), 2 ** 31, [1]),
      "ARGUMENT randint: high is 2147483648; expected a whole number above low (-2147483648) and ≤ 2³¹, at most 2³² − 1 values.",
    ],
    [
      "numbers beyond int32",
      () => randint(0, 2 ** 40, [1]),
      "ARGUMENT randint: high is 1099511627776; expected a whole number above low (0) and ≤ 2³¹, at most 2³² − 1 values.",
    ],
    [
      "no limit",
      () => randint(3, [1] as never, undefined as never),
      "ARGUMENT randint: high is an array of length 1; expected a whole number above low (3) and ≤ 2³¹, at most 2³² − 1 values.",
    ],
    ["no shape", () => randint(0, 3, undefined as never), "SHAPE randint: the shape is undefined; expected an array of whole numbers."],
  ])("refuses %s", (_, make, expected) => expect(failure(make)).toBe(expected));
});

describe("randperm", () => {
  test.each([0, 1, 2, 5, 100])("of %i", (n) => {
    const x = randperm(n);
    expect([x.dtype, x.shape]).toEqual(["int32", [n]]);
    expect(list(x).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });
  test("every order is equally likely", () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = String(list(randperm(3)));
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
  test.each<[unknown, string]>([
    [1.5, "1.5"],
    [-1, "-1"],
    [NAN, "NaN"],
    ["3", '"3"'],
    [undefined, "undefined"],
  ])("refuses %j", (n, text) => {
    expect(failure(() => randperm(n as never))).toBe(`ARGUMENT randperm: n is ${text}; expected a whole number ≥ 0.`);
  });
  test("refuses what no array holds", () => {
    expect(failure(() => randperm(1e15))).toBe(
      "MEMORY randperm: 1000000000000000 elements of int32, 3725290.3 GiB, do not fit into one array. Split it.",
    );
  });
});

test("manualSeed takes whole numbers", () => {
  for (const [seed, text] of [
    [-1, "-1"],
    [0.5, "0.5"],
    [NAN, "NaN"],
    [2 ** 53, "9007199254740992"],
    ["1", '"1"'],
    [undefined, "undefined"],
  ]) {
    expect(failure(() => manualSeed(seed as never))).toBe(
      `ARGUMENT manualSeed: the seed is ${text}; expected a whole number from 0 to 2⁵³ − 1.`,
    );
  }
});
