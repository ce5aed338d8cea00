import { readFileSync } from "node:fs";
import { join } from "node:path";
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
}, 120_000);

test("the table holds the programs that are measured", () => {
  expect(Object.keys(table)).toEqual(Object.keys(PROGRAMS));
});

test.each(Object.keys(PROGRAMS))("%s adds to a bundle what the table says", (name) => {
  const hint = "If it is meant to grow: node scripts/sizes.mjs --write";
  expect(sizes[name].code, hint).toBeLessThanOrEqual(table[name].code * SLACK);
  expect(sizes[name].kernels, hint).toBeLessThanOrEqual(table[name].kernels * SLACK);
});
