/**
 * `npm run prove:wide -- [--node PATH] [--minutes 30] [--calls 1000000] [--short]` proves that a V8 compiles kernels wide without harm:
 * the kernels' tests with wide kernels; random calls, wide and narrow, on both builds, on one thread and two; trials in which other threads
 * compile and run other modules. When all is clean, the version is added to src/kernels/wide/proven.ts.
 */
import { spawnSync } from "node:child_process";
import { closeSync, createReadStream, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { otherModule } from "./other.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "build/prove");
const proven = join(root, "src/kernels/wide/proven.ts");
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const { values } = parseArgs({
  options: { node: { type: "string" }, minutes: { type: "string" }, calls: { type: "string" }, short: { type: "boolean" } },
});
const node = resolve(values.node ?? process.execPath);
const minutes = Number(values.minutes ?? (values.short ? 0.2 : 30));
const calls = Number(values.calls ?? (values.short ? 2000 : 1e6));
const { stdout: versions } = spawnSync(node, ["-p", "JSON.stringify([process.version, process.versions.v8])"], { encoding: "utf8" });
const [nodeVersion, v8Version] = JSON.parse(versions);

console.log(`Node ${nodeVersion}, V8 ${v8Version}`);
const library = await bundled();
const clean = (values.short || tests()) && (await randomCalls()) && (await trial());
if (clean && !values.short) addVersion(v8Version.replace(/-.*$/, ""));
console.log(clean ? "clean" : "FAILED");
process.exitCode = clean ? 0 : 1;

/** Bundles the library with what the trials ask of its insides, and writes the other program's module beside it. */
async function bundled() {
  mkdirSync(folder, { recursive: true });
  const modules = ["index", "kernels/load", "kernels/wide/flags", "kernels/wide/obstacle", "kernels/threads/policy"];
  const contents = `${modules.map((name) => `export * from "./src/${name}.js";`).join("\n")}
    export * as kernels from "./src/kernels/generated.js";`;
  const outfile = join(folder, "library.mjs");
  await build({ stdin: { contents, resolveDir: root }, outfile, bundle: true, platform: "neutral", format: "esm", logLevel: "error" });
  writeFileSync(join(folder, "other.wasm"), await otherModule());
  return pathToFileURL(outfile).href;
}

/** The tests of the kernels, whose kernels are compiled wide at once. */
function tests() {
  const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "test/kernels", "--reporter=dot"];
  const { status } = spawnSync(node, args, { cwd: root, stdio: "inherit", env: { ...process.env, SIMDGRAD_WIDE: "1" } });
  console.log(`kernels' tests, wide: ${status === 0 ? "passed" : "FAILED"}`);
  return status === 0;
}

/** A quarter of the calls for each build and number of threads. */
async function randomCalls() {
  let ok = true;
  for (const [seed, [kernels, threads]] of [
    ["simd", 1],
    ["relaxed", 1],
    ["simd", 2],
    ["relaxed", 2],
  ].entries()) {
    // biome-ignore format: one line
    const job = { library, calls: Math.ceil(calls / 4), build: kernels, threads, seed: seed + 1 };
    const { status, stdout, stderr } = spawnSync(node, [here("calls.mjs"), JSON.stringify(job)], { encoding: "utf8" });
    console.log(
      `${job.calls} random calls, ${kernels}, ${threads} threads: ${status === 0 ? `the same bits ${stdout.trim()}` : `FAILED ${stderr}`}`,
    );
    ok &&= status === 0;
  }
  return ok;
}

/** The trial, and what V8 says that it packed meanwhile. V8's trace goes to a file: it loses lines where a pipe is full. */
async function trial() {
  const [other, trace] = [join(folder, "other.wasm"), join(folder, "trace.txt")];
  const args = ["--trace-wasm-revectorize", here("trial.mjs"), JSON.stringify({ minutes, library, other })];
  const file = openSync(trace, "w");
  const { status, signal, stderr } = spawnSync(node, args, { stdio: ["ignore", file, "pipe"], encoding: "utf8" });
  closeSync(file);
  const names = await functionsOf(other);
  const counts = { library: 0, pair: 0, witness: 0 };
  for await (const line of createInterface({ input: createReadStream(trace) })) {
    const index = line.match(/^Begin revec function wasm-function#(\d+)/)?.[1];
    if (index !== undefined) counts[names[index] ?? "library"]++;
  }
  rmSync(trace);
  const ok = status === 0 && counts.library > 0 && counts.pair === 0;
  console.log(`trial of ${minutes} minutes: ${stderr.split("\n").findLast((line) => line.startsWith("{")) ?? stderr}`);
  console.log(`functions that V8 tried to pack: the library's ${counts.library}, of other modules ${counts.pair}`);
  // The witness of a module of its own is optimised after every start; the trial then turns the flag off.
  console.log(`flag left on by threads that were ended: ${counts.witness} times`);
  console.log(`trial: ${ok ? "clean" : `FAILED (${signal ?? status})`}`);
  return ok;
}

/** The functions of the other module that pack, by their indices. */
async function functionsOf(file) {
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { env: { abort() {} } });
  return Object.fromEntries(["pair", "witness"].map((name) => [instance.exports[name].name, name]));
}

/** Adds a version to the list, in order. */
function addVersion(version) {
  const text = readFileSync(proven, "utf8");
  if (text.includes(`"${version}"`)) return;
  const line = `  "${version}", // Node ${nodeVersion.match(/\d+/)[0]}`;
  const number = (entry) =>
    entry
      .match(/[\d.]+/)[0]
      .split(".")
      .map((part) => part.padStart(6, "0"))
      .join(".");
  const lines = [...text.matchAll(/^ {2}"[\d.]+",.*$/gm)].map(([entry]) => entry);
  const sorted = [...lines, line].sort((a, b) => (number(a) < number(b) ? -1 : 1));
  writeFileSync(proven, text.replace(lines.join("\n"), sorted.join("\n")));
  console.log(`added V8 ${version} to src/kernels/wide/proven.ts`);
}
