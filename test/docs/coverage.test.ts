import { expect, test } from "vitest";
import { coverage } from "../../scripts/coverage.mjs";
import { read } from "../support/repository.js";

test("docs/coverage.md is what the sources say: node scripts/coverage.mjs writes it", () => {
  expect(read("docs/coverage.md")).toBe(coverage());
});

test("it has a sentence for every part", () => {
  expect(coverage().match(/^\| `.*\| +\|$/gm) ?? []).toEqual([]);
});
