import { describe, expect, test } from "vitest";
import { LabelEncoder, OneHotEncoder, OrdinalEncoder, preprocessorFrom } from "../../src/data.js";
import { randn, tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

const ROWS = [
  ["Male", 1],
  ["Female", 3],
  ["Female", 2],
];

// The examples of scikit-learn's documentation.
test("OneHotEncoder", () => {
  const encoder = new OneHotEncoder({ unknown: "ignore" }).fit(ROWS);
  expect(encoder.categories).toEqual([
    ["Female", "Male"],
    [1, 2, 3],
  ]);
  const rows = [
    ["Female", 1],
    ["Male", 4],
  ];
  expect(encoder.transform(rows).toArray()).toEqual([
    [1, 0, 1, 0, 0],
    [0, 1, 0, 0, 0],
  ]);
  expect(encoder.inverse(tensor([[0, 1, 1, 0, 0]]))).toEqual([["Male", 1]]);
  expect(failure(() => encoder.inverse(tensor([[0, 0, 0, 1, 0]])))).toMatch(/column 0 has a row without a number above 0/);
  const dropping = new OneHotEncoder({ dropFirst: true }).fit(ROWS);
  expect(dropping.transform(ROWS).toArray()).toEqual([
    [1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
  ]);
  expect(dropping.inverse(dropping.transform(ROWS))).toEqual(ROWS);
});

test("OrdinalEncoder", () => {
  const encoder = new OrdinalEncoder().fit(ROWS);
  expect(
    encoder
      .transform([
        ["Female", 3],
        ["Male", 1],
      ])
      .toArray(),
  ).toEqual([
    [0, 2],
    [1, 0],
  ]);
  expect(encoder.inverse(encoder.transform(ROWS))).toEqual(ROWS);
  expect(new OrdinalEncoder({ unknownValue: -1 }).fit(["a"]).transform(["b", "a"]).toArray()).toEqual([[-1], [0]]);
  expect(failure(() => encoder.inverse(tensor([[7, 0]])))).toBe("INDEX OrdinalEncoder.inverse: 7 in column 0 stands for no category.");
});

test("LabelEncoder", () => {
  const encoder = new LabelEncoder().fit(["paris", "paris", "tokyo", "amsterdam"]);
  expect(encoder.classes).toEqual(["amsterdam", "paris", "tokyo"]);
  const found = encoder.transform(["tokyo", "tokyo", "paris"]);
  expect([found.dtype, found.toArray()]).toEqual(["int32", [2, 2, 1]]);
  expect(encoder.inverse(found)).toEqual(["tokyo", "tokyo", "paris"]);
  expect(new LabelEncoder().fit([10, 2, 2, 6]).classes).toEqual([2, 6, 10]);
  expect(
    new LabelEncoder()
      .fit(tensor([3, 1, 3], { dtype: "int32" }))
      .transform([3, 1])
      .toArray(),
  ).toEqual([1, 0]);
  expect(failure(() => encoder.inverse(tensor([3])))).toBe("INDEX LabelEncoder.inverse: 3 stands for no class; expected 0 … 2.");
  expect(failure(() => encoder.inverse(randn([2, 3])))).toMatch(/^SHAPE LabelEncoder.inverse: the numbers have shape \[2, 3\]; .*argmax/);
  expect(failure(() => encoder.transform([["paris"]]))).toMatch(/^SHAPE LabelEncoder.transform: the labels are rows; .*OrdinalEncoder/);
});

test("cells that are in none of the categories that were given are found when it learns", () => {
  const categories = [["low", "high"]];
  const cells = [["low"], ["mid"]];
  for (const Kind of [OrdinalEncoder, OneHotEncoder]) {
    const encoder = new Kind({ categories });
    expect(failure(() => encoder.fit(cells))).toMatch(
      /^ARGUMENT \w+\.fit: "mid" was not among the categories; known: "low", "high"\. With \{ unknown/,
    );
    expect(encoder.fitted).toBe(false);
  }
  expect(new OrdinalEncoder({ categories, unknownValue: -1 }).fitTransform(cells).toArray()).toEqual([[0], [-1]]);
  expect(new OneHotEncoder({ categories, unknown: "ignore" }).fitTransform(cells).toArray()).toEqual([
    [1, 0],
    [0, 0],
  ]);
});

describe.each([
  { Kind: OneHotEncoder, data: ROWS },
  { Kind: OrdinalEncoder, data: ROWS },
  { Kind: LabelEncoder, data: ["b", "a"] },
])("$Kind.name", ({ Kind, data }) => {
  test("a list comes back as a list, no samples give no rows", () => {
    const encoder = new Kind().fit(["b", "a", "b"]);
    expect(encoder.inverse(encoder.transform(["a", "b"]))).toEqual(["a", "b"]);
    expect(encoder.transform([]).shape[0]).toBe(0);
  });

  test("is saved as JSON and made again", () => {
    const encoder = new Kind().fit(data as never);
    const again = preprocessorFrom<InstanceType<typeof Kind>>(JSON.stringify(encoder));
    expect(again).toBeInstanceOf(Kind);
    expect(again.transform(data as never).toArray()).toEqual(encoder.transform(data as never).toArray());
    expect(again.inverse(again.transform(data as never) as never)).toEqual(data);
    expect(failure(() => preprocessorFrom({ ...encoder.toJSON(), state: { categories: 3 } }))).toMatch(/its state has no categories/);
  });

  test("wrong calls", () => {
    const name = Kind.name;
    expect(failure(() => new Kind().transform(["a"]))).toMatch(new RegExp(`^ARGUMENT ${name}.transform: it has not learned anything yet`));
    expect(failure(() => new Kind().fit(["a", null] as never))).toMatch(
      new RegExp(`^ARGUMENT ${name}.fit: the cell at row 1, column 0 is null; expected a text.* Fill or drop`),
    );
    expect(failure(() => new Kind().fit(["a", 1]))).toMatch(/a column has cells of type string and number; expected one type/);
    expect(failure(() => new Kind().fit([]))).toMatch(/x has no samples/);
    expect(failure(() => new Kind().fit("abc" as never))).toMatch(/^ARGUMENT .*; expected/);
    expect(failure(() => new Kind().fit(["a", "b"]).transform(["c"]))).toMatch(/"c" was not among the training data; known: "a", "b"/);
  });
});

test("a saved encoder says whether it learned of a list or of rows", () => {
  for (const encoder of [new OneHotEncoder(), new OrdinalEncoder()]) {
    const json = JSON.parse(JSON.stringify(encoder.fit(["a", "b"])));
    delete json.state.isFlat;
    expect(failure(() => preprocessorFrom(json))).toMatch(/^ARGUMENT .*\.fromJSON: its state has no categories and isFlat/);
  }
});

test("categories that are given, and their errors", () => {
  const encoder = new OrdinalEncoder({ categories: [["low", "mid", "high"]] });
  expect(encoder.fitTransform(["high", "low"]).toArray()).toEqual([[2], [0]]);
  expect(failure(() => encoder.fit(ROWS))).toMatch(/^SHAPE OrdinalEncoder.fit: there are 2 columns; expected 1/);
  expect(failure(() => new OneHotEncoder({ categories: [] }))).toMatch(
    /categories is .*; expected a list of categories for each column, or null/,
  );
  expect(failure(() => new OneHotEncoder({ categories: [["a", "a"]] }).fit(["a"]))).toMatch(/one stands there twice/);
  expect(failure(() => encoder.fit(["low", "mid"]).transform(ROWS))).toMatch(/^SHAPE/);
  expect(failure(() => new OneHotEncoder().fit([["a"], ["b", "c"]]))).toMatch(/^SHAPE OneHotEncoder.fit: row 1 has 2 cells; expected 1/);
});
