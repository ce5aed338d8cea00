import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path/posix";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import * as data from "../../src/data.js";
import * as core from "../../src/index.js";
import { kernelBuild, useKernels } from "../../src/kernels/load.js";
import { dataFile } from "../support/data.js";
import { writeExampleFiles } from "../support/exampleFiles.js";
import { documented, library, scope, sources } from "../support/examples.js";

const comments = sources.flatMap(documented);
const examples = comments.flatMap(({ place, name, examples }) => examples.map((code) => ({ place: `${place} ${name ?? ""}`, code })));

const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...values: unknown[]) => Promise<unknown>;

/** The code, with every line `expression   // value` turned into a comparison; what is not JSON behind `//` is only a remark. */
function checked(code: string): string {
  const lines = code.split("\n").map((line) => {
    const [, expression, remark] = /^(.*?);?\s*\/\/ (.*)$/.exec(line) ?? [];
    const value = leadingJson(remark ?? "");
    return value !== "" && isExpression(expression) ? `same((${expression}), ${value});` : line;
  });
  return lines.join("\n");
}

/** The longest beginning of a remark that is JSON and ends where a word or a clause ends; "" if none is. */
function leadingJson(remark: string): string {
  for (let end = remark.length; end > 0; end--) {
    if (!/^($|[\s,;:])/.test(remark.slice(end))) continue;
    try {
      JSON.parse(remark.slice(0, end));
      return remark.slice(0, end).trim();
    } catch {
      // A shorter beginning may be.
    }
  }
  return "";
}

function isExpression(code: string): boolean {
  try {
    new AsyncFunction(`return (${code});`);
    return true;
  } catch {
    return false;
  }
}

let comparisons = 0;

/** Whether a result is what its remark says, to the digits that remarks have. */
function same(result: unknown, expected: unknown): void {
  comparisons++;
  const plain = (value: unknown): unknown => {
    if (value instanceof core.Tensor) return value.toArray();
    return Array.isArray(value) && value.length === 1 && value[0] instanceof core.Tensor ? plain(value[0]) : value;
  };
  const compare = (found: unknown, wanted: unknown): void => {
    if (Array.isArray(wanted)) {
      expect((found as unknown[]).length).toBe(wanted.length);
      wanted.forEach((part, i) => {
        compare((found as unknown[])[i], part);
      });
    } else if (typeof wanted === "number") expect(Number(found)).toBeCloseTo(wanted, 3);
    else expect(Boolean(found)).toBe(wanted);
  };
  compare(plain(result), expected);
}

const mnist = dataFile("MNIST", "mnist/t10k-labels-idx1-ubyte.gz");
const fashion = dataFile("Fashion-MNIST", "fashion-mnist/t10k-labels-idx1-ubyte.gz");

const cifar = dataFile("CIFAR-10", "cifar10/cifar10-test-1k.bin.gz");
const shakespeare = dataFile("Tiny Shakespeare", "text/tinyshakespeare.txt");
const loaded = { loadMnist: mnist, loadFashionMnist: fashion, loadCifar10: cifar, loadShakespeare: shakespeare };

/** Whether an example reads data that are not here. */
function lacksData(code: string): boolean {
  return Object.entries(loaded).some(([loader, file]) => file === null && code.includes(`${loader}(`));
}

describe("every example in a doc comment runs as it stands", () => {
  const build = kernelBuild();
  afterEach(() => useKernels(build));

  const home = process.cwd();
  const shared = process.env.SIMDGRAD_DATA;
  let folder = "";
  // What examples write stays out of the repository; what they read is there.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
    writeExampleFiles(folder);
    process.chdir(folder);
    if (mnist !== null) process.env.SIMDGRAD_DATA = dirname(dirname(mnist));
  });
  afterAll(() => {
    process.chdir(home);
    if (shared === undefined) delete process.env.SIMDGRAD_DATA;
    else process.env.SIMDGRAD_DATA = shared;
    rmSync(folder, { recursive: true });
  });

  test.for(examples)("$place: $code", async ({ place, code }, { skip }) => {
    skip(lacksData(code), "the data set is not here");
    // What examples print is not looked at.
    // Both the main door and that of data have a `normalize`.
    const door = place.startsWith("src/data/") ? data : {};
    const names: Record<string, unknown> = { ...library, ...door, ...scope(code), same, console: { log: () => {} } };
    // In a block of its own, what an example declares hides what stands ready.
    const run = new AsyncFunction(...Object.keys(names), `"use strict"; {\n${checked(code)}\n}`);
    await run(...Object.values(names));
  });

  test("and gives what its remark says", () => expect(comparisons).toBeGreaterThan(5));
});

test("every public function and class has an example", () => {
  const shown = new Set(comments.filter(({ examples }) => examples.length > 0).map(({ name }) => name));
  const isError = (value: unknown): boolean =>
    value !== library.SimdgradError && (value as { prototype?: unknown }).prototype instanceof Error;
  const wanted = Object.entries(library).filter(([, value]) => typeof value === "function" && !isError(value));
  expect(wanted.length).toBeGreaterThan(100);
  expect(wanted.map(([name]) => name).filter((name) => !shown.has(name))).toEqual([]);
});
