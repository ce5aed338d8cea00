import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload, type SourceMapping } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { beforeAll, expect, test } from "vitest";
import { installed, pack } from "./built.js";

/** What is downloaded and what it takes on a disk, in bytes. */
const LIMITS = { packed: 2_900_000, unpacked: 11_300_000 };

let tarball: Buffer;
let folder: string;
let manifest: Record<string, never> & { scripts: Record<string, string> };
beforeAll(() => {
  const file = pack();
  tarball = readFileSync(file);
  folder = join(installed(), "node_modules/simdgrad");
  manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
});

test("publint finds nothing", async () => {
  const copy = new ArrayBuffer(tarball.byteLength);
  new Uint8Array(copy).set(tarball);
  const { messages } = await publint({ pack: { tarball: copy }, strict: true });
  expect(messages).toEqual([]);
});

test("the types are right for ES modules", async () => {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  // Who cannot load ES modules is not meant. CommonJS of Node 20.19 and newer can.
  const problems = analysis.types === false ? ["no types"] : analysis.problems;
  expect(problems.filter((problem) => typeof problem === "string" || problem.kind !== "CJSResolvesToESM")).toEqual([]);
});

test("it says where it comes from", () => {
  expect(manifest.repository).toEqual({ type: "git", url: "git+https://github.com/simdgrad/simdgrad.git" });
  expect(manifest.homepage).toBe("https://github.com/simdgrad/simdgrad#readme");
  expect(manifest.bugs).toBe("https://github.com/simdgrad/simdgrad/issues");
});

test("nothing runs when it is installed, and nothing else is", () => {
  expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
  expect([manifest.dependencies, manifest.optionalDependencies, manifest.bundleDependencies]).toEqual([undefined, undefined, undefined]);
  const peers = Object.keys(manifest.peerDependencies);
  expect(manifest.peerDependenciesMeta).toEqual(Object.fromEntries(peers.map((name) => [name, { optional: true }])));
});

test("it holds what is used, and licences", () => {
  const files = filesOf(gunzipSync(tarball)).map(({ name }) => name);
  expect(files.filter((file) => !/^package\/(package\.json|LICENSE|README\.md|build\/)/.test(file))).toEqual([]);
  expect(files).toContain("package/build/licenses.txt");
  expect(readFileSync(join(folder, "build/licenses.txt"), "utf8")).toMatch(/commander[\s\S]*MIT[\s\S]*picocolors[\s\S]*ISC/);
  expect(files.filter((file) => /test-results|bench|entry|sha256|\.wat$/.test(file))).toEqual([]);
});

test("it is small", () => {
  expect(tarball.length).toBeLessThanOrEqual(LIMITS.packed);
  expect(filesOf(gunzipSync(tarball)).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(LIMITS.unpacked);
});

/** What is published with an ending, by name. */
function published(ending: RegExp): [string, string][] {
  const names = filesOf(gunzipSync(tarball)).map(({ name }) => name.replace("package/", ""));
  return names.filter((name) => ending.test(name)).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
}

test("no line of its code is longer than 200 characters: an uncaught error shows its line", () => {
  const scripts = published(/\.js$/);
  expect(scripts.length).toBeGreaterThan(5);
  for (const [name, text] of scripts) expect(Math.max(...text.split("\n").map((line) => line.length)), name).toBeLessThanOrEqual(200);
});

test("its source maps bring every source, and lead to where the code was written", () => {
  const maps = published(/\.js\.map$/);
  expect(maps.map(([name]) => name)).toEqual(expect.arrayContaining(["build/core.js.map", "build/data.js.map"]));
  for (const [name, text] of maps) {
    const map = JSON.parse(text) as SourceMapPayload;
    const missing = map.sources.filter((source, i) => map.sourcesContent[i] === null && !/node_modules|generated|digitsData/.test(source));
    expect(missing, name).toEqual([]);
    const code = readFileSync(join(folder, name.replace(/\.map$/, "")), "utf8").split("\n");
    const places = new SourceMap(map);
    // Every error that is made is made in the line that the map leads to.
    code.forEach((line, i) => {
      for (const { index, 1: made } of line.matchAll(/\bnew (\w+Error)\(message/g)) {
        const entry = places.findEntry(i, index) as SourceMapping;
        const source = (map.sourcesContent[map.sources.indexOf(entry.originalSource)] ?? "").split("\n")[entry.originalLine];
        expect(source, `${name}:${i + 1}`).toContain(`new ${made}(`);
      }
    });
  }
});

/** The files of a tar archive. */
function filesOf(tar: Buffer): { name: string; bytes: number }[] {
  const files = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number) => tar.toString("utf8", at + from, at + from + length).replace(/\0.*$/, "");
    const bytes = Number.parseInt(text(124, 12), 8);
    files.push({ name: `${text(345, 155)}${text(345, 155) ? "/" : ""}${text(0, 100)}`, bytes });
    at += 512 + Math.ceil(bytes / 512) * 512;
  }
  return files;
}
