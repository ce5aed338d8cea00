import { describe, expect, test } from "vitest";
import { Table } from "../../src/data.js";
import { planTable } from "../../src/tables.js";
import { failure } from "../support/errors.js";
import { flats } from "./tables.js";

/** What is done with each column. */
function uses(rows: Parameters<typeof planTable>[0], options?: Parameters<typeof planTable>[1]): Record<string, string> {
  const { columns } = planTable(rows, options);
  return Object.fromEntries(columns.map(({ name, kind, use, note }) => [name, use === "none" ? `${note}` : `${use} ${kind}`]));
}

test("kinds of columns, and those that tell nothing", () => {
  expect(uses(flats(60), { target: "rent", drop: ["isLarge"] })).toEqual({
    id: "numbers its rows",
    size: "feature number",
    city: "feature category",
    built: "feature date",
    note: "feature text",
    country: "constant",
    owner: "names its rows",
    empty: "empty",
    rent: "target number",
    isLarge: "left out",
  });
});

test("counts of missing and different cells, and an example", () => {
  const { columns } = planTable({ a: [1, null, "NA", 2, 2], b: ["x", "y", "", "x", "x"], y: [1.5, 2, 3, 4, 5] });
  expect(columns.slice(0, 2)).toEqual([
    { name: "a", kind: "number", use: "feature", note: null, missing: 2, unreadable: 0, different: 2, example: "1" },
    { name: "b", kind: "category", use: "feature", note: null, missing: 1, unreadable: 0, different: 2, example: "x" },
  ]);
});

test("a Table, with dates as it has them", () => {
  const rows = flats(60).map(({ empty: _, ...rest }) => rest);
  const plan = planTable(Table.from(rows as never), { target: "rent" });
  expect(plan.columns.find(({ name }) => name === "built")).toMatchObject({ kind: "date", use: "feature" });
  expect(plan.columns.find(({ name }) => name === "size")).toMatchObject({ kind: "number", missing: 6 });
});

test("features, drop and kinds say it better", () => {
  expect(uses(flats(60), { target: "rent", features: ["size", "owner", "id"] })).toMatchObject({
    size: "feature number",
    owner: "feature category",
    id: "feature number",
    city: "left out",
  });
  expect(uses(flats(60), { kinds: { note: "category", size: "category" } })).toMatchObject({
    note: "feature category",
    size: "feature category",
  });
});

test("a few texts among numbers are mistakes, many are categories", () => {
  const column = (texts: number) => Array.from({ length: 100 }, (_, i) => (i < texts ? "abc" : String(i % 7)));
  const y = Array.from({ length: 100 }, (_, i) => i / 3);
  expect(planTable({ x: column(3), y }).columns[0]).toMatchObject({ kind: "number", unreadable: 3, note: "3 no numbers: missing" });
  expect(planTable({ x: column(30), y }).columns[0]).toMatchObject({ kind: "category", unreadable: 0, note: null });
});

describe("the target", () => {
  const x = Array.from({ length: 40 }, (_, i) => (i * i) % 17);
  test.each([
    ["texts", x.map((n) => (n > 8 ? "high" : "low")), "classification", ["high", "low"]],
    ["bools", x.map((n) => n > 8), "classification", [false, true]],
    ["whole numbers of few values", x.map((n) => n % 3), "classification", [0, 1, 2]],
    ["numbers as texts", x.map((n) => String((n % 3) * 9)), "classification", ["0", "9", "18"]],
    ["whole numbers of many values", x.map((_, i) => i), "regression", null],
    ["other numbers", x.map((n) => n / 2 + 0.25), "regression", null],
    ["texts of numbers", x.map((n) => `${n}.5`), "regression", null],
  ])("%s", (_, y, task, classes) => {
    expect(planTable({ x, y })).toMatchObject({ target: "y", task, classes });
  });

  test("the task may be chosen", () => {
    expect(planTable({ x, y: x.map((n) => n % 3) }, { task: "regression" })).toMatchObject({ task: "regression", classes: null });
    const plan = planTable({ x, y: x.map((n) => (n % 3) / 2) }, { task: "classification" });
    expect(plan).toMatchObject({ task: "classification", classes: [0, 0.5, 1] });
  });
});

describe("refused", () => {
  const x = Array.from({ length: 40 }, (_, i) => (i * i) % 17);
  test.each([
    [() => planTable({ x, y: x }, { target: "z" }), /the target "z" is no column of the table\. It has x, y\./],
    [() => planTable({ x, rent: x }, { features: ["rnet"] }), /the feature "rnet" is no column.*Did you mean "rent"\?/],
    [() => planTable({ x, y: x }, { drop: ["y"] }), /"y" is the target; it can be neither a feature nor dropped/],
    [() => planTable({ x, y: x.map(() => 3) }), /the target "y" is 3 in every row, so there is nothing to learn/],
    [() => planTable({ x, y: x.map(() => null) }), /the target "y" is empty/],
    [() => planTable({ x, y: x.map((_, i) => `name ${i}`) }), /has 40 classes in 40 rows, which are too few to learn from/],
    [() => planTable({ x, y: x.map((n) => (n > 3 ? "a" : "b")) }, { task: "regression" }), /has "[ab]"; a regression predicts numbers/],
    [() => planTable({ x: x.map(() => 1), y: x }), /there is no column to predict "y" from: x \(constant\)/],
    [() => planTable({ y: x }), /there is no column to predict "y" from/],
    [
      () => planTable({ x: x.map((n) => `no. ${n}`), y: x }, { kinds: { x: "number" } }),
      /no cell of column "x" is a number, as kinds says; the first is "no\. 0"/,
    ],
    [() => planTable({ x, y: [1] }), /column "y" has 1 cells, column "x" 40/],
    [() => planTable([]), /the table has no columns/],
    [() => planTable([1] as never), /row 0 of the table is 1; expected \{ column: cell \}/],
    [() => planTable({ x: 3 } as never), /column "x" is 3; expected a list of cells/],
    [() => planTable("iris.csv" as never), /the table is "iris\.csv"; expected rows/],
  ])("%#", (call, text) => {
    expect(failure(call)).toMatch(text);
  });
});
