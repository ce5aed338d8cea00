import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { packings } from "../../../scripts/packs.mjs";

const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { devDependencies: { node: string } };
const isPinned = process.versions.node === devDependencies.node && process.arch === "x64";

/** Functions that store pairs, and pack nothing. */
const FUNCTIONS = new Set([
  // The last columns and rows, some at a time.
  "micro/putRows",
  // Copies what philox/philox draws, with as many instructions either way.
  "random/randomBits",
]);

describe.runIf(isPinned).each(["simd", "relaxed"] as const)("%s", (build) => {
  const found = isPinned ? packings(build) : new Map<string, never>();

  // Why V8 does not: `node scripts/packs.mjs KERNEL`. A kernel in which nothing can be packed says `@narrow`.
  test("V8 packs something in every kernel that is compiled wide", () => {
    const unpacked = [...found].flatMap(([kernel, functions]) => (functions.some(({ nodes }) => nodes > 0) ? [] : [kernel]));
    expect(unpacked).toEqual([]);
  });

  test("V8 packs something in every function that stores pairs", () => {
    const unpacked = [...found].flatMap(([kernel, functions]) =>
      functions.flatMap(({ name, pairs, nodes }) => (pairs > 0 && nodes === 0 && !FUNCTIONS.has(name) ? [`${name}, of ${kernel}`] : [])),
    );
    expect(unpacked).toEqual([]);
  });
});
