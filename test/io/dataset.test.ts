import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, ShapeError } from "../../src/errors/errors.js";
import { memory } from "../../src/graph/statistics.js";
import { type Labelled, trainTestSplit, trainValidationTestSplit } from "../../src/io/dataset.js";
import { arange, ones, tensor, zeros } from "../../src/tensor/creation.js";
import { rand } from "../../src/tensor/random.js";
import { manualSeed } from "../../src/tensor/seed.js";
import type { Tensor } from "../../src/tensor/tensor.js";
import { failure } from "../support/errors.js";

/** n samples that know their number, with labels i % 3. */
const samples = (n: number): Labelled => ({
  x: tensor(
    Float32Array.from({ length: 2 * n }, (_, i) => (i >> 1) + (i & 1) / 2),
    { shape: [n, 2] },
  ),
  y: tensor(Int32Array.from({ length: n }, (_, i) => i % 3)),
});
const rows = (x: Tensor) => Array.from({ length: x.shape[0] }, (_, i) => x.view()[2 * i]);

test("parts stay together, and every sample is in one part", () => {
  const { train, test: held } = trainTestSplit(samples(10), { test: 0.3 });
  expect([train.x.shape, train.y.shape, held.x.shape, held.y.shape]).toEqual([[7, 2], [7], [3, 2], [3]]);
  expect([train.x.dtype, train.y.dtype]).toEqual(["float32", "int32"]);
  expect([...rows(train.x), ...rows(held.x)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const { x, y } of [train, held]) expect([...y.view()]).toEqual(rows(x).map((i) => i % 3));
});

test.each([
  [100, 0.145, 15],
  [100, 0.29, 29],
  [1000, 0.0285, 29],
])("a share of %i samples of %d is rounded as the decimal: %i", (n, share, size) =>
  expect(trainTestSplit({ x: arange(n) }, { test: share }).test.x.size).toBe(size),
);

test("any split covers all samples once, with the sizes and shares asked for", () => {
  const any = fc.record({
    labels: fc.array(fc.nat(4), { minLength: 3, maxLength: 60 }),
    validation: fc.integer({ min: 1, max: 20 }),
    test: fc.integer({ min: 1, max: 20 }),
    shuffle: fc.boolean(),
    stratify: fc.boolean(),
    seed: fc.maxSafeNat(),
  });
  fc.assert(
    fc.property(any, ({ labels, ...options }) => {
      const n = labels.length;
      fc.pre(options.test + options.validation < n);
      const data = { x: arange(n), y: tensor(labels, { dtype: "int32" }) };
      const { train, validation, test: held } = trainValidationTestSplit(data, options);
      const parts = [train, validation, held];
      const sizes = [n - options.test - options.validation, options.validation, options.test];
      expect(parts.map(({ x }) => x.size)).toEqual(sizes);
      expect(parts.flatMap(({ x }) => [...x.view()]).sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
      for (const { x, y } of parts) expect([...y.view()]).toEqual([...x.view()].map((i) => labels[i]));
      if (!options.shuffle) for (const { x } of parts) expect([...x.view()]).toEqual([...x.view()].sort((a, b) => a - b));
      if (!options.stratify) return;
      for (const label of new Set(labels)) {
        const count = (y: ArrayLike<number>) => Array.from(y).filter((one) => one === label).length;
        expect(Math.abs(count(held.y.view()) - (options.test * count(labels)) / n)).toBeLessThan(1);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("the seed alone decides", () => {
  const split = (seed?: number) => rows(trainTestSplit(samples(50), { test: 10, seed }).test.x);
  const first = split();
  manualSeed(7);
  rand([3]);
  expect(split()).toEqual(first);
  expect(split(0)).toEqual(first);
  expect(split(1)).not.toEqual(first);
  expect(split(2 ** 32)).not.toEqual(first);
  manualSeed(0);
});

test("a seed means the same split for ever", () => {
  expect([...trainTestSplit({ x: arange(10) }, { test: 4 }).test.x.view()]).toEqual([6, 5, 0, 7]);
});

test("the test samples do not depend on those for validation", () => {
  const { test: held } = trainTestSplit(samples(30), { test: 0.2, stratify: true });
  const three = trainValidationTestSplit(samples(30), { validation: 0.3, test: 0.2, stratify: true });
  expect(three.test.x.toArray()).toEqual(held.x.toArray());
});

test("without shuffling the last samples are the test samples", () => {
  const { train, validation, test: held } = trainValidationTestSplit({ x: arange(10) }, { validation: 2, test: 3, shuffle: false });
  expect([train, validation, held].map(({ x }) => x.toArray())).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6],
    [7, 8, 9],
  ]);
});

test("arrays, lists of tensors, weights and absent parts", () => {
  const y: number[] | undefined = undefined;
  const weight = tensor([1, 2, 3, 4], { dtype: "float64" });
  const { train } = trainTestSplit(
    { x: [arange(4), ones([4, 2])], features: [[1], [2], [3], [4]], weight, y },
    { test: 1, shuffle: false },
  );
  expect(train.x.map((one) => one.shape)).toEqual([[3], [3, 2]]);
  expect(train.features.toArray()).toEqual([[1], [2], [3]]);
  expect([train.weight.dtype, train.weight.toArray()]).toEqual(["float64", [1, 2, 3]]);
  expect("y" in train).toBe(false);
});

test("no linear memory is kept, and none is used for the elements", () => {
  const before = memory();
  const { train } = trainTestSplit({ x: ones([1000, 1000]) }, { test: 0.5 });
  expect(train.x.size).toBe(500_000);
  expect(memory()).toMatchObject({ liveBytes: before.liveBytes });
});

describe("refused", () => {
  test.each<[string, () => unknown, Error]>([
    [
      "an unknown option",
      () => trainTestSplit(samples(4), { test: 0.5, stratfy: true } as never),
      new ArgumentError('trainTestSplit: unknown option "stratfy". Known: test, shuffle, stratify, groups, seed. Did you mean "stratify"?'),
    ],
    [
      "no size",
      () => trainTestSplit(samples(4), {} as never),
      new ArgumentError("trainTestSplit: test is undefined; expected a share above 0 and below 1, or a whole number of samples."),
    ],
    [
      "a broken size",
      () => trainTestSplit(samples(4), { test: 1.5 }),
      new ArgumentError("trainTestSplit: test is 1.5; expected a share above 0 and below 1, or a whole number of samples."),
    ],
    [
      "a share that rounds to nothing",
      () => trainTestSplit(samples(4), { test: 0.1 }),
      new ArgumentError("trainTestSplit: of 4 samples 0 for test would leave 4 for train; no part may be empty."),
    ],
    [
      "sizes that leave nothing",
      () => trainValidationTestSplit(samples(4), { test: 2, validation: 0.5 }),
      new ArgumentError(
        "trainValidationTestSplit: of 4 samples 2 for test and 2 for validation would leave 0 for train; no part may be empty.",
      ),
    ],
    [
      "a broken seed",
      () => trainTestSplit(samples(4), { test: 1, seed: -1 }),
      new ArgumentError("trainTestSplit: seed is -1; expected a whole number ≥ 0."),
    ],
    [
      "parts of different lengths",
      () => trainTestSplit({ x: zeros([4, 2]), y: zeros([3]) }, { test: 1 }),
      new ShapeError("trainTestSplit: y has shape [3]; expected [4, …] as of x."),
    ],
    [
      "a scalar",
      () => trainTestSplit({ x: tensor(1) }, { test: 1 }),
      new ShapeError("trainTestSplit: x has shape []; expected samples along the first axis."),
    ],
    [
      "a tensor alone",
      () => trainTestSplit(zeros([4]) as never, { test: 1 }),
      new ArgumentError("trainTestSplit: the data are no object. Write { x, y }."),
    ],
    ["no parts", () => trainTestSplit({}, { test: 1 }), new ArgumentError("trainTestSplit: the data have no parts. Write { x, y }.")],
    [
      "strata without y",
      () => trainTestSplit({ x: zeros([4]) }, { test: 1, stratify: true }),
      new ShapeError("trainTestSplit: stratify needs the classes in y; there is no y, expected [n]. Take argmax(…) of one-hot rows."),
    ],
    [
      "strata of one-hot rows",
      () => trainTestSplit({ x: zeros([4]), y: zeros([4, 3]) }, { test: 1, stratify: true }),
      new ShapeError("trainTestSplit: stratify needs the classes in y; y has shape [4, 3], expected [n]. Take argmax(…) of one-hot rows."),
    ],
  ])("%s", (_, run, error) => {
    expect(run).toThrow(error);
  });
});

test("groups are in one part each; shares and numbers are of groups", () => {
  const groups = Array.from({ length: 30 }, (_, i) => `person ${i % 6}`);
  const data = { x: Array.from({ length: 30 }, (_, i) => i), y: Array.from({ length: 30 }, (_, i) => i % 6) };
  for (const seed of [0, 1]) {
    const { train, test } = trainTestSplit(data, { test: 1 / 3, groups, seed });
    const [left, right] = [train, test].map(({ y }) => new Set(y.data));
    expect([left.size, right.size]).toEqual([4, 2]);
    expect([...left].filter((group) => right.has(group))).toEqual([]);
    expect([...train.x.data, ...test.x.data].sort((a, b) => a - b)).toEqual(data.x);
  }
  expect([...new Set(trainTestSplit(data, { test: 2, groups, shuffle: false }).test.y.data)]).toEqual([4, 5]);
  expect(failure(() => trainTestSplit(data, { test: 6, groups }))).toMatch(/of 6 groups 6 for test would leave 0 for train/);
  expect(failure(() => trainTestSplit(data, { test: 2, groups: [1] }))).toMatch(
    /^SHAPE trainTestSplit: there are 30 samples, but 1 groups/,
  );
  expect(failure(() => trainTestSplit(data, { test: 2, groups, stratify: true }))).toMatch(/stratify and groups are both given/);
});
