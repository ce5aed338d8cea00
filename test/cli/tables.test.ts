import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadTableModel } from "../../src/tables.js";
import { built, emptyFolder } from "../package/built.js";
import { flats } from "../tables/tables.js";
import { jsonLines, type Result, start } from "./command.js";

let folder: string;
const ROWS = flats(120);
const NAMES = Object.keys(ROWS[0]);

/** Cells as CSV has them. */
function csv(rows: readonly Readonly<Record<string, unknown>>[], names: readonly string[] = NAMES): string {
  return `${[names, ...rows.map((row) => names.map((name) => row[name] ?? ""))].map((cells) => cells.join(",")).join("\n")}\n`;
}

/** The lines of a CSV text as cells. */
function cells(text: string): string[][] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

let trained: Result;
beforeAll(async () => {
  built();
  folder = emptyFolder();
  write("flats.csv", csv(ROWS));
  trained = await start(folder, ["train", "flats.csv", "--drop", "rent", "--hidden", "16", "--dropout", "0", "--json"]);
});

describe("train", () => {
  test("for machines: what was found, each epoch, the result; a file that knows all", async () => {
    expect(trained.code).toBe(0);
    const lines = jsonLines(trained);
    expect(lines[0]).toMatchObject({ event: "table", file: "flats.csv", rows: 120, target: "isLarge", task: "classification" });
    expect(lines[0].classes).toEqual(["large", "small"]);
    expect(lines[0].columns.find(({ name }: { name: string }) => name === "owner")).toMatchObject({ use: "none", note: "names its rows" });
    expect(lines[1]).toMatchObject({ event: "epoch", epoch: 1, loss: expect.any(Number), accuracy: expect.any(Number) });
    const result = lines.at(-1);
    expect(result).toMatchObject({ event: "result", dataset: "flats.csv", network: "mlp", model: "flats.safetensors", rows: 24, seed: 0 });
    expect(result.accuracy).toBeGreaterThan(0.8);
    expect(result.confusion.flat().reduce((sum: number, count: number) => sum + count)).toBe(24);
    const model = await loadTableModel(join(folder, "flats.safetensors"));
    expect(model.network.metadata.dataset).toBe("flats.csv");
  });

  test("for people: the columns, the target, figures against the baseline", async () => {
    const { code, stdout } = await start(folder, ["train", "flats.csv", "--drop", "rent", "--epochs", "20", "--out", "people.safetensors"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^flats\.csv: 120 rows, 10 columns$/m);
    expect(stdout).toMatch(/^column +kind +use +missing +different +example$/m);
    expect(stdout).toMatch(/^size +number +feature +12 +\d+ +\d+$/m);
    expect(stdout).toMatch(/^owner +category +not used: names its rows +0 +120 +owner-0$/m);
    expect(stdout).toMatch(/^target isLarge, the last column \(another: --target\): 2 classes: large, small\ntask {3}classification$/m);
    expect(stdout).toMatch(/^96 rows to train on, 24 to test$/m);
    expect(stdout).toMatch(/^test accuracy \d+\.\d\d % \(\d+ of 24\); always the most frequent class: \d+\.\d\d %\nmacro F1 \d\.\d{3}/m);
    expect(stdout).toMatch(/^large +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +\d+$/m);
    expect(stdout).toMatch(/^20 epochs in [\d.]+ s; the model is saved in people\.safetensors$/m);
  });

  test("folds of a regression, then a model of all rows", async () => {
    const args = ["train", "flats.csv", "--target", "rent", "--features", "size,city", "--folds", "2", "--epochs", "3"];
    const machines = await start(folder, [...args, "--model", "linear", "--json", "--out", "folds.safetensors"]);
    const lines = jsonLines(machines);
    expect(lines.filter(({ event }) => event === "fold").map(({ rows, fold }) => [rows, fold])).toEqual([
      [60, 1],
      [60, 2],
    ]);
    const [first, second] = lines.filter(({ event }) => event === "fold");
    expect(lines.find(({ event }) => event === "folds").r2).toBeCloseTo((first.r2 + second.r2) / 2, 12);
    expect(lines.at(-1)).toMatchObject({ event: "result", network: "linear", model: "folds.safetensors" });
    const people = await start(folder, [...args, "--out", "folds.safetensors"]);
    expect(people.stdout).toMatch(/^fold 2 of 2: R² -?\d+\.\d{3}, RMSE [\d.]+$/m);
    expect(people.stdout).toMatch(/^mean of 2 folds: R² -?\d+\.\d{3} ± \d+\.\d{3}, RMSE [\d.]+; always the mean: RMSE [\d.]+$/m);
    expect(people.stdout).toMatch(/^120 rows to train on$/m);
    expect(people.stdout).toMatch(/saved in folds\.safetensors, trained on all rows$/m);
  });

  test("the same seed gives the same file; early stopping ends it", async () => {
    const args = ["train", "flats.csv", "--drop", "rent", "--epochs", "200", "--early-stopping", "2", "--learning-rate", "0.05", "--json"];
    const first = jsonLines(await start(folder, [...args, "--out", "first.safetensors"]));
    const second = jsonLines(await start(folder, [...args, "--out", "second.safetensors"]));
    expect(first.at(-1).epochs).toBeLessThan(200);
    expect(first.at(-2).valLoss).toEqual(expect.any(Number));
    expect(second.at(-1).epochs).toBe(first.at(-1).epochs);
    expect(readFileSync(join(folder, "second.safetensors")).equals(readFileSync(join(folder, "first.safetensors")))).toBe(true);
  });

  test("JSONL, tabs, quotes within quotes", async () => {
    write("flats.jsonl", ROWS.map((row) => `${JSON.stringify(row)}\n`).join(""));
    write("flats.tsv", csv(ROWS.map((row) => ({ ...row, city: `"the ""${row.city}"""` }))).replaceAll(",", "\t"));
    for (const file of ["flats.jsonl", "flats.tsv"]) {
      const result = await start(folder, ["train", file, "--drop", "rent", "--epochs", "1", "--json", "--out", "other.safetensors"]);
      expect([file, result.code, result.stderr.includes("error")]).toEqual([file, 0, false]);
      expect(jsonLines(result)[0]).toMatchObject({ rows: 120, target: "isLarge" });
    }
  });
});

describe("predict", () => {
  const predict = (input: string, ...args: string[]) => start(folder, ["predict", "flats.safetensors", ...args], undefined, input);

  test("adds columns to the rows, from stdin to stdout, as the library does", async () => {
    const { code, stdout, stderr } = await predict(csv(ROWS));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^not used: id, country, owner, empty, rent\n120 rows predicted in [\d.]+ s\n$/);
    const [head, ...rows] = cells(stdout);
    expect(head).toEqual([...NAMES, "prediction", "probability_large", "probability_small"]);
    const model = await loadTableModel(join(folder, "flats.safetensors"));
    const { predictions, probabilities } = await model.predict(ROWS);
    expect(rows.map((row) => row[NAMES.length])).toEqual(predictions);
    for (const [i, row] of rows.entries()) expect(Number(row.at(-2))).toBeCloseTo(probabilities?.view()[2 * i] as number, 6);
    expect(rows[0].slice(0, NAMES.length)).toEqual(cells(csv(ROWS))[1]);
  });

  test("other orders of columns, without the target, in pieces", async () => {
    const whole = cells((await predict(csv(ROWS))).stdout);
    const other = cells((await predict(csv(ROWS, ["note", "built", "city", "size"]), "--batch", "7")).stdout);
    expect(other[0]).toEqual(["note", "built", "city", "size", "prediction", "probability_large", "probability_small"]);
    expect(other.map((row) => row[4])).toEqual(whole.map((row) => row[NAMES.length]));
  });

  test("files, and JSONL in and out", async () => {
    write("rows.jsonl", '{"size": 110, "city": "Ulm", "built": "1990-01-01", "note": "quiet flat"}\n');
    const { code, stdout } = await start(folder, ["predict", "flats.safetensors", "rows.jsonl"]);
    expect(code).toBe(0);
    const row = JSON.parse(stdout);
    expect(row).toMatchObject({ size: 110, city: "Ulm", prediction: "large" });
    expect(row.probabilities.large + row.probabilities.small).toBeCloseTo(1, 6);
    const toCsv = await start(folder, ["predict", "flats.safetensors", "rows.jsonl", "--to", "csv", "--out", "predicted.csv"]);
    expect([toCsv.code, toCsv.stdout]).toEqual([0, ""]);
    expect(readFileSync(join(folder, "predicted.csv"), "utf8")).toMatch(
      /^size,city,built,note,prediction,.*\n110,Ulm,1990-01-01,quiet flat,large,/,
    );
    const typed = await predict("size,city,built,note\n110,Ulm,1990-01-01,\n", "--to", "jsonl");
    expect(JSON.parse(typed.stdout)).toMatchObject({ size: 110, note: null });
  });

  test("what is missing, unreadable or unknown", async () => {
    const lacking = await predict("size,city,note\n50,Ulm,quiet flat\n");
    expect(lacking.code).toBe(2);
    expect(lacking.stderr).toMatch(
      /the table has no column "built", which the model was trained on; it has size, city, note\. Add it, or choose missing/,
    );
    const imputed = await predict("size,city,note\n50,Ulm,quiet flat\n", "--missing", "impute");
    expect([imputed.code, imputed.stderr]).toEqual([0, expect.stringMatching(/^warning: missing, and imputed: built$/m)]);
    const bad = "size,city,built,note\n50,Ulm,1990-01-01,a\n50,Ulm,1990-01-01,a\nbig,Ulm,1990-01-01,a\n";
    expect((await predict(bad, "--batch", "2")).stderr).toMatch(/column "size" is "big" in row 2; expected a number/);
    expect((await predict(bad, "--missing", "impute")).stderr).toMatch(
      /column size: 1 cells could not be read, such as "big", and were imputed/,
    );
    const unknown = await predict("size,city,built,note\n50,Rome,1990-01-01,a\n50,Rome,1990-01-01,a\n");
    expect(unknown.stderr).toMatch(/^warning: unknown in column city, and predicted without it: Rome \(2\)$/m);
  });

  test("a bad row ends it with its line, and leaves no half of a file", async () => {
    const { code, stderr } = await predict("size,city,built,note\n50,Ulm\n", "--out", "half.csv");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/line 2: it has 2 cells; expected 4 columns/)]);
    expect(existsSync(join(folder, "half.csv")) || existsSync(join(folder, "half.csv.part"))).toBe(false);
    expect((await predict("")).stderr).toMatch(/there are no rows: stdin is empty/);
    expect((await predict('[{ "size": 50 }]')).stderr).toMatch(/stdin begins with "\[", as a JSON array does; expected CSV or JSONL/);
  });
});

test("a table with cells that are no numbers: trained on, tested, predicted; a path with a space", async () => {
  write(
    "my table.csv",
    csv(
      Array.from({ length: 100 }, (_, i) => ({ a: i % 30 === 7 ? "none" : (i * 7) % 50, b: i % 9, y: i % 3 ? "yes" : "no" })),
      ["a", "b", "y"],
    ),
  );
  const { code, stdout } = await start(folder, ["train", "my table.csv", "--epochs", "2"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^a +number +feature \(4 no numbers: missing\)/m);
  // The names of the classes stand over the columns, too.
  expect(stdout).toMatch(/^ +no +yes\n +no +[\d·]+ +[\d·]+\n *yes /m);
  expect(stdout).toMatch(/^predict by it: .*simdgrad predict 'my table\.safetensors' rows\.csv/m);
  const predicted = await start(folder, ["predict", "my table.safetensors", "my table.csv"]);
  expect([predicted.code, predicted.stderr]).toEqual([
    0,
    expect.stringMatching(/^warning: column a: 4 cells could not be read, such as "none"/m),
  ]);
});

test("Parquet: trained on, and predicted as CSV", async () => {
  const { parquetWriteFile } = await import("hyparquet-writer");
  const column = (name: string, type: "DOUBLE" | "STRING") => ({ name, type, data: ROWS.map((row) => row[name] ?? null) });
  const columnData = [column("size", "DOUBLE"), column("city", "STRING"), column("isLarge", "STRING")];
  parquetWriteFile({ filename: join(folder, "flats.parquet"), columnData });
  // The optional peer is found where the command is installed.
  const result = await start(folder, ["train", "flats.parquet", "--epochs", "20", "--json", "--out", "parquet.safetensors"]);
  expect([result.code, result.stderr.includes("error")]).toEqual([0, false]);
  expect(jsonLines(result)[0]).toMatchObject({ rows: 120, target: "isLarge" });
  const { stdout } = await start(folder, ["predict", "parquet.safetensors", "flats.parquet"]);
  expect(cells(stdout)[0]).toEqual(["size", "city", "isLarge", "prediction", "probability_large", "probability_small"]);
});

test("evaluate a table with the target", async () => {
  const machines = await start(folder, ["evaluate", "flats.safetensors", "flats.csv", "--json"]);
  expect(jsonLines(machines)).toEqual([
    expect.objectContaining({ event: "result", dataset: "flats.csv", rows: 120, task: "classification" }),
  ]);
  const people = await start(folder, ["evaluate", "flats.safetensors", "flats.csv"]);
  expect(people.stdout).toMatch(/^flats\.csv: test accuracy \d+\.\d\d % \(\d+ of 120\)/);
  const without = await start(folder, ["evaluate", "flats.safetensors"]);
  expect([without.code, without.stderr]).toEqual([
    2,
    expect.stringMatching(/was trained on flats\.csv, and takes a table to be tested on/),
  ]);
});

test("inspect: tensors, metadata, architecture, columns and preprocessing", async () => {
  const { code, stdout } = await start(folder, ["inspect", "flats.safetensors"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^flats\.safetensors: 4 tensors, [\d,]+ elements, [\d.]+ KiB\n {2}1\.bias +F32 +\[16\] +64 bytes$/m);
  expect(stdout).toMatch(/^ {2}dataset +flats\.csv$/m);
  expect(stdout).toMatch(/^1 \(Dense\) +\[16\]/m);
  expect(stdout).toMatch(/^city +category +feature/m);
  expect(stdout).toMatch(/^ {2}size, built: Imputer → StandardScaler$/m);
  const [facts] = jsonLines(await start(folder, ["inspect", "flats.safetensors", "--json"]));
  expect(facts).toMatchObject({ event: "inspect", checkpoint: null });
  expect(facts.tensors[0]).toEqual({ name: "1.bias", dtype: "F32", shape: [16], bytes: 64 });
  expect(facts.metadata.table.plan.target).toBe("isLarge");
  const other = await start(folder, ["inspect", "flats.csv"]);
  expect([other.code, other.stderr]).toEqual([1, expect.stringMatching(/no safetensors file/)]);
});

describe("wrong usage", () => {
  test.each([
    [["train", "flats.csv", "--target", "rnet"], /the target "rnet" is no column of the table\. It has .*Did you mean "rent"\?/],
    [["train", "flats.csv", "--augment"], /--augment is given, which is for images, not for flats/],
    [["train", "flats.csv", "--sequence", "3"], /--sequence is given, which is for texts, not for flats/],
    [["train", "digits", "--target", "y"], /--target is given, which is for tables, not for digits/],
    [["train", "flats.csv", "--model", "lenet"], /lenet is no model of tables\. What fits: mlp, linear\./],
    [["train", "flats.csv", "--model", "linear", "--hidden", "3"], /are for --model mlp, not for linear/],
    [["train", "flats.csv", "--folds", "3", "--test", "0.2"], /--folds and --test are given\. Choose one\./],
    [["train", "flats.csv", "--optimizer", "adm"], /train: unknown optimizer "adm"\. Did you mean "adam"\?/],
    [["train", "flats.csv", "--out", "."], /cannot write \.: it is a folder\. Name a file with --out\./],
    [["train", "flats.csv", "--save-config", "no/all.json"], /cannot write no\/all\.json: the folder no is missing.*another --save-config/],
    [["predict", "flats.safetensors", "."], /predict: \. is a folder; expected a table/],
    [["train", "flats.csv", "--kinds", "size"], /Expected column=number\./],
    [["train", "flats.csv", "--kinds", "size=colour"], /Known: number, category, text, date\./],
    [["train", "flats.csv", "--task", "regresion"], /Did you mean "regression"\?/],
    [["train", "flats.csv", "--folds", "1"], /Expected a whole number ≥ 2\./],
    [["train", "flat.xlsx"], /cannot read flat\.xlsx: no such file or folder/],
    [["predict", "flats.safetensors", "flats.csv", "--to", "xlsx"], /argument 'xlsx' is invalid\. Allowed choices are csv, tsv, jsonl\./],
    [["evaluate", "flats.safetensors", "digits"], /takes a table to be tested on/],
  ])("%j", async (args, text) => {
    const { code, stdout, stderr } = await start(folder, args);
    expect(stderr).toMatch(text);
    expect(stdout).toBe("");
    expect(code).toBe(args[1] === "flat.xlsx" ? 1 : 2);
  });

  test("tables that nothing can be learned from", async () => {
    write("two.csv", "a,y\n1,x\n2,z\n");
    write("short.csv", "a,y\n1,x\n2,z\n3,x\n4,z\n");
    write("names.csv", `a,y\n${Array.from({ length: 50 }, (_, i) => `${i % 3},name ${i}`).join("\n")}\n`);
    write("table.doc", "a,y\n1,2\n");
    for (const [file, text] of [
      ["two.csv", /2 classes in 2 rows, which are too few to learn from/],
      ["short.csv", /the table has 4 rows; expected at least 10.*--test 0/],
      ["names.csv", /50 classes in 50 rows, which are too few/],
      ["table.doc", /a file ending in \.doc; known are \.csv/],
    ] as const) {
      const { code, stderr } = await start(folder, ["train", file]);
      expect([code, stderr]).toEqual([2, expect.stringMatching(text)]);
    }
  });
});
