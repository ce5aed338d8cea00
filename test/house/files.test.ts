import { expect, test } from "vitest";
import { files, read } from "../support/repository.js";

const texts = files().filter((path) => /\.(ts|mts|mjs|js|json|md|grit|sh|yml|yaml)$|^\.(ci\/|npmrc|gitignore)|^LICENSE$/.test(path));

/** `path:line: text` of every line that matches. */
function hits(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split("\n")
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

test("no path of a machine", () => {
  const folders = ["work", "farm", "home", "root", "Users", "mnt", "tmp"].join("|");
  expect(hits(texts, new RegExp(`(^|[^\\w.)\\]}*])/(${folders})/`))).toEqual([]);
});

test("no host of a package registry", () => {
  const hosts = ["registry", "npmjs", "yarnpkg", "npmmirror", "jfrog", "artifactory"].join("|");
  expect(hits(texts, new RegExp(`//[^/\\s"']*(${hosts})[^/\\s"']*`))).toEqual([]);
});

test.each(["package-lock.json", "bench/peers/package-lock.json"])("%s names no download address", (lock) => {
  const { packages } = JSON.parse(read(lock)) as { packages: Record<string, { resolved?: string }> };
  expect(Object.keys(packages).length).toBeGreaterThan(20);
  expect(Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
});

test("the Node of tests and benchmarks is pinned exactly, here and in the lock file", () => {
  const pinned = (JSON.parse(read("package.json")) as { devDependencies: { node: string } }).devDependencies.node;
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { version: string }> };
  expect(pinned).toMatch(/^\d+\.\d+\.\d+$/);
  expect(packages["node_modules/node"].version).toBe(pinned);
});

test("what is measured against is pinned exactly", () => {
  const { dependencies } = JSON.parse(read("bench/peers/package.json")) as { dependencies: Record<string, string> };
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});
