import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Sizes, withSizes } from "../../scripts/sizes.mjs";
import * as data from "../../src/data.js";
import * as library from "../../src/index.js";
import * as layers from "../../src/nn/layers.js";
import * as losses from "../../src/nn/losses.js";
import * as activations from "../../src/ops/activations.js";
import * as optimizers from "../../src/optim/optimizers.js";
import * as schedules from "../../src/optim/schedules.js";
import * as metrics from "../../src/train/metrics.js";
import { built } from "../package/built.js";
import { files, read, root } from "../support/repository.js";
import { folderOf, type Page, pageOf, pages, runnable } from "./programs.js";
import { type Outcome, runAll } from "./run.js";

/** Within the package, so that a program finds it by its name. */
const folder = join(root, "build/programs");

const all = pages.map(pageOf);
const places = all.flatMap((page) => page.programs.map((program, i) => ({ page, program, file: fileOf(page, i) })));

function fileOf(page: Page, i: number): string {
  return join(folder, folderOf(page), `${i + 1}.mjs`);
}

describe("every program of README and docs runs as it stands", () => {
  let outcomes: Map<string, Outcome>;
  beforeAll(() => {
    built();
    rmSync(folder, { recursive: true, force: true });
    for (const page of all) {
      mkdirSync(join(folder, folderOf(page)), { recursive: true });
      for (const { name, code } of page.files) writeFileSync(join(folder, folderOf(page), name), code);
    }
    for (const { program, file } of places) writeFileSync(file, runnable(program));
    outcomes = runAll(places.map(({ file }) => file));
  });

  test.for(places)("$program.place", ({ file }) => {
    expect(outcomes.get(file)?.error).toBeNull();
  });

  test("and prints what it says", () => {
    const compared = [...outcomes.values()].reduce((sum, outcome) => sum + outcome.compared, 0);
    expect(compared).toBeGreaterThan(20);
  });
});

test("the programs in TypeScript compile", () => {
  built();
  const typed = join(folder, "typed");
  mkdirSync(typed, { recursive: true });
  const programs = places.filter(({ program }) => program.language === "ts");
  const sources = programs.map(({ page, program }, i) => {
    const file = join(typed, `${folderOf(page)}-${i + 1}.mts`);
    writeFileSync(file, program.code);
    return file;
  });
  expect(sources.length).toBeGreaterThan(0);
  const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--types", "node"];
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "--ignoreConfig", ...options, ...sources],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  expect(stdout).toBe("");
});

test("every program in a page ends before the next one begins", () => {
  const open = pages.filter((path) => {
    const fences = read(path).match(/^```.*$/gm) ?? [];
    return fences.length % 2 === 1 || fences.some((fence, i) => i % 2 === 1 && fence !== "```");
  });
  expect(open).toEqual([]);
});

test("every link between pages leads somewhere", () => {
  const broken = pages.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
      if (/^[a-z]+:/.test(target)) return [];
      const [file, anchor] = target.split("#");
      const found = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(root, found))) return [`${path}: ${target}`];
      return anchor === undefined || anchors(found).has(anchor) ? [] : [`${path}: ${target}`];
    }),
  );
  expect(broken).toEqual([]);
});

test("the README names whatever the registries hold", () => {
  const registries = { layers, losses, optimizers, schedules, metrics, activations };
  // A registry may fill several rows: "layers: normalisation".
  const rows = [...read("README.md").matchAll(/^\| (\w+)(?:: \w+)? \| (.*) \|$/gm)];
  const rowsOf = (registry: string): string =>
    rows
      .filter(([, name]) => name === registry)
      .map(([, , row]) => row)
      .join();
  const missing = Object.entries(registries).flatMap(([registry, names]) =>
    Object.keys(names).filter((name) => !rowsOf(registry).includes(`\`${name}\``)),
  );
  expect(missing).toEqual([]);
});

test("the README tells the sizes that the tests of the package hold", () => {
  const sizes = JSON.parse(read("test/package/sizes.json")) as Record<string, Sizes>;
  expect(read("README.md"), "node scripts/sizes.mjs --write").toBe(withSizes(read("README.md"), sizes));
  expect(read("README.md")).toContain("| everything |");
});

test("every code of an error is explained", () => {
  const codes = files("src").flatMap((path) => [...read(path).matchAll(/super\(\s*"([A-Z]+)"/g)].map(([, code]) => code));
  expect(codes.length).toBeGreaterThan(8);
  const rows = [...read("docs/errors.md").matchAll(/^\| `([A-Z]+)` \| `\w+Error` \|/gm)].map(([, code]) => code);
  expect(rows.sort()).toEqual([...new Set(codes)].sort());
});

test("the words beside PyTorch's and Keras's are the library's", () => {
  const methods = [library.Tensor, library.Model, library.Optimizer].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
  const modules = Object.getOwnPropertyNames(library.Module.prototype);
  const streams = [data.DataStream, data.DataStream.prototype].flatMap((streams) => Object.getOwnPropertyNames(streams));
  const known = new Set([...Object.keys(library), ...Object.keys(data), ...streams, ...methods, ...modules, "history", "valLoss"]);
  const cells = [...read("docs/coming-from-python.md").matchAll(/^\|.*\| (.*) \|$/gm)].map(([, cell]) => cell);
  const words = cells.flatMap((cell) =>
    [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => [...code.matchAll(/\b([a-zA-Z]\w*)(?=\(|$)/g)].map(([, word]) => word)),
  );
  expect(words.length).toBeGreaterThan(60);
  expect(words.filter((word) => !known.has(word) && !/^(x|net|Net|silu|class|null)$/.test(word))).toEqual([]);
});

/** The anchors of a page's headings. */
function anchors(path: string): Set<string> {
  const headings = [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test("the changes are told once: no line of an entry stands twice, and no entry is left without its head", () => {
  const lines = read("CHANGELOG.md").split("\n");
  const long = lines.filter((line) => line.length > 40);
  expect(long.filter((line, i) => long.indexOf(line) !== i)).toEqual([]);
  const torn = lines.filter((line, i) => line.startsWith("  ") && !/^( {2}|- )/.test(lines[i - 1]));
  expect(torn).toEqual([]);
});
