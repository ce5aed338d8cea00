import { describe, expect, test } from "vitest";
import { groupKFold, kFold, stratifiedKFold, timeSeriesFolds } from "../../src/data.js";
import { arange, tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

type Rows = { train: Int32Array; validation: Int32Array };

/** The validation samples of each fold; those of training must be all the others. */
function validations(folds: Iterable<Rows>, n: number): number[][] {
  return [...folds].map(({ train, validation }) => {
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    return [...validation];
  });
}

// The folds without shuffling are those of scikit-learn 1.5 (its user guide prints most of them).
describe("kFold", () => {
  test("runs of neighbours, the first ones longer", () =>
    expect(validations(kFold(10, { folds: 3 }), 10)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]));

  test("shuffled: by the seed, each sample once", () => {
    const run = (seed: number): number[][] => validations(kFold(20, { folds: 4, shuffle: true, seed }), 20);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(
      run(1)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual([...arange(20).data]);
    expect(run(1)).not.toEqual(validations(kFold(20, { folds: 4 }), 20));
  });

  test("of data: the same parts, copied; walked again they are the same", () => {
    const folds = kFold({ x: arange(6).reshape([3, 2]), y: [7, 8, 9] }, { folds: 3 });
    for (let again = 0; again < 2; again++) {
      const [, second] = folds;
      expect(second.train.x.toArray()).toEqual([
        [0, 1],
        [4, 5],
      ]);
      expect(second.validation.y.toArray()).toEqual([8]);
    }
  });

  test("wrong calls", () => {
    expect(failure(() => kFold(4))).toBe("ARGUMENT kFold: folds is 5; expected at most the number of samples, 4.");
    expect(failure(() => kFold(4, { folds: 1 }))).toMatch(/folds is 1; expected a whole number ≥ 2/);
    expect(failure(() => kFold(2.5))).toMatch(/^ARGUMENT kFold: the number of samples is 2\.5/);
    expect(failure(() => kFold({ x: [1, 2], y: [1] }))).toMatch(/^SHAPE kFold: y has shape \[1\]; expected \[2, …\]/);
    expect(failure(() => kFold(9, { n_splits: 3 } as never))).toMatch(/Did you mean "folds"\?/);
  });
});

describe("stratifiedKFold", () => {
  test("scikit-learn's folds", () => {
    expect(validations(stratifiedKFold(4, { folds: 2, labels: [0, 0, 1, 1] }), 4)).toEqual([
      [0, 2],
      [1, 3],
    ]);
    const labels = Array.from({ length: 50 }, (_, i) => Number(i >= 45));
    const counts = validations(stratifiedKFold(50, { folds: 3, labels }), 50).map((rows) => [
      rows.filter((row) => row < 45).length,
      rows.filter((row) => row >= 45).length,
    ]);
    expect(counts).toEqual([
      [15, 2],
      [15, 2],
      [15, 1],
    ]);
    const letters = ["b", "a", "b", "c", "a", "a", "b", "c", "a", "b"];
    expect(validations(stratifiedKFold(10, { folds: 3, labels: letters }), 10)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
  });

  test("shuffled: the same shares, other samples; labels from y", () => {
    const y = tensor(
      Array.from({ length: 60 }, (_, i) => i % 3),
      { dtype: "int32" },
    );
    for (const { validation } of stratifiedKFold({ x: arange(60), y }, { folds: 5, shuffle: true, seed: 3 })) {
      expect([0, 1, 2].map((label) => [...validation.y.data].filter((found) => found === label).length)).toEqual([4, 4, 4]);
    }
  });

  test("wrong calls", () => {
    expect(failure(() => stratifiedKFold(4, { labels: [0, 0, 1, 1] }))).toMatch(
      /folds is 5; expected at most the samples of the largest class, 2/,
    );
    expect(failure(() => stratifiedKFold(4))).toMatch(
      /^ARGUMENT stratifiedKFold: the labels are undefined; expected a list with one for each sample, \[4\]/,
    );
    expect(failure(() => stratifiedKFold(4, { folds: 2, labels: [0, 1] }))).toBe(
      "SHAPE stratifiedKFold: there are 4 samples, but 2 labels.",
    );
    expect(failure(() => stratifiedKFold({ x: [1, 2], y: [[1], [2]] }, { folds: 2 }))).toMatch(/the labels have shape \[2, 1\]/);
  });
});

describe("groupKFold", () => {
  test("scikit-learn's folds", () => {
    expect(validations(groupKFold(10, { folds: 3, groups: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3] }), 10)).toEqual([
      [6, 7, 8, 9],
      [3, 4, 5],
      [0, 1, 2],
    ]);
    const groups = ["a", "b", "c", "a", "d", "e", "a", "b", "f"];
    const folds = validations(groupKFold(9, { folds: 2, groups }), 9);
    expect(folds).toEqual([
      [0, 2, 3, 5, 6],
      [1, 4, 7, 8],
    ]);
    const [first, second] = folds.map((rows) => new Set(rows.map((row) => groups[row])));
    expect([...first].filter((group) => second.has(group))).toEqual([]);
  });

  test("wrong calls", () => {
    expect(failure(() => groupKFold(4, { folds: 3, groups: [0, 0, 1, 1] }))).toBe(
      "ARGUMENT groupKFold: folds is 3; expected at most the number of groups, 2.",
    );
    expect(failure(() => groupKFold(4, {} as never))).toMatch(/^ARGUMENT groupKFold: groups is undefined; expected a list of groups/);
  });
});

describe("timeSeriesFolds", () => {
  const run = (n: number, options: object): number[][][] =>
    [...timeSeriesFolds(n, options)].map(({ train, validation }) => [[...train], [...validation]]);

  test("scikit-learn's folds", () => {
    expect(run(6, { folds: 3 })).toEqual([
      [[0, 1, 2], [3]],
      [[0, 1, 2, 3], [4]],
      [[0, 1, 2, 3, 4], [5]],
    ]);
    expect(run(12, { folds: 3, validationSize: 2, gap: 2 })).toEqual([
      [
        [0, 1, 2, 3],
        [6, 7],
      ],
      [
        [0, 1, 2, 3, 4, 5],
        [8, 9],
      ],
      [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [10, 11],
      ],
    ]);
    expect(run(7, { folds: 2, maxTrainSize: 2 })).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [3, 4],
        [5, 6],
      ],
    ]);
  });

  test("of data, and wrong calls", () => {
    const [{ train, validation }] = timeSeriesFolds({ x: arange(6) }, { folds: 2 });
    expect([train.x.toArray(), validation.x.toArray()]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(failure(() => timeSeriesFolds(4))).toMatch(
      /^ARGUMENT timeSeriesFolds: 5 folds of 1 samples and a gap of 0 leave none of 4 to train on/,
    );
    expect(failure(() => timeSeriesFolds(6, { folds: 3, gap: 3 }))).toMatch(/Ask for fewer folds/);
  });
});
