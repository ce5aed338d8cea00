import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Axes,
  grad,
  logSumExp,
  mean,
  norm,
  prod,
  type ReductionOptions,
  std,
  sum,
  type Tensor,
  tensor,
  variance,
  zeros,
} from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { flat, naive, positions, shapes, uniform } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const power = (values: readonly number[], p: number): number => total(values.map((value) => Math.abs(value) ** p)) ** (1 / p);
const spread = (values: readonly number[], correction: number): number => {
  const mean = total(values) / values.length;
  return total(values.map((value) => (value - mean) ** 2)) / Math.max(0, values.length - correction);
};

type Reduction = (x: Tensor, axes?: Axes, options?: ReductionOptions) => Tensor;

/** Each reduction and its definition over a list of numbers. */
const REDUCTIONS: Record<string, [Reduction, (values: readonly number[]) => number]> = {
  sum: [sum, total],
  mean: [mean, (values) => total(values) / values.length],
  prod: [prod, (values) => values.reduce((product, value) => product * value, 1)],
  logSumExp: [logSumExp, (values) => Math.log(total(values.map(Math.exp)))],
  variance: [(x, axes, options) => variance(x, axes, options), (values) => spread(values, 1)],
  "variance, biased": [(x, axes, options) => variance(x, axes, { correction: 0, ...options }), (values) => spread(values, 0)],
  std: [(x, axes, options) => std(x, axes, options), (values) => Math.sqrt(spread(values, 1))],
  "norm 1": [(x, axes, options) => norm(x, axes, { p: 1, ...options }), (values) => power(values, 1)],
  "norm 2": [(x, axes, options) => norm(x, axes, { p: 2, ...options }), (values) => power(values, 2)],
  "norm 3": [(x, axes, options) => norm(x, axes, { p: 3, ...options }), (values) => power(values, 3)],
  "norm 0.5": [(x, axes, options) => norm(x, axes, { p: 0.5, ...options }), (values) => power(values, 0.5)],
  "norm ∞": [
    (x, axes, options) => norm(x, axes, { p: Number.POSITIVE_INFINITY, ...options }),
    (values) => Math.max(0, ...values.map(Math.abs)),
  ],
};

const cases = shapes({ maxRank: 5, max: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axes: fc.option(
      fc.subarray([...shape.keys()]).chain((axes) => fc.shuffledSubarray(axes, { minLength: axes.length })),
      { nil: undefined },
    ),
    negative: fc.boolean(),
    keepDims: fc.boolean(),
    seed: fc.nat(),
  }),
);

const EMPTY: Record<string, number> = {
  sum: 0,
  mean: Number.NaN,
  prod: 1,
  logSumExp: Number.NEGATIVE_INFINITY,
  variance: Number.NaN,
  std: Number.NaN,
};

for (const [name, [reduce, definition]] of Object.entries(REDUCTIONS)) {
  describe(name, () => {
    test("any shape and axes, also empty ones", () => {
      fc.assert(
        fc.property(cases, ({ shape, axes, negative, keepDims, seed }) => {
          const x = uniform(shape, seed);
          const reduced = axes ?? [...shape.keys()];
          const kept = shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent));
          const inner = positions(shape.filter((_, axis) => reduced.includes(axis)));
          const order = [...reduced].sort((a, b) => a - b);
          const expected = naive(
            kept,
            (position) =>
              definition(
                inner.map(
                  (part) =>
                    x.data[
                      flat(
                        shape,
                        position.map((i, axis) => (order.includes(axis) ? part[order.indexOf(axis)] : i)),
                      )
                    ],
                ),
              ),
            "float64",
          );
          const named = axes?.map((axis) => (negative ? axis - shape.length : axis));
          for (const build of builds) {
            const found = withBuild(build, () => reduce(x, named, { keepDims }));
            expect(found.shape).toEqual(keepDims ? kept : shape.filter((_, axis) => !reduced.includes(axis)));
            expectClose(build, found.reshape(kept), expected, 1e-5);
          }
        }),
        { numRuns: 40, seed: 7 },
      );
    });
    for (const n of [1, 3, 4, 5, 17, 64]) {
      if (n === 1 && /variance|std/.test(name)) continue;
      test(`rows and columns of ${n}, with gradients`, () => {
        checkOp({ op: (x) => reduce(x, 1), shapes: [[2, n]], result: [2], range: [0.5, 1.5] });
        checkOp({ op: (x) => reduce(x, 0, { keepDims: true }), shapes: [[n, 3]], result: [1, 3], range: [-1.5, -0.5] });
      });
    }
    test("gradient over several axes, neighbours or not", () => {
      checkOp({ op: (x) => reduce(x, [0, 1]), shapes: [[2, 3, 2]], result: [2], range: [0.5, 1.5] });
      checkOp({ op: (x) => reduce(x, [2, 0], { keepDims: true }), shapes: [[2, 3, 2]], result: [1, 3, 1], range: [0.5, 1.5] });
      checkOp({ op: (x) => reduce(x), shapes: [[3, 2]], result: [], range: [0.5, 1.5] });
    });
    test("nothing", () => {
      const value = EMPTY[name.split(",")[0]] ?? 0;
      for (const build of builds) {
        withBuild(build, () => {
          expect(reduce(zeros([2, 0]), 1).toArray()).toEqual([value, value]);
          expect(reduce(zeros([0, 2]), 1).toArray()).toEqual([]);
          expect(reduce(zeros([0])).item()).toBe(value);
        });
      }
      const x = zeros([2, 0], { requiresGrad: true });
      expect(grad(reduce(x), x)[0].shape).toEqual([2, 0]);
    });
    test("eight axes", () => {
      const x = uniform([2, 1, 2, 1, 2, 1, 2, 2]);
      const all = reduce(x.reshape([4, 8]).permute([0, 1]), 1);
      expectClose(name, reduce(x, [4, 5, 6, 7]).flatten(), all.data, 1e-6);
    });
    test("integers", () => {
      const found = reduce(
        tensor(
          [
            [1, 2],
            [3, 5],
          ],
          { dtype: "uint8" },
        ),
        1,
      );
      expect(found.dtype).toBe(name === "sum" || name === "prod" ? "float64" : "float32");
      expectClose(name, found, [definition([1, 2]), definition([3, 5])]);
    });
    test("errors", () => {
      const op = name.split(/[ ,]/)[0];
      const x = zeros([2, 3]);
      expect(failure(() => reduce(x, 2))).toBe(`INDEX ${op}: axis 2 is outside shape [2, 3]; expected a whole number from -2 to 1.`);
      expect(failure(() => reduce(x, [0, -2]))).toBe(`SHAPE ${op}: axis 0 is named twice in [0,-2].`);
      for (const axes of [null, "1", true]) {
        expect(failure(() => reduce(x, axes as never))).toBe(
          `ARGUMENT ${op}: axes is ${typeof axes === "string" ? '"1"' : axes}; expected an array. Write ${op}(0) or ${op}([0, 1]).`,
        );
      }
      expect(failure(() => reduce([1] as never))).toBe(
        `ARGUMENT ${op}: x is an array of length 1; expected a tensor. Wrap it with tensor(…).`,
      );
    });
  });
}

test("no axes at all reduce nothing", () => {
  const x = uniform([2, 3]);
  expect(x.sum([]).data).toEqual(x.data);
  expect(x.mean([], { keepDims: true }).shape).toEqual([2, 3]);
  expect(tensor(-3).norm().item()).toBe(3);
});

describe("long sums", () => {
  const n = 100_003;
  test("keep their digits, in chunks", () => {
    const x = tensor(Float32Array.from({ length: n }, (_, i) => 1 + (i % 7) * 1e-3));
    const exact = total([...x.data]);
    for (const build of builds) {
      withBuild(build, () => {
        expect(x.sum().item()).toBe(Math.fround(exact));
        expect(x.mean().item()).toBe(Math.fround(exact / n));
      });
    }
  });
  test("gradient", () => {
    const x = tensor(new Float32Array(n).fill(2), { requiresGrad: true });
    const gradient = grad(x.mean(), x)[0].data;
    expect(new Set(gradient)).toEqual(new Set([Math.fround(1 / n)]));
  });
  test("integers", () => expect(tensor(new Int32Array(n).fill(3)).sum().item()).toBe(3 * n));
});

describe("prod", () => {
  const gradientOf = (values: number[]): number[] => {
    const x = tensor(values, { requiresGrad: true });
    return grad(x.prod(), x)[0].toArray() as number[];
  };
  test("gradient with zeros", () => {
    expect(gradientOf([2, 0, 3])).toEqual([0, 6, 0]);
    expect(gradientOf([0, 0, 3])).toEqual([0, 0, 0]);
    expect(gradientOf([0])).toEqual([1]);
    expect(gradientOf([2, 3, 4, 5, 6])).toEqual([360, 240, 180, 144, 120]);
  });
  test("second derivative with zeros", () => {
    const x = tensor([0, 0, 3], { requiresGrad: true });
    const [dx] = grad(x.prod(), x, { createGraph: true });
    // ∂²/∂x₀∂x₁ = x₂ = 3.
    expect(grad(dx.slice([0]), x)[0].toArray()).toEqual([0, 3, 0]);
  });
  test("of bools counts in int32", () => expect(tensor([true, true]).prod().dtype).toBe("int32"));
});

describe("logSumExp", () => {
  test("of great and infinite numbers", () => {
    for (const build of builds) {
      withBuild(build, () => {
        expectClose(build, tensor([1000, 1000]).logSumExp(), [1000 + Math.LN2]);
        expect(tensor([-Infinity, -Infinity]).logSumExp().item()).toBe(-Infinity);
        expect(tensor([Infinity, 0]).logSumExp().item()).toBe(Infinity);
        expect(tensor([Number.NaN, 0]).logSumExp().item()).toBeNaN();
      });
    }
  });
});

describe("variance and std", () => {
  test("of one element: NaN unless biased", () => {
    expect(tensor([5]).variance().item()).toBeNaN();
    expect(tensor([5]).variance(0, { correction: 0 }).item()).toBe(0);
    expect(tensor([1, 3]).variance(0, { correction: 3 }).item()).toBe(Infinity);
  });
  test("a fractional correction", () => expectClose("1.5", tensor([1, 2, 3, 4]).variance(0, { correction: 1.5 }), [2]));
  test("the gradient of std is 0 where all are equal", () => {
    const x = tensor(
      [
        [2, 2],
        [1, 3],
      ],
      { requiresGrad: true },
    );
    expectClose("std", grad(x.std(1).sum(), x)[0], [0, 0, -Math.SQRT1_2, Math.SQRT1_2]);
  });
  test("far from zero", () => expectClose("1e4", tensor([10000, 10001, 10002]).variance(), [1]));
  test("errors", () => {
    const x = zeros([3]);
    expect(failure(() => x.variance(0, { correction: -1 }))).toBe("ARGUMENT variance: correction is -1; expected a number ≥ 0.");
    expect(failure(() => x.std(0, { correction: Number.NaN }))).toBe("ARGUMENT std: correction is NaN; expected a number ≥ 0.");
    expect(failure(() => x.variance(0, { keepdim: true } as never))).toBe(
      'ARGUMENT variance: unknown option "keepdim". Known: correction, keepDims. Did you mean "keepDims"?',
    );
    expect(failure(() => x.std(0, true as never))).toBe(
      "ARGUMENT std: the options are true; expected an object. Write std(0, { keepDims: true }).",
    );
  });
});

describe("norm", () => {
  const gradientOf = (values: number[], p: number): number[] => {
    const x = tensor(values, { requiresGrad: true });
    return grad(x.norm({ p }), x)[0].toArray() as number[];
  };
  test("gradient at 0 and between equals", () => {
    for (const p of [0.5, 1, 1.5, 2, 3, Infinity]) expect(gradientOf([0, 0], p).map(Math.abs)).toEqual([0, 0]);
    expect(gradientOf([0, -4], 2)).toEqual([0, -1]);
    expect(gradientOf([0, -4], 0.5)).toEqual([0, -1]);
    expect(gradientOf([3, -3, 1], Infinity)).toEqual([0.5, -0.5, 0]);
  });
  test("of numbers whose squares overflow", () => expectClose("1e30", tensor([3e30, 4e30]).norm().div(1e30), [5]));
  test("errors", () => {
    for (const p of [0, -1, Number.NaN]) {
      expect(failure(() => zeros([3]).norm({ p }))).toBe(`ARGUMENT norm: p is ${p}; expected a number > 0.`);
    }
    expect(failure(() => zeros([2, 2]).norm(2, 1 as never))).toBe(
      "ARGUMENT norm: the options are 1; expected an object. Write norm(1, { p: 2 }).",
    );
  });
});
