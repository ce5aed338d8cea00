import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { parseAst } from "rolldown/parseAst";
import { beforeAll, expect, test } from "vitest";
import { measure, PROGRAMS, type Sizes } from "../../scripts/sizes.mjs";
import { root } from "../support/repository.js";
import { built } from "./built.js";

/** Nothing grows by more than this without being meant to. */
const SLACK = 1.02;

const table = JSON.parse(readFileSync(join(root, "test/package/sizes.json"), "utf8")) as Record<string, Sizes>;
let sizes: Record<string, Sizes>;
beforeAll(async () => {
  built();
  sizes = await measure(root);
});

test("the table holds the programs that are measured", () => {
  expect(Object.keys(table)).toEqual(Object.keys(PROGRAMS));
});

test.each(Object.keys(PROGRAMS))("%s adds to a bundle what the table says", (name) => {
  const hint = "If it is meant to grow: node scripts/sizes.mjs --write";
  expect(sizes[name].code, hint).toBeLessThanOrEqual(table[name].code * SLACK);
  expect(sizes[name].kernels, hint).toBeLessThanOrEqual(table[name].kernels * SLACK);
});

/** What a bundle cannot leave out although nobody asks for it: every other constant, class or function must serve it. */
const EFFECTS = ["registerHolders", "registerReliever", "for"];

test("a module that is loaded does nothing but what is meant", async () => {
  const stdin = { contents: 'import "simdgrad";', resolveDir: root };
  const { outputFiles } = await build({ stdin, bundle: true, format: "esm", external: ["node:*"], write: false });
  const [{ text }] = outputFiles;
  const program = parseAst(text);
  const names = program.body.flatMap((statement) => {
    if (statement.type === "VariableDeclaration") return statement.declarations.map(({ id }) => ("name" in id ? id.name : "a pattern"));
    return statement.type === "FunctionDeclaration" ? [statement.id?.name] : [];
  });
  const uses = (name = "") => text.split(new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`)).length - 2;
  expect(names.filter((name) => uses(name) === 0)).toEqual([]);
  const statements = program.body.filter(({ type }) => !/Declaration$/.test(type));
  expect([...new Set(statements.map(({ start }) => text.slice(start).match(/^\w+/)?.[0]))]).toEqual(EFFECTS);
});
