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
});

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

test("without an optional peer a function says how to install it", () => {
  const program = `import { svd } from "simdgrad/linalg";\nsvd([[1]]).catch(({ code, message }) => console.log(JSON.stringify([code, message])));`;
  expect(runProgram("peer.mjs", program)).toEqual(["PEER", expect.stringMatching(/^svd: .* Run: npm install ml-matrix$/s)]);
});

test("both doors give one kind of tensor", () => {
  const body = "loadDigits().then(({ train }) => console.log(JSON.stringify(train.x instanceof Tensor && train.x.relu().shape)));";
  const imported = `import { Tensor } from "simdgrad";\nimport { loadDigits } from "simdgrad/digits";\n${body}`;
  expect(runProgram("doors.mjs", imported)).toEqual([1438, 64]);
  const required = `const { Tensor } = require("simdgrad");\nconst { loadDigits } = require("simdgrad/digits");\n${body}`;
  expect(runProgram("doors.cjs", required)).toEqual([1438, 64]);
});

describe("an error that nobody catches", () => {
  /** Programs whose `mine` fails, and what the error's text begins with. */
  const FAILING = {
    operation: ["tensor([1, 2]).add(tensor([1, 2, 3]));", "ShapeError: add: shapes [2] and [3] do not broadcast"],
    option: ['new Dense(2, { activaton: "relu" });', 'ArgumentError: Dense: unknown option "activaton".'],
    layer: ["new Sequential([new Dense(2, { inputShape: [3] })]).forward(ones([4, 5]));", "ShapeError: Dense: x [4, 5] does not fit"],
    inside: ["ones([2]).sum().backward();", "GraphError: backward: "],
    compile: ['model().compile({ optimizer: "adamm", loss: "mse" });', 'ArgumentError: compile: unknown optimizer "adamm".'],
    fit: [
      "await trained().fit({ x: [[1, 2, 3]], y: tensor([5], { dtype: 'int32' }) }, { verbose: 0 });",
      "IndexError: crossEntropy: label 5 ",
    ],
    predict: ["await trained().predict([[1, 2]]);", "ShapeError: Dense: x [1, 2] does not fit"],
    kernels: ['await init({ kernels: "fast" });', "ArgumentError: init: kernels is "],
    file: ['await loadModel("nowhere.safetensors");', "FileError: loadModel: cannot read nowhere.safetensors"],
  } as const;

  function stderrOf(body: string, { options = [] as string[], stack = undefined as string | undefined } = {}): string {
    const text = `import { Dense, init, loadModel, ones, Sequential, tensor } from "simdgrad";
const model = () => new Sequential([new Dense(2, { inputShape: [3] })]);
const trained = () => {
  const made = model();
  made.compile({ optimizer: "sgd", loss: "crossEntropy" });
  return made;
};
async function mine() {
  ${body}
}
await mine();
`;
    writeFileSync(join(folder, "uncaught.mjs"), text);
    const env = { ...process.env, SIMDGRAD_STACK: stack };
    const { status, stderr } = spawnSync(process.execPath, [...options, "uncaught.mjs"], { cwd: folder, env, encoding: "utf8" });
    expect(status).toBe(1);
    return stderr;
  }

  test.each(Object.entries(FAILING))("%s: its message is in sight, and its stack begins at the line of the user", (_, [body, begins]) => {
    const stderr = stderrOf(body);
    expect(stderr.length).toBeLessThan(2000);
    const at = stderr.indexOf(`\n${begins}`);
    expect(at, stderr).toBeGreaterThan(0);
    const [first] = stderr.slice(at).match(/^ {4}at .*/m) as RegExpMatchArray;
    expect(first).toMatch(/^ {4}at (async )?mine \(.*uncaught\.mjs:9:\d+\)$/);
  });

  test("shows the way through the library with SIMDGRAD_STACK=full, by source maps in the sources", () => {
    const stderr = stderrOf(FAILING.operation[0], { options: ["--enable-source-maps"], stack: "full" });
    const [, file, line] = stderr.match(/at broadcastShapes \(.*\/(src\/[\w/]+\.ts):(\d+)/) as RegExpMatchArray;
    expect(read(file).split("\n")[Number(line) - 1]).toContain("throw new ShapeError(");
  });

  test("begins at the line of the user with source maps, too", () => {
    const stderr = stderrOf(FAILING.operation[0], { options: ["--enable-source-maps"] });
    expect(stderr.match(/^ {4}at .*/m)?.[0]).toMatch(/^ {4}at mine \(.*uncaught\.mjs:9:\d+\)$/);
  });
});

test("its command runs", () => {
  const { bin, version } = JSON.parse(readFileSync(join(folder, "node_modules/simdgrad/package.json"), "utf8"));
  expect(runNode(folder, join("node_modules/simdgrad", bin.simdgrad), "--version").trim()).toBe(version);
  expect(JSON.parse(runNode(folder, join("node_modules/simdgrad", bin.simdgrad), "info", "--json")).version).toBe(version);
});
