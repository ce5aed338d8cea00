import { expect, test } from "vitest";
import { ColumnTransformer, Imputer, OneHotEncoder, Pipeline, preprocessorFrom, StandardScaler } from "../../src/data.js";
import { tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

// The example of scikit-learn's documentation: means 4 and 3.666….
test("the mean of each column", () => {
  const imputer = new Imputer().fit([
    [1, 2],
    [Number.NaN, 3],
    [7, 6],
  ]);
  const [first, second] = imputer.fills;
  expect(first).toBe(4);
  expect(second).toBeCloseTo(11 / 3, 14);
  expect(
    imputer.transform([
      [null, 2],
      [6, undefined],
      [7, 6],
    ]),
  ).toEqual([
    [4, 2],
    [6, second],
    [7, 6],
  ]);
  expect(imputer.transform(tensor([[Number.NaN, 1]]))).toEqual([[4, 1]]);
});

test("median, most frequent, constant", () => {
  expect(new Imputer({ strategy: "median" }).fit([3, 1, 100, null]).fills).toEqual([3]);
  expect(new Imputer({ strategy: "median" }).fit([[4], [1], [2], [100]]).fills).toEqual([3]);
  expect(new Imputer({ strategy: "mostFrequent" }).fit(["b", "a", null, "b", "a", "c"]).fills).toEqual(["a"]);
  const constant = new Imputer({ strategy: "constant", value: "none" }).fit(["b", null]);
  expect(constant.transform([null, "x"])).toEqual([["none"], ["x"]]);
});

test("an indicator for each column with holes among the training data", () => {
  const imputer = new Imputer({ indicator: true }).fit([
    [1, null, 5],
    [3, 2, 5],
  ]);
  expect(imputer.transform([[null, null, null]])).toEqual([[2, 2, 5, 1]]);
  expect(imputer.transform([[1, 1, 1]])).toEqual([[1, 1, 1, 0]]);
});

test("it is saved, and stands in pipelines and column transformers", () => {
  const columns = new ColumnTransformer([
    { columns: ["size"], by: new Pipeline([new Imputer({ strategy: "median", indicator: true }), new StandardScaler()]) },
    { columns: ["city"], by: new Pipeline([new Imputer({ strategy: "constant", value: "?" }), new OneHotEncoder()]) },
  ]);
  const table = { size: [1, null, 3], city: ["Ulm", "Bonn", null] };
  const made = columns.fitTransform(table as never);
  expect(made.shape).toEqual([3, 5]);
  expect(preprocessorFrom<ColumnTransformer>(JSON.stringify(columns)).transform(table as never).data).toEqual(made.data);
});

test("refused: nothing to learn of, other kinds, other widths, a damaged state", () => {
  expect(failure(() => new Imputer().fit([[1], [2, 3]] as never))).toMatch(/row 1 has 2 cells; expected 1, as of row 0/);
  expect(failure(() => new Imputer().fit([[null], [null]]))).toMatch(/of column 0 nothing is there/);
  expect(failure(() => new Imputer().fit([["a"], [1]]))).toMatch(/column 0 has "a"; a mean is of numbers/);
  expect(failure(() => new Imputer().fit([]))).toMatch(/x has no samples/);
  expect(failure(() => new Imputer().fit([[{}]] as never))).toMatch(/the cell at row 0, column 0 is an object/);
  expect(failure(() => new Imputer().fit(3 as never))).toMatch(/x is 3; expected a list of cells/);
  expect(failure(() => new Imputer().transform([1]))).toMatch(/it has not learned anything yet/);
  expect(failure(() => new Imputer().fit([[1, 2]]).transform([[1]]))).toMatch(/there are 1 columns; expected 2/);
  for (const state of [{}, { fills: [1], holey: [1] }, { fills: [{}], holey: [] }, { fills: [1], holey: 3 }])
    expect(failure(() => preprocessorFrom({ type: "Imputer", config: {}, state }))).toMatch(/its state does not say/);
});
