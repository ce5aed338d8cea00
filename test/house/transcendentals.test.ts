import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { read, root } from "../support/repository.js";

/** The lint rule on a small project of its own, with the plugins of our configuration and nothing else. */
const project = mkdtempSync(join(tmpdir(), "simdgrad-lint-"));

const FUNCTIONS = "exp expm1 log log1p log2 log10 pow sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh cbrt hypot".split(
  " ",
);

const FORBIDDEN = [
  ...FUNCTIONS.map((name) => `export const y = Math.${name}(1, 2);`),
  "export const y = [1, 2].map(Math.exp);",
  "export const y = 3 * (x + 2 ** x);",
  "x **= 2;",
  "x\n  **=\n  2;",
  'export const y = Math["exp"](1);',
  "const { exp } = Math;",
  "const M = Math;",
  "export const y = globalThis.Math.exp(1);",
];

const ALLOWED = [
  "export const y = Math.max(1, Math.abs(x)) + Math.sqrt(x) + Math.fround(x) + Math.clz32(x);",
  "x *= 2;",
  'export const y = "Math.exp(2) ** 3";',
  "/** 2 ** x, Math.exp */\nexport const y = 1;",
];

interface Report {
  diagnostics: { category: string; location: { path: string | { file: string } } }[];
}

let found: string[] = [];

beforeAll(() => {
  const { plugins } = JSON.parse(read("biome.json")) as { plugins: unknown };
  write("biome.json", JSON.stringify({ linter: { rules: { preset: "none" } }, plugins }));
  cpSync(join(root, "biome"), join(project, "biome"), { recursive: true });
  for (const [i, code] of FORBIDDEN.entries()) {
    for (const folder of ["src/ops", "src", "src/kernels", "src/kernels/js", "test", "bench", "scripts"])
      write(`${folder}/no${i}.ts`, `let x = 1;\n${code}\n`);
  }
  for (const [i, code] of ALLOWED.entries()) write(`src/ops/yes${i}.ts`, `let x = 1;\n${code}\n`);
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const { stdout } = spawnSync(process.execPath, [biome, "lint", "--reporter=json", "--max-diagnostics=none"], {
    cwd: project,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as Report;
  found = diagnostics.map(({ location: { path } }) => (typeof path === "string" ? path : path.file).replaceAll("\\", "/"));
});

afterAll(() => rmSync(project, { recursive: true }));

function write(path: string, text: string): void {
  const file = join(project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

test.each(FORBIDDEN.map((code, i) => [code, i] as const))("%s is refused in src/", (_code, i) => {
  for (const folder of ["src", "src/ops", "src/kernels"]) expect(found).toContain(`${folder}/no${i}.ts`);
});

test("all of it is allowed in the twins, tests, benchmarks and scripts", () => {
  expect(found.filter((path) => !/^src\/(ops\/|kernels\/)?no\d+\.ts$/.test(path))).toEqual([]);
});
