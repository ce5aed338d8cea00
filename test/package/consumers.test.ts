import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { read } from "../support/repository.js";
import { installed, runNode } from "./built.js";
import { COMMONJS, ESM, OUTPUT, WRAPPED } from "./program.js";

let folder: string;
beforeAll(() => {
  folder = installed();
}, 120_000);

function runProgram(file: string, text?: string): unknown {
  if (text !== undefined) writeFileSync(join(folder, file), text);
  return JSON.parse(runNode(folder, file));
}

test("an ES module trains, saves and loads", () => {
  expect(runProgram("esm.mjs", ESM)).toEqual(OUTPUT);
});

test("CommonJS requires it", () => {
  expect(runProgram("commonjs.cjs", COMMONJS)).toEqual(OUTPUT);
});

describe.each([
  { format: "esm", minify: false },
  { format: "cjs", minify: false },
  { format: "esm", minify: true },
  { format: "cjs", minify: true },
] as const)("esbuild into $format, minify: $minify", ({ format, minify }) => {
  test("runs without the package", async () => {
    const name = `bundle-${minify ? "min" : "plain"}.${format === "esm" ? "mjs" : "cjs"}`;
    const { outputFiles, warnings } = await build({
      stdin: { contents: format === "esm" ? ESM : WRAPPED, resolveDir: folder, loader: "js" },
      bundle: true,
      format,
      minify,
      platform: "node",
      write: false,
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
    expect(outputFiles[0].text).not.toMatch(/(from|require\()\s*["']simdgrad["']/);
    const output = runProgram(name, outputFiles[0].text) as typeof OUTPUT;
    // A minifier mangles the names of errors, therefore they have codes. Layers have a type.
    expect(output).toEqual(minify ? { ...OUTPUT, refusal: expect.stringMatching(/ SHAPE true$/) } : OUTPUT);
  });
});

test("bundles for browsers need nothing of Node", async () => {
  const { outputFiles, warnings, errors } = await build({
    stdin: { contents: WRAPPED, resolveDir: folder, loader: "js" },
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  expect([...warnings, ...errors]).toEqual([]);
  expect(outputFiles[0].text).not.toMatch(/\bfrom\s*["']node:/);
});

test("both doors give one kind of tensor", () => {
  const body = "loadDigits().then(({ train }) => console.log(JSON.stringify(train.x instanceof Tensor && train.x.relu().shape)));";
  const imported = `import { Tensor } from "simdgrad";\nimport { loadDigits } from "simdgrad/digits";\n${body}`;
  expect(runProgram("doors.mjs", imported)).toEqual([1438, 64]);
  const required = `const { Tensor } = require("simdgrad");\nconst { loadDigits } = require("simdgrad/digits");\n${body}`;
  expect(runProgram("doors.cjs", required)).toEqual([1438, 64]);
});

describe("an error that nobody catches", () => {
  function stderrOf(...options: string[]): string {
    writeFileSync(join(folder, "uncaught.mjs"), 'import { tensor } from "simdgrad";\ntensor([1, 2]).add(tensor([1, 2, 3]));\n');
    const { status, stderr } = spawnSync(process.execPath, [...options, "uncaught.mjs"], { cwd: folder, encoding: "utf8" });
    expect(status).toBe(1);
    return stderr;
  }

  test("shows its message, and a line of code that can be read", () => {
    const stderr = stderrOf();
    expect(stderr).toContain("\nShapeError: add: shapes [2] and [3] do not broadcast");
    expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThan(500);
    expect(stderr.length).toBeLessThan(3000);
  });

  test("leads to its line in the sources", () => {
    const [, file, line] = stderrOf("--enable-source-maps").match(/at broadcastShapes \(.*\/(src\/[\w/]+\.ts):(\d+)/) as RegExpMatchArray;
    expect(read(file).split("\n")[Number(line) - 1]).toContain("throw new ShapeError(");
  });
});

test("its command runs", () => {
  const { bin, version } = JSON.parse(readFileSync(join(folder, "node_modules/simdgrad/package.json"), "utf8"));
  expect(runNode(folder, join("node_modules/simdgrad", bin.simdgrad), "--version").trim()).toBe(version);
  expect(JSON.parse(runNode(folder, join("node_modules/simdgrad", bin.simdgrad), "info", "--json")).version).toBe(version);
});
