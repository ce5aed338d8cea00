import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { EarlyStopping, loadModel, manualSeed } from "../../src/index.js";
import { crossValidateTable, loadTableModel, planTable, splitTable, TableModel, tableFolds } from "../../src/tables.js";
import { emptyFolder } from "../package/built.js";
import { rejection } from "../support/errors.js";
import { flats } from "./tables.js";

const ROWS = flats(200);
const quick = { verbose: 0 } as const;

let rents: TableModel;
let sizes: TableModel;
beforeAll(async () => {
  manualSeed(0);
  rents = new TableModel(planTable(ROWS, { target: "rent", drop: ["isLarge"] }));
  await rents.fit(ROWS, { ...quick, epochs: 60 });
  sizes = new TableModel(planTable(ROWS, { drop: ["rent"] }), { hidden: [16], dropout: 0 });
  await sizes.fit(ROWS, quick);
});

describe("a regression", () => {
  test("predicts numbers in the target's own unit", async () => {
    const scores = await rents.evaluate(ROWS);
    if (scores.task !== "regression") throw new Error("no regression");
    expect(scores.r2).toBeGreaterThan(0.8);
    expect(scores.rmse).toBeLessThan(scores.baselineRmse / 2);
    const { predictions, probabilities } = await rents.predict(ROWS);
    expect(probabilities).toBeNull();
    let squares = 0;
    for (const [i, { rent }] of ROWS.entries()) squares += ((rent as number) - (predictions[i] as number)) ** 2;
    expect(Math.sqrt(squares / ROWS.length)).toBeCloseTo(scores.rmse, 6);
  });
});

describe("a classification", () => {
  test("predicts classes with their probabilities", async () => {
    const scores = await sizes.evaluate(ROWS);
    if (scores.task !== "classification") throw new Error("no classification");
    expect(scores.accuracy).toBeGreaterThan(0.9);
    expect(scores.baselineAccuracy).toBeLessThan(0.6);
    const { predictions, probabilities } = await sizes.predict(ROWS);
    const right = predictions.filter((label, i) => label === ROWS[i].isLarge).length;
    expect(right / ROWS.length).toBe(scores.accuracy);
    expect(probabilities?.shape).toEqual([200, 2]);
    for (const sum of probabilities?.sum(1).data ?? []) expect(sum).toBeCloseTo(1, 6);
  });
});

describe("rows to predict", () => {
  const row = { size: 80, city: "Ulm", built: "1990-06-01", note: "quiet flat near the river" };

  test("columns in any order, without the target, with others", async () => {
    const { predictions: expected } = await rents.predict([row]);
    const turned = Object.fromEntries(Object.entries({ ...row, other: 1 }).reverse());
    expect((await rents.predict([turned])).predictions).toEqual(expected);
    expect((await rents.predict({ note: [row.note], built: [row.built], city: ["Ulm"], size: ["80"] })).predictions).toEqual(expected);
    expect((await rents.predict([{ ...row, built: new Date("1990-06-01T00:00:00Z") }])).predictions).toEqual(expected);
  });

  test("a column that is missing is refused by name, or imputed", async () => {
    const { size: _, ...rest } = row;
    expect(await rejection(() => rents.predict([rest]))).toMatch(
      /the table has no column "size", which the model was trained on; it has city, built/,
    );
    const { surprises } = await rents.predict([rest], { missing: "impute" });
    expect(surprises.lacking).toEqual(["size"]);
  });

  test("a cell that cannot be read is refused with its place, or imputed", async () => {
    const bad = { ...row, size: "80 m²" };
    expect(await rejection(() => rents.predict([row, bad]))).toMatch(/column "size" is "80 m²" in row 1; expected a number/);
    const { surprises } = await rents.predict([row, bad], { missing: "impute" });
    expect(surprises.unreadable.get("size")).toEqual({ count: 1, row: 1, cell: "80 m²" });
    expect(await rejection(() => rents.predict([bad], { firstRow: 512 }))).toMatch(/in row 512; expected a number/);
  });

  test("a cell that cannot be read counts as missing where the training data had such cells", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ a: i % 30 === 7 ? "none" : (i * 7) % 50, b: i % 9, y: i / 4 }));
    const model = new TableModel(planTable(rows), { hidden: [] });
    const { train, test } = splitTable(rows, model.plan, { test: 0.5 });
    await model.fit(train, { ...quick, epochs: 1 });
    expect((await model.evaluate(test)).rows).toBe(50);
    const { predictions, surprises } = await model.predict([
      { a: "none", b: 1 },
      { a: null, b: 1 },
    ]);
    expect(predictions[0]).toBe(predictions[1]);
    expect(surprises.unreadable.get("a")).toEqual({ count: 1, row: 0, cell: "none" });
    expect(await rejection(() => model.predict([{ a: 1, b: "none" }]))).toMatch(/column "b" is "none" in row 0; expected a number/);
  });

  test("unknown categories are told", async () => {
    const { surprises } = await rents.predict([row, { ...row, city: "Rom" }, { ...row, city: "Rom" }, { ...row, city: null }]);
    expect([...surprises.unknown]).toEqual([["city", new Map([["Rom", 2]])]]);
  });

  test("a target that is missing or unknown in a test", async () => {
    expect(await rejection(() => sizes.evaluate(ROWS.map(({ isLarge: _, ...rest }) => rest)))).toMatch(
      /has no column "isLarge", which is the target/,
    );
    expect(await rejection(() => sizes.evaluate([...ROWS, { ...ROWS[0], isLarge: "huge" }]))).toMatch(
      /the target "isLarge" is "huge" in row 200, a class that the model does not know; known: "large", "small"/,
    );
    const some = await sizes.evaluate([ROWS[0], { ...ROWS[1], isLarge: null }]);
    expect(some.rows).toBe(1);
  });
});

test("one file holds all", async () => {
  const file = join(emptyFolder(), "rents.safetensors");
  rents.network.metadata.author = "me";
  await rents.save(file);
  const again = await loadTableModel(file);
  expect(again.plan).toEqual(rents.plan);
  expect(await again.predict(ROWS)).toEqual(await rents.predict(ROWS));
  expect(await again.evaluate(ROWS)).toEqual(await rents.evaluate(ROWS));
  expect((await loadModel(file)).metadata.author).toBe("me");
});

test("a damaged part of a file is refused", async () => {
  const folder = emptyFolder();
  const { network } = sizes;
  const whole = network.metadata.table;
  const change = (path: string, value: unknown) => {
    const parsed = JSON.parse(whole);
    const names = path.split(".");
    const last = names.pop() as string;
    names.reduce((object, name) => object[name], parsed)[last] = value;
    return JSON.stringify(parsed);
  };
  const damages: [string, RegExp][] = [
    ["{", /is damaged: it is no JSON/],
    ["3", /is damaged: it is 3/],
    [change("version", 9), /has version 9; this simdgrad reads 1/],
    [change("plan", null), /the plan is null/],
    [change("plan.task", "magic"), /has the task "magic"/],
    [change("plan.classes", ["large"]), /has the classes an array of length 1/],
    [change("plan.columns", {}), /has an object for columns/],
    [change("plan.columns.1.kind", "colour"), /has an object as column 1/],
    [change("plan.target", "size"), /has the target "size"; expected the one column of that use/],
    [change("features", { type: "StandardScaler", config: {}, state: null }), /no fitted ColumnTransformer/],
    [change("features", 3), /expected \{ type, config, state \}/],
    [change("scaler", { type: "StandardScaler", config: {}, state: null }), /its targets are scaled by an object/],
    [change("usual", 7), /the usual prediction is 7/],
  ];
  for (const [i, [text, expected]] of damages.entries()) {
    network.metadata.table = text;
    const file = join(folder, `${i}.safetensors`);
    await network.save(file);
    expect(await rejection(() => loadTableModel(file)), text).toMatch(expected);
  }
  delete network.metadata.table;
  await network.save(join(folder, "plain.safetensors"));
  expect(await rejection(() => loadTableModel(join(folder, "plain.safetensors")))).toMatch(/was not trained on a table/);
  network.metadata.table = whole;
});

test("splits and folds: every row once, classes in their shares", () => {
  const plan = planTable(ROWS);
  const { train, test } = splitTable(ROWS, plan, { test: 0.25, seed: 3 });
  expect([train.id.length, test.id.length]).toEqual([150, 50]);
  const ids = [...Array.from(train.id), ...Array.from(test.id)] as number[];
  expect(ids.sort((a, b) => a - b)).toEqual(ROWS.map(({ id }) => id));
  const large = (column: ArrayLike<unknown>) => Array.from(column).filter((label) => label === "large").length;
  expect(large(test.isLarge) / 50).toBeCloseTo(large(train.isLarge) / 150, 1);
  const seen = [...tableFolds(ROWS, plan, { folds: 4 })].flatMap(({ validation }) => Array.from(validation.id) as number[]);
  expect(seen.sort((a, b) => a - b)).toEqual(ROWS.map(({ id }) => id));
});

test("cross-validation, and the same seed gives the same scores", async () => {
  const plan = planTable(ROWS, { drop: ["rent"] });
  const run = async () => {
    manualSeed(5);
    const scores = [];
    for await (const each of crossValidateTable(ROWS, plan, { folds: 3, model: { hidden: [8] }, fit: { ...quick, epochs: 3 } }))
      scores.push(each);
    return scores;
  };
  const first = await run();
  expect(first.map(({ rows }) => rows)).toEqual([67, 67, 66]);
  expect(await run()).toEqual(first);
});

test("early stopping watches rows of its own", async () => {
  manualSeed(0);
  const model = new TableModel(sizes.plan, { hidden: [8] });
  const history = await model.fit(ROWS, { ...quick, epochs: 500, earlyStopping: 3, optimizer: { name: "adam", learningRate: 0.05 } });
  expect(history.epoch.length).toBeLessThan(500);
  expect(history.history.valLoss.length).toBe(history.epoch.length);
  const own = new TableModel(sizes.plan, { hidden: [8] });
  await own.fit(ROWS, { ...quick, epochs: 2, validation: 0.2, callbacks: [new EarlyStopping()] });
  expect(own.network.history?.history.valLoss.length).toBe(2);
});

test("a training goes on with the rows that it was stopped with, and with no others", async () => {
  const { train } = splitTable(ROWS, sizes.plan, { test: 0.2 });
  const { train: others } = splitTable(ROWS, sizes.plan, { test: 0.2, seed: 7 });
  const { train: more } = splitTable(ROWS, sizes.plan, { test: 0.1 });
  const checkpoint = { path: join(emptyFolder(), "run.safetensors") };
  const run = (rows: typeof train, epochs: number) => {
    manualSeed(0);
    return new TableModel(sizes.plan, { hidden: [8] }).fit(rows, { ...quick, epochs, checkpoint, resume: true });
  };
  await run(train, 1);
  expect(await rejection(() => run(others, 2))).toMatch(
    /the checkpoint is of a training on other rows\. Resume with the table, its division/,
  );
  expect(await rejection(() => run(more, 2))).toMatch(/of a training on 160 rows, of which there are 180 now/);
  expect((await run(train, 2)).epoch.length).toBe(2);
});

test("too few rows, and before fit", async () => {
  const plan = planTable(ROWS);
  expect(await rejection(() => new TableModel(plan).fit(ROWS.slice(0, 1)))).toMatch(/there is 1 row to train on; expected at least 2/);
  expect(await rejection(() => new TableModel(plan).fit(ROWS.slice(0, 3), { earlyStopping: 2 }))).toMatch(
    /leaves 0 to test on and 3 to train on/,
  );
  expect(await rejection(() => new TableModel(plan).predict(ROWS))).toMatch(/the model has not learned anything yet/);
  expect(() => new TableModel(plan).network).toThrow(/has not learned anything yet/);
});

test("many classes", async () => {
  const x = Array.from({ length: 600 }, (_, i) => i % 300);
  const rows = x.map((value) => ({ x: value, y: `class ${value}` }));
  const model = new TableModel(planTable(rows));
  await model.fit(rows, { ...quick, epochs: 1 });
  const scores = await model.evaluate(rows);
  expect(scores).toMatchObject({ task: "classification", rows: 600, confusion: null });
});
