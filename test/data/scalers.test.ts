import { describe, expect, test } from "vitest";
import { MaxAbsScaler, MinMaxScaler, preprocessorFrom, RobustScaler, StandardScaler } from "../../src/data.js";
import { standardize } from "../../src/datasets.js";
import { ones, randn, type Tensor, tensor, zeros } from "../../src/index.js";
import { failure } from "../support/errors.js";

function near(found: Tensor, expected: number[][], digits = 6): void {
  const rows = found.toArray() as number[][];
  expect(rows.length).toBe(expected.length);
  for (const [i, row] of expected.entries()) for (const [j, value] of row.entries()) expect(rows[i][j]).toBeCloseTo(value, digits);
}

// The examples of scikit-learn's documentation.
test("StandardScaler", () => {
  const scaler = new StandardScaler().fit([
    [0, 0],
    [0, 0],
    [1, 1],
    [1, 1],
  ]);
  expect([scaler.shift.toArray(), scaler.scale.toArray()]).toEqual([
    [0.5, 0.5],
    [0.5, 0.5],
  ]);
  expect(scaler.transform([[2, 2]]).toArray()).toEqual([[3, 3]]);
  expect(new StandardScaler({ center: false }).fitTransform([[1], [3]]).toArray()).toEqual([[1], [3]]);
  expect(new StandardScaler({ scale: false }).fitTransform([[1], [5]]).toArray()).toEqual([[-2], [2]]);
});

test("StandardScaler is `standardize`, also of channels", () => {
  const x = randn([5, 3, 2, 2]);
  for (const axes of [0, [0, 2, 3]] as const) {
    const [ours, theirs] = [new StandardScaler({ axes }).fit(x), standardize(x, { axes })];
    expect(ours.transform(x).toArray()).toEqual(theirs.transform(x).toArray());
  }
});

test("MinMaxScaler", () => {
  const scaler = new MinMaxScaler();
  const data = [
    [-1, 2],
    [-0.5, 6],
    [0, 10],
    [1, 18],
  ];
  expect(scaler.fitTransform(data).toArray()).toEqual([
    [0, 0],
    [0.25, 0.25],
    [0.5, 0.5],
    [1, 1],
  ]);
  expect(scaler.transform([[2, 2]]).toArray()).toEqual([[1.5, 0]]);
  expect(
    new MinMaxScaler({ clip: true })
      .fit(data)
      .transform([[2, -7]])
      .toArray(),
  ).toEqual([[1, 0]]);
  near(new MinMaxScaler({ range: [-2, 3] }).fit(data).transform([[0, 18]]), [[0.5, 3]]);
});

test("RobustScaler", () => {
  const data = [
    [1, -2, 2],
    [-2, 1, 3],
    [4, 1, -2],
  ];
  near(new RobustScaler().fitTransform(data), [
    [0, -2, 0],
    [-1, 0, 0.4],
    [1, 0, -1.6],
  ]);
  // numpy.percentile of 1, 2, 4, 8 at 10 and 90: 1.3 and 6.8; the median is 3.
  near(new RobustScaler({ quantileRange: [10, 90] }).fit([[1], [2], [4], [8]]).transform([[8.5]]), [[1]]);
  near(new RobustScaler({ center: false, scale: false }).fitTransform([[7], [9]]), [[7], [9]]);
});

test("MaxAbsScaler", () =>
  expect(
    new MaxAbsScaler()
      .fitTransform([
        [1, -1, 2],
        [2, 0, 0],
        [0, 1, -1],
      ])
      .toArray(),
  ).toEqual([
    [0.5, -1, 1],
    [1, 0, 0],
    [0, 1, -0.5],
  ]));

const KINDS = [
  { Kind: StandardScaler, options: { axes: [0, 2] } },
  { Kind: MinMaxScaler, options: { range: [-1, 1] as const, axes: [0, 2] } },
  { Kind: RobustScaler, options: { quantileRange: [10, 80] as const } },
  { Kind: MaxAbsScaler, options: { axes: [0, 1, 2] } },
];

describe.each(KINDS)("$Kind.name", ({ Kind, options }) => {
  const x = randn([20, 3, 2]).mul(5).add(2);

  test("inverse takes transform back; types are kept", () => {
    const scaler = new Kind(options).fit(x);
    expect(scaler.inverse(scaler.transform(x)).sub(x).abs().max().item()).toBeLessThan(1e-5);
    expect(scaler.transform(x.cast("float64")).dtype).toBe("float64");
    expect(scaler.transform(ones([2, 3, 2], { dtype: "int32" })).dtype).toBe("float32");
    expect(scaler.transform(zeros([0, 3, 2])).shape).toEqual([0, 3, 2]);
  });

  test("is saved as JSON and made again, learned or not", () => {
    const again = preprocessorFrom<InstanceType<typeof Kind>>(JSON.stringify(new Kind(options).fit(x)));
    expect(again).toBeInstanceOf(Kind);
    expect(again.transform(x).toArray()).toEqual(new Kind(options).fit(x).transform(x).toArray());
    expect(again.toJSON()).toEqual(new Kind(options).fit(x).toJSON());
    const fresh = preprocessorFrom(JSON.stringify(new Kind(options)));
    expect(fresh.fitted).toBe(false);
    expect(fresh.fit(x).toJSON()).toEqual(again.toJSON());
  });

  test("a feature that does not vary, large numbers", () => {
    for (const value of new Kind().fitTransform([[0], [0]]).data) expect(value).toBe(0);
    const times = [[1.7e12], [1.7e12 + 1], [1.7e12 + 2]];
    const { shift, scale } = new Kind().fit(times);
    expect((times[2][0] - shift.item()) / scale.item()).not.toBe((times[1][0] - shift.item()) / scale.item());
  });

  test("wrong calls", () => {
    const name = Kind.name;
    expect(failure(() => new Kind().transform(x))).toBe(
      `ARGUMENT ${name}.transform: it has not learned anything yet. Call fit(trainingData) first.`,
    );
    const scaler = new Kind(options).fit(x);
    expect(failure(() => scaler.transform([[1]]))).toMatch(
      new RegExp(`^SHAPE ${name}.transform: x has shape \\[1, 1\\]; expected \\[n, 3, 2\\]`),
    );
    expect(failure(() => new Kind().fit(tensor([1, Number.NaN])))).toMatch(
      new RegExp(`^ARGUMENT ${name}.fit: x holds NaN at sample 1, element 0`),
    );
    expect(failure(() => new Kind().fit(zeros([0, 2])))).toMatch(new RegExp(`^SHAPE ${name}.fit: x has shape \\[0, 2\\]`));
    expect(failure(() => new Kind({ bogus: 1 } as never))).toMatch(new RegExp(`^ARGUMENT ${name}: unknown option "bogus"`));
    expect(failure(() => new Kind({ axes: [1] }).fit(x))).toMatch(/the axes are \[1\]; 0, the samples, must be among them/);
    const json = JSON.parse(JSON.stringify(scaler));
    for (const state of [
      {},
      { features: [3, 2], measures: [] },
      { features: ["x"], measures: [[1, 1, 1]] },
      // Extents that nobody has memory for, and none at all.
      { features: [1e20], measures: [[1, 1, 1]] },
      { features: [3_000_000_000, 2], measures: Array(5).fill([1, 1, 1]) },
      { features: [0.5, 2], measures: [[1, 1, 1]] },
      { features: [1], measures: [[0, 0, 0]] },
      3,
    ])
      expect(failure(() => preprocessorFrom({ ...json, state }))).toMatch(
        new RegExp(`^ARGUMENT ${name}.fromJSON: .*Pass what toJSON gave`),
      );
    // What was learned stays if a new fit fails.
    expect(() => scaler.fit(tensor([1, Number.NaN]))).toThrow();
    expect(scaler.transform(x).shape).toEqual([20, 3, 2]);
  });
});

test("ranges that are none", () => {
  expect(failure(() => new MinMaxScaler({ range: [1, 1] }))).toBe(
    "ARGUMENT MinMaxScaler: range is [1, 1]; expected [low, high] with low < high.",
  );
  expect(failure(() => new RobustScaler({ quantileRange: [50, 200] }))).toMatch(/quantileRange is \[50, 200\]; expected/);
});
