import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { built, emptyFolder } from "../package/built.js";
import { start } from "./command.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
});

const drawn = (file: string): string => readFileSync(join(folder, file), "utf8");

test("a figure goes where it was asked to go, the same each time, and its options change it", async () => {
  const args = ["plot", "loss-curves", "--epochs", "2", "--samples", "50"];
  for (const file of ["one.svg", "other.svg"]) {
    const { code, stdout, stderr } = await start(folder, [...args, "--out", file]);
    expect([code, stdout, stderr]).toEqual([0, `drawn: ${file}\n`, ""]);
  }
  expect(drawn("other.svg")).toBe(drawn("one.svg"));
  expect(drawn("one.svg")).toContain("50 samples");
});

test("the curves of one's own training, from the file of CSVLogger and from JSON", async () => {
  writeFileSync(join(folder, "own.csv"), "epoch,loss,valLoss\n0,3,4\n1,2,3\n2,1,\n");
  writeFileSync(join(folder, "own.json"), JSON.stringify({ loss: [3, 2, 1], valLoss: [4, 3, null] }));
  writeFileSync(join(folder, "short.json"), JSON.stringify({ history: { loss: [3, 2, 1], valLoss: [4, 3, 2] }, epoch: [0, 1, 2] }));
  expect((await start(folder, ["plot", "own.csv", "--out", "own.png"])).stdout).toBe("drawn: own.png\n");
  expect(readFileSync(join(folder, "own.png")).subarray(1, 4).toString()).toBe("PNG");
  expect((await start(folder, ["plot", "short.json"])).stdout).toBe("drawn: short.svg\n");
  expect(drawn("short.svg")).toContain(">validation</text>");
  expect((await start(folder, ["plot", "own.json"])).stdout).toBe("drawn: own.svg\n");
  const epochs = { epoch: [0, 1, 2], step: [null, null, null], figures: { loss: [3, 2, 1], valLoss: [4, 3, 2] } };
  writeFileSync(join(folder, "run.json"), JSON.stringify({ id: "7f", name: "own", epochs }));
  expect((await start(folder, ["plot", "run.json", "--out", "run.svg"])).stdout).toBe("drawn: run.svg\n");
  const curves = (file: string): string[] => drawn(file).match(/<path d="[^"]*" stroke="/g) ?? [];
  expect(curves("run.svg")).toHaveLength(2);
  expect(curves("run.svg")).toEqual(curves("short.svg"));
  writeFileSync(join(folder, "wrong.json"), JSON.stringify({ loss: [3, 2, 1], valLoss: [4] }));
  const wrong = await start(folder, ["plot", "wrong.json"]);
  expect([wrong.code, existsSync(join(folder, "wrong.svg"))]).toEqual([2, false]);
  expect(wrong.stderr).toMatch(/^error: lossCurves: history\.valLoss has 1 numbers, history\.loss has 3; expected what fit returned/);
});

test("lists its figures, and shows the options of one", async () => {
  expect((await start(folder, ["plot", "--list"])).stdout).toMatch(/^Figures:\n {2}\S+ {2,}\S/);
  const help = await start(folder, ["plot", "double-descent", "--help"]);
  expect(help.stdout).toMatch(/--out <file> .*--samples <n> +digits to train on.*\(default:\s+150\)/s);
});

test.each([
  [["plot", "los-curves"], /^error: plot: there is neither a figure nor a file named los-curves\. Did you mean "loss-curves"\? Known: /],
  [["plot"], /^error: plot: no figure was named\. Known: /],
  [["plot", "loss-curves", "--epochs", "0"], /'--epochs <n>' argument '0' is invalid\. Expected a whole number ≥ 1\./],
  [["plot", "loss-curves", "--out", "a.pdf"], /Expected a name that ends in \.svg or \.png\./],
])("wrong usage: %j", async (args, error) => {
  const { code, stderr } = await start(folder, args);
  expect(code).toBe(2);
  expect(stderr).toMatch(error);
});
