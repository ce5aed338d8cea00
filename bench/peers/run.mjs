/** `node bench/peers/run.mjs [filter …] [--threads 1|2] [--seconds S] [--json FILE] [--record]`: all libraries side by side. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { judge } from "./bars.mjs";
import { writeData } from "./data.mjs";
import { record } from "./record.mjs";
import { allRows, allWorkloads, root, scratch } from "./registry.mjs";
import { bars, details, head, line, machine } from "./report.mjs";
import { measure } from "./rounds.mjs";
import { startups } from "./startup.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string" },
    seconds: { type: "string", default: "2" },
    json: { type: "string" },
    record: { type: "boolean" },
  },
});
if (!["1", "2", undefined].includes(values.threads)) fail(`--threads is "${values.threads}"; expected 1 or 2`);
if (!(Number(values.seconds) > 0)) fail(`--seconds is "${values.seconds}"; expected a number above 0`);
const counts = values.threads === undefined ? [1, 2] : [Number(values.threads)];
const named = (name) => positionals.length === 0 || positionals.some((part) => name.includes(part));
const workloads = (await allWorkloads()).filter(({ name }) => named(name) || (values.record && name.startsWith("limit")));
if (!workloads.some(({ name }) => named(name)))
  fail(`no workload is named so; known: ${(await allWorkloads()).map(({ name }) => name).join(", ")}`);
const rows = await allRows();
const columns = [...new Set(rows.map(({ name, variantOf }) => variantOf ?? name))];
const library = await bundle("simdgrad", `export * from "./src/index.js";`);
// The limits are a bundle of their own: their arrays and module would otherwise count as memory of the library.
const limits = await bundle("limits", `export * from "./src/index.js"; export * as limits from "./bench/limits.js";`);

/** @type {import("./results.mjs").Results} */
const results = { measured: [], startup: {}, workloads, libraries: columns };
console.log(machine());
for (const threads of counts) {
  const able = rows.filter((row) => (row.threads ?? 1) >= threads && (row.least ?? 1) <= threads);
  const shown = columns.filter((name) => able.some((row) => (row.variantOf ?? row.name) === name));
  console.log(head(threads, shown));
  for (const workload of workloads) {
    const data = writeData(workload, scratch);
    const entry = workload.kind === "limit" ? limits : library;
    const measured = await measure(able, { workload, data, threads, entry }, Number(values.seconds));
    results.measured.push(measured);
    console.log(line(results, measured, shown));
  }
}
const mlp = workloads.find(({ name }) => name === "mlp");
if (mlp) results.startup = await startups(rows, { workload: mlp, data: writeData(mlp, scratch) });
const verdicts = judge(results);
console.log(details(results));
console.log(bars(verdicts));
if (values.json) writeFileSync(values.json, `${JSON.stringify({ ...results, bars: verdicts }, null, 1)}\n`);
if (values.record) console.log(`\nadded to ${record(results, verdicts)}`);
if (results.measured.some(({ failed }) => Object.keys(failed).length > 0)) process.exitCode = 1;

function fail(why) {
  console.error(`bench:peers: ${why}.`);
  process.exit(2);
}

/** Bundles modules of the working tree into one. */
async function bundle(name, contents) {
  const outfile = join(scratch, `${name}.mjs`);
  mkdirSync(scratch, { recursive: true });
  await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return pathToFileURL(outfile).href;
}
