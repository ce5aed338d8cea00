import { join } from "node:path";
import { expect, test } from "vitest";
import { readKernels } from "../../scripts/records.mjs";
import { files, read, root } from "../support/repository.js";

const { kernels } = readKernels(join(root, "assembly"));
const families = [...new Set(kernels.map(({ family }) => family))];

test("every family of kernels has its twin and its test under the same name", () => {
  const expected = families.flatMap((family) => [`src/kernels/js/${family}.ts`, `test/kernels/${family}.test.ts`]);
  const present = new Set(files());
  expect(families.length).toBeGreaterThan(5);
  expect(expected.filter((path) => !present.has(path))).toEqual([]);
});

test("every kernel has its twin in the file of its family", () => {
  const missing = kernels.filter(({ name, family }) => !exportsOf(`src/kernels/js/${family}.ts`).has(name));
  expect(missing.map(({ name, family }) => `${family}.${name}`)).toEqual([]);
});

test("every twin belongs to a kernel", () => {
  const names = new Set(kernels.map(({ name, family }) => `${family}.${name}`));
  const strangers = families.flatMap((family) => [...kernelLike(`src/kernels/js/${family}.ts`)].map((name) => `${family}.${name}`));
  expect(strangers.filter((name) => !names.has(name))).toEqual([]);
});

/** Files of the host that are not the kernels' own side. */
const host = files("src").filter((path) => path.endsWith(".ts") && !path.startsWith("src/kernels/js/"));

test("every kernel is called by the host", () => {
  const texts = host.map(read);
  const idle = kernels.filter(({ name }) => !texts.some((text) => new RegExp(`\\bkernels\\.${name}\\b`).test(text)));
  expect(idle.map(({ name, family }) => `${family}.${name}`)).toEqual([]);
});

test("only the generated files know the twins", () => {
  expect(host.filter((path) => /from "[^"]*kernels\/js\//.test(read(path)) || /from "\.\.?\/js\//.test(read(path)))).toEqual([]);
});

function exportsOf(path: string): Set<string> {
  return new Set([...source(path).matchAll(/^export (?:function|const) (\w+)/gm)].map(([, name]) => name));
}

/** Exported functions that take a record and a range. */
function kernelLike(path: string): string[] {
  return [...source(path).matchAll(/^export function (\w+)\(\s*\w+: \w+Args,\s*from: number,\s*to: number/gm)].map(([, name]) => name);
}

function source(path: string): string {
  return files("src/kernels/js").includes(path) ? read(path) : "";
}
