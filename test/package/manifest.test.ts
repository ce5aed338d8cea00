import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { beforeAll, expect, test } from "vitest";
import { installed, pack } from "./built.js";

/** What is downloaded and what it takes on a disk, in bytes. */
const LIMITS = { packed: 838_000, unpacked: 2_900_000 };

let tarball: Buffer;
let folder: string;
let manifest: Record<string, never> & { scripts: Record<string, string> };
beforeAll(() => {
  const file = pack();
  tarball = readFileSync(file);
  folder = join(installed(), "node_modules/simdgrad");
  manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}, 120_000);

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
  expect([manifest.dependencies, manifest.optionalDependencies, manifest.peerDependencies, manifest.bundleDependencies]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
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
