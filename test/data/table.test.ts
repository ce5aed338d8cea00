import { describe, expect, test } from "vitest";
import { ColumnTransformer } from "../../src/data/columnTransformer.js";
import { MinMaxScaler } from "../../src/data/minMaxScaler.js";
import { OneHotEncoder } from "../../src/data/oneHotEncoder.js";
import { Table } from "../../src/data/table.js";
import { ArgumentError, ShapeError } from "../../src/errors/errors.js";

const table = () =>
  Table.from([
    { size: 40, city: "Ulm", sold: true },
    { size: null, city: "Bonn", sold: false },
    { size: 60.5, city: null, sold: undefined },
  ]);

test("rows or columns make a table; their types are guessed or given", () => {
  expect(table().types).toEqual({ size: "number", city: "category", sold: "boolean" });
  const columns = Table.from({ size: [40, Number.NaN, 60.5], city: ["Ulm", "Bonn", null], sold: [true, false, undefined] });
  expect(columns.rows).toEqual(table().rows);
  expect(columns.rows[1]).toEqual({ size: null, city: "Bonn", sold: false });
  expect(Table.from({ zip: [7, 8] }, { types: { zip: "category" } }).column("zip")).toEqual(["7", "8"]);
  expect(Table.from({ day: ["2020-01-02 03:04", "1970-01-01"] }).column("day")).toEqual(Float64Array.of(Date.UTC(2020, 0, 2, 3, 4), 0));
  expect(Table.from([]).length).toBe(0);
  expect(() => Table.from({ a: [1], b: [1, 2] })).toThrow(ShapeError);
  expect(() => Table.from({ a: [1, "x"] })).toThrow(
    'column "a" has cells of type number and string; expected texts, numbers, or true and false',
  );
  expect(() => Table.from([[1, 2]] as never)).toThrow(ArgumentError);
  expect(() => Table.from({ a: ["x"] }, { types: { a: "date" } })).toThrow('column "a", row 0: "x" is not of type "date"');
});

describe("columns and rows", () => {
  test("are selected, dropped, taken, filled", () => {
    const data = table();
    expect(data.select("city", "size").names).toEqual(["city", "size"]);
    expect(data.drop(["size"]).names).toEqual(["city", "sold"]);
    expect(data.take([2, 0, 0]).rows.map(({ size }) => size)).toEqual([60.5, 40, 40]);
    expect(data.dropMissing().length).toBe(1);
    expect(data.dropMissing("city").rows.map(({ city }) => city)).toEqual(["Ulm", "Bonn"]);
    expect(data.fillMissing({ size: 50, city: "Kiel", sold: true }).missing).toEqual({ size: 0, city: 0, sold: 0 });
    expect(data.missing).toEqual({ size: 1, city: 1, sold: 1 });
  });

  test("that there are not are named", () => {
    expect(() => table().select("sise")).toThrow(
      'Table.select: the table has no column "sise". It has size, city, sold. Did you mean "size"?',
    );
    expect(() => table().drop("x")).toThrow(ArgumentError);
    expect(() => table().take([3])).toThrow("Table.take: there is no row 3; the table has 3 rows.");
    expect(() => table().fillMissing({ size: "x" })).toThrow('column "size" (number) cannot be filled with "x"');
  });

  test("are split with the same shares, or with groups together", () => {
    const long = Table.from({
      n: Array.from({ length: 100 }, (_, i) => i),
      kind: Array.from({ length: 100 }, (_, i) => (i % 4 ? "a" : "b")),
    });
    const { train, test: tested } = long.split({ test: 0.2, stratify: "kind" });
    expect([train.length, tested.length]).toEqual([80, 20]);
    expect(tested.rows.filter(({ kind }) => kind === "b").length).toBe(5);
    expect([...(train.column("n") as Float64Array), ...(tested.column("n") as Float64Array)].sort((a, b) => a - b)).toEqual([
      ...(long.column("n") as Float64Array),
    ]);
    const grouped = long.split({ test: 1, groups: "kind" });
    expect(new Set(grouped.test.column("kind") as string[]).size).toBe(1);
    expect(() => long.split({ test: 0.2, stratify: "x" })).toThrow(ArgumentError);
  });
});

test("a ColumnTransformer takes a table as it is", () => {
  const data = table().dropMissing("size", "city");
  const columns = new ColumnTransformer([
    { columns: ["size"], by: new MinMaxScaler() },
    { columns: "city", by: new OneHotEncoder() },
  ]);
  const more = Table.from({ city: ["Bonn", "Ulm"], size: [1, 3] });
  expect(columns.fitTransform(more).toArray()).toEqual([
    [0, 1, 0],
    [1, 0, 1],
  ]);
  expect(columns.transform(data).toArray()).toEqual([[19.5, 0, 1]]);
  expect(() => columns.fitTransform(table())).toThrow(/Fill or drop what is missing first/);
});
