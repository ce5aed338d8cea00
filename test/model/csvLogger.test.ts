import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import { type Callback, CSVLogger, type CSVLoggerOptions, Dense, Sequential } from "../../src/index.js";
import { failure } from "../support/errors.js";
import { blobs, rejection } from "../support/toy.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = (): string => join(folder, `${files++}.csv`);
const linesOf = (path: string): string[] => readFileSync(path, "utf8").split("\n");

const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({
  optimizer: "sgd",
  loss: "crossEntropy",
  metrics: ["accuracy"],
});
const train = (path: string | URL, options: CSVLoggerOptions, fitting: object, ...before: Partial<Callback>[]) =>
  model.fit(blobs(8), { callbacks: [...(before as Callback[]), new CSVLogger(path, options)], verbose: 0, ...fitting });

test("writes a row of each epoch, with all digits, as soon as it is there", async () => {
  const path = newFile();
  writeFileSync(path, "something old\n");
  const rows: number[] = [];
  const onEpochBegin = () => void rows.push(linesOf(path).length - 1);
  const { history } = await train(pathToFileURL(path), {}, { epochs: 3, validationSplit: 0.5 }, { onEpochBegin });
  expect(rows).toEqual([0, 2, 3]);
  const names = ["loss", "accuracy", "valLoss", "valAccuracy"];
  expect(linesOf(path)).toEqual([
    `epoch,${names}`,
    ...[0, 1, 2].map((epoch) => [epoch, ...names.map((name) => history[name][epoch])].join()),
    "",
  ]);
});

test("append keeps the rows that are there", async () => {
  const path = newFile();
  await train(path, { separator: ";" }, { epochs: 2 });
  await train(path, { separator: ";", append: true }, { epochs: 1 });
  expect(linesOf(path).map((line) => line.split(";")[0])).toEqual(["epoch", "0", "1", "0", ""]);
  expect(
    new Set(
      linesOf(path)
        .slice(0, 4)
        .map((line) => line.split(";").length),
    ),
  ).toEqual(new Set([3]));
});

test("a training that goes on takes the place of the rows from its epoch on; a row that is cut off is left out", async () => {
  const path = newFile();
  writeFileSync(path, "epoch,loss\r\n0,5\r\n1,4\r\n2,3\r\n3,");
  await train(path, { append: true }, { epochs: 4, initialEpoch: 2 });
  const [, loss] = (model.history as { history: Record<string, number[]> }).history.loss;
  expect(linesOf(path).map((line) => line.split(",")[0])).toEqual(["epoch", "0", "1", "2", "3", ""]);
  expect(linesOf(path)[1]).toBe("0,5");
  expect(linesOf(path)[4]).toBe(`3,${loss}`);
});

test("append without a file begins one", async () => {
  const path = newFile();
  await train(path, { append: true }, { epochs: 1 });
  expect(linesOf(path).length).toBe(3);
});

test("quotes names; leaves a field empty where a figure is missing, and says which came too late", async () => {
  const path = newFile();
  forgetNotes();
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  const onEpochEnd: Callback["onEpochEnd"] = (epoch, logs) =>
    void Object.assign(logs, epoch === 0 ? { 'a "b", c': 0.5 } : { late: Number.NaN });
  await train(path, {}, { epochs: 2 }, { onEpochEnd });
  expect(linesOf(path)[0]).toBe('epoch,loss,accuracy,"a ""b"", c"');
  expect(linesOf(path)[2].endsWith(",")).toBe(true);
  expect(said.mock.calls.flat()).toEqual([
    "simdgrad: CSVLogger: the file has no column for late, which came after its first row was written. Put CSVLogger behind the callback that adds it.",
  ]);
  said.mockRestore();
  await train(path, { append: true }, { epochs: 2, initialEpoch: 1 });
  expect(linesOf(path)[0]).toBe('epoch,loss,accuracy,"a ""b"", c"');
  expect(linesOf(path)[2]).toMatch(/^1,[\d.]+,[\d.]+,$/);
});

test("errors tell what is wrong", async () => {
  expect(failure(() => new CSVLogger(3 as never))).toBe("ARGUMENT CSVLogger: path is 3; expected a string or a URL.");
  expect(failure(() => new CSVLogger("x", { separator: "tab" }))).toBe(
    'ARGUMENT CSVLogger: separator is "tab"; expected one character, neither a quote nor a line\'s end.',
  );
  const steps = model.optimizer.stepCount;
  expect(await rejection(train(join(folder, "none", "x.csv"), {}, {}))).toMatch(/^FILE CSVLogger: cannot write .*: no such file or folder/);
  expect(model.optimizer.stepCount).toBe(steps);
});
