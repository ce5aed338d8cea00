import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { built, emptyFolder } from "../package/built.js";
import { jsonLines, start } from "./command.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
});

test("--diagnose, --report, --tensorboard and --ui at once, for machines; the model is the one without them", async () => {
  const training = ["train", "digits", "--epochs", "2", "--hidden", "16", "--json"];
  const looked = await start(folder, [...training, "--diagnose", "--report", "digits.html", "--tensorboard", "runs", "--ui"]);
  expect([looked.code, looked.stderr.includes("error")]).toEqual([0, false]);
  expect(looked.stderr).toMatch(/the training is shown at http:\/\/127\.0\.0\.1:\d+\//);
  const lines = jsonLines(looked);
  expect(lines.map(({ event }) => event)).toEqual(["epoch", "epoch", "findings", "result"]);
  const html = readFileSync(join(folder, "digits.html"), "utf8");
  expect(html).toMatch(/^<!doctype html>/i);
  expect(html).toContain("digits");
  const [run] = readdirSync(join(folder, "runs"));
  expect(run).toMatch(/^digits-\d{4}-\d\d-\d\dT/);
  expect(readdirSync(join(folder, "runs", run, "train"))).toHaveLength(1);
  const plain = await start(folder, [...training, "--out", "plain.safetensors"]);
  const weights = (file: string) => readFileSync(join(folder, file)).subarray(-1000);
  expect(jsonLines(plain)[1]).toEqual(lines[1]);
  expect(weights("plain.safetensors")).toEqual(weights("digits.safetensors"));
});

test("for people: what is wrong with a training, and where its report is", async () => {
  const rows = Array.from({ length: 200 }, (_, i) => `${(i * 37) % 101},${(i * 17) % 31},${i % 2 === 0 ? "yes" : "no"}`);
  writeFileSync(join(folder, "odd.csv"), `a,b,answer\n${rows.join("\n")}\n`);
  const options = ["--epochs", "3", "--learning-rate", "30", "--optimizer", "sgd", "--diagnose", "--report", "odd.html"];
  const { code, stdout, stderr } = await start(folder, ["train", "odd.csv", ...options]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/diagnose: \d+ findings?, the worst first\n[\s\S]*\n {4}Try: /)]);
  // A training that fails needs a report most.
  expect([stdout, stderr]).toEqual([
    expect.stringContaining("the report is in odd.html"),
    expect.stringContaining("error: fit: the loss became "),
  ]);
  expect(readFileSync(join(folder, "odd.html"), "utf8")).toMatch(/^<!doctype html>/i);
  const missing = await start(folder, ["train", "odd.csv", "--report", "nowhere/odd.html"]);
  expect([missing.code, missing.stderr]).toEqual([
    2,
    expect.stringMatching(/cannot write nowhere\/odd\.html: the folder nowhere is missing/),
  ]);
});
