import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { built, emptyFolder } from "../package/built.js";
import { jsonLines, start } from "./command.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
  const space = { learningRate: { logUniform: [1e-4, 1e-1] }, hidden: [[8], [16, 8]], batch: { integer: [16, 64], step: 16 } };
  writeFileSync(join(folder, "space.json"), JSON.stringify(space));
});

const SEARCH = ["search", "space.json", "digits", "--trials", "4", "--epochs", "2", "--figure", "valAccuracy", "--maximize"];

test("search: the best settings of a space train the model that was found, and trials that are done are not made again", async () => {
  const result = await start(folder, [...SEARCH, "--json"]);
  expect([result.code, result.stderr]).toEqual([0, ""]);
  const lines = jsonLines(result);
  const trials = lines.filter(({ event }) => event === "trial");
  const found = lines.at(-1);
  expect(trials.map(({ trial }) => trial).sort()).toEqual([0, 1, 2, 3]);
  expect(found).toMatchObject({ event: "result", trials: 4, best: "digits.best.json", log: "digits.trials.jsonl" });
  expect(found.value).toBe(Math.max(...trials.map(({ value }) => value)));
  const best = JSON.parse(readFileSync(join(folder, "digits.best.json"), "utf8"));
  expect(best).toEqual(found.settings);
  expect(best).toMatchObject({ data: "digits", epochs: 2, validation: 0.2, learningRate: expect.any(Number), seed: expect.any(Number) });

  const trained = await start(folder, ["train", "--config", "digits.best.json", "--json"]);
  expect(jsonLines(trained).filter(({ event }) => event === "epoch")[1].valAccuracy).toBe(found.value);

  // The last line is cut off, as by a kill.
  const log = join(folder, "digits.trials.jsonl");
  const [first, second, third] = readFileSync(log, "utf8").split("\n");
  writeFileSync(log, `${[first, second].join("\n")}\n${third.slice(0, 40)}`);
  const resumed = await start(folder, [...SEARCH, "--resume", "--json"]);
  expect(resumed.code).toBe(0);
  expect(jsonLines(resumed).at(-1)).toEqual(found);
  const told = readFileSync(log, "utf8").split("\n");
  expect(told.slice(0, 2)).toEqual([first, second]);
  expect(told.filter((line) => line.startsWith("{") && line.endsWith("}")).length).toBe(4);
});

test("search: halving deals out epochs; a space of a wrong setting is refused before the first trial", async () => {
  const args = ["search", "space.json", "digits", "--method", "halving", "--trials", "3", "--epochs", "3", "--workers", "1"];
  const result = await start(folder, args);
  expect(result.code).toBe(0);
  expect(result.stdout).toMatch(/^trial 0, 1 epochs: valLoss \d.* hidden .*, learningRate /m);
  expect(result.stdout).toMatch(/^best of 4 trials: valLoss [\d.]+, trial 3: /m);
  expect(result.stdout).toMatch(/^train with it: simdgrad train --config digits\.best\.json$/m);
  writeFileSync(join(folder, "wrong.json"), JSON.stringify({ optimizer: ["adm"] }));
  const failed = await start(folder, ["search", "wrong.json", "digits", "--trials", "1", "--workers", "1"]);
  expect(failed.stdout).toMatch(/^trial 0: failed: .*unknown optimizer "adm".* {2}optimizer adm {2}none that ended yet$/m);
  expect([failed.code, failed.stderr]).toEqual([2, expect.stringMatching(/none of 1 trials ended with a number; the first: .*[^.]\.$/m)]);
  const readOnly = await start(folder, ["search", "space.json", "digits", "--best", "missing/best.json"]);
  expect(readOnly.stderr).toMatch(/search: cannot write missing\/best\.json: the folder missing is missing or read-only/);
  writeFileSync(join(folder, "wrong.json"), JSON.stringify({ learningRat: [0.1] }));
  const wrong = await start(folder, ["search", "wrong.json", "digits", "--log", "wrong.jsonl"]);
  expect(wrong.stderr).toMatch(/^error: search: wrong\.json: unknown "learningRat" \(Did you mean "learningRate"\?\)\.$/m);
  expect([wrong.code, existsSync(join(folder, "wrong.jsonl"))]).toEqual([2, false]);
});

test("lr-find: a curve, a table, a suggestion, and how to train with it", async () => {
  const args = ["lr-find", "digits", "--hidden", "16", "--sweep", "40", "--from", "1e-5", "--to", "1"];
  const result = await start(folder, args);
  expect([result.code, result.stderr]).toEqual([0, ""]);
  expect(result.stdout).toMatch(/^[▁▂▃▄▅▆▇█]{20,40}$/m);
  expect(result.stdout).toMatch(/^ +1e-5 |^ +0\.00001 /m);
  const [, rate] = result.stdout.match(/^suggestion: (\S+)/m) ?? [];
  expect(result.stdout).toContain(`train with it: simdgrad train digits --hidden 16 --learning-rate ${rate}\n`);
  const { suggestion, rates } = jsonLines(await start(folder, [...args, "--json"]))[0];
  expect(rates[0]).toBe(1e-5);
  expect(Number(suggestion.toPrecision(2))).toBe(Number(rate));
  expect([suggestion > 1e-4, suggestion < 0.5]).toEqual([true, true]);
});

test("a table: lr-find and search take it as train does", async () => {
  const rows = Array.from(
    { length: 120 },
    (_, i) => `${(i * 37) % 101},${(i * 53) % 97},${(i * 37) % 101 > (i * 53) % 97 ? "more" : "less"}`,
  );
  writeFileSync(join(folder, "pairs.csv"), ["a,b,which", ...rows, ""].join("\n"));
  const rates = await start(folder, ["lr-find", "pairs.csv", "--sweep", "30", "--json"]);
  expect(rates.code).toBe(0);
  expect(jsonLines(rates)[0]).toMatchObject({ event: "rates", data: "pairs.csv", suggestion: expect.any(Number) });
  const args = ["search", "space.json", "pairs.csv", "--method", "grid", "--epochs", "2", "--workers", "2", "--json"];
  writeFileSync(join(folder, "space.json"), JSON.stringify({ hidden: [[4], [8]], dropout: 0 }));
  const found = jsonLines(await start(folder, args)).at(-1);
  expect(found).toMatchObject({ trials: 2, best: "pairs.best.json", settings: { data: "pairs.csv", dropout: 0, validation: 0.2 } });
  const trained = await start(folder, ["train", "--config", "pairs.best.json", "--json"]);
  expect(jsonLines(trained).filter(({ event }) => event === "epoch")[1].valLoss).toBe(found.value);
});
