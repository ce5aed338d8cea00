import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gunzipSync, gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { beforeAll, expect, test } from "vitest";
import { installed, pack } from "./built.js";

/** What the code of the core may weigh on the wire, capture and all layers with it; the kernels are beside it. */
const LIMIT_KB = 80;

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
  // The profile "esm-only": who cannot load ES modules is not meant. CommonJS of Node 20.19 and newer can.
  const ignored = ["CJSResolvesToESM"];
  const problems = analysis.types === false ? ["no types"] : analysis.problems;
  expect(
    problems.filter((problem) => {
      if (typeof problem === "string") return true;
      return !ignored.includes(problem.kind) && !("resolutionKind" in problem && problem.resolutionKind === "node10");
    }),
  ).toEqual([]);
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
  const files = namesOf(gunzipSync(tarball));
  expect(files.filter((file) => !/^package\/(package\.json|LICENSE|README\.md|build\/)/.test(file))).toEqual([]);
  expect(files).toContain("package/build/licenses.txt");
  expect(readFileSync(join(folder, "build/licenses.txt"), "utf8")).toMatch(/commander[\s\S]*MIT[\s\S]*picocolors[\s\S]*ISC/);
  expect(files.filter((file) => /test-results|bench|entry|sha256|\.wat$/.test(file))).toEqual([]);
});

test(`the core has at most ${LIMIT_KB} kB compressed`, () => {
  const texts = loaded("build/index.js").map((text) => text.replace(/(["'`])AGFzbQ[\w+/=]+\1/g, '""'));
  const size = (compress: (text: string) => Buffer) => texts.reduce((sum, text) => sum + compress(text).length, 0) / 1000;
  console.log(`core: ${size((text) => gzipSync(text, { level: 9 })).toFixed(1)} kB gzip, ${size(brotliCompressSync).toFixed(1)} kB brotli`);
  expect(size(brotliCompressSync)).toBeLessThanOrEqual(LIMIT_KB);
});

/** The texts of a file and of all that it imports. */
function loaded(start: string): string[] {
  const files = new Set([join(folder, start)]);
  for (const file of files) {
    for (const [, path] of readFileSync(file, "utf8").matchAll(/\bfrom\s*["'](\.\/[^"']+)["']/g)) files.add(join(file, "..", path));
  }
  return [...files].map((file) => readFileSync(file, "utf8"));
}

/** The file names of a tar archive. */
function namesOf(tar: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number) => tar.toString("utf8", at + from, at + from + length).replace(/\0.*$/, "");
    names.push(`${text(345, 155)}${text(345, 155) ? "/" : ""}${text(0, 100)}`);
    at += 512 + Math.ceil(Number.parseInt(text(124, 12), 8) / 512) * 512;
  }
  return names;
}
