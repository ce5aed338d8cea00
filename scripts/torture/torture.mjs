/**
 * `node scripts/torture/torture.mjs [--kills 300] [--seed 1] [--quick] [--only kills|combinations|disk|damage]`: kills trainings with
 * SIGKILL, leaves others of random settings, fills their disk and damages their checkpoints. Every training must end with the bits of one
 * that nothing happened to. The library is the one in build/: `npm run torture` builds it before.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as data from "../../build/data.js";
import * as simdgrad from "../../build/index.js";
import { combine } from "./combinations.mjs";
import { damageFiles } from "./damage.mjs";
import { fillDisk } from "./fullDisk.mjs";
import { ABOUT_FILES, killAgainAndAgain, VARIANTS } from "./kills.mjs";
import { Random } from "./random.mjs";
import { Course } from "./runs.mjs";
import { workloads } from "./workloads.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    seed: { type: "string", default: "1" },
    quick: { type: "boolean", default: false },
    only: { type: "string" },
  },
});
const { quick, only } = values;
const random = new Random(Number(values.seed));
const names = Object.keys(workloads);
const kills = Number(values.kills ?? (quick ? 2 * names.length : 300));
const folder = mkdtempSync(join(tmpdir(), "simdgrad-torture-"));
const failures = [];
const begin = performance.now();

console.log(`seed ${values.seed}, ${simdgrad.kernelBuild?.() ?? ""} in ${folder}`);
try {
  const expected = ["damage", "combinations"].includes(only) ? {} : await undisturbed();
  if (only === undefined || only === "kills") await killAll(expected);
  if (only === undefined || only === "combinations")
    await timed("combinations", async () =>
      report(await combine(fresh(), { library: { simdgrad, data }, count: quick ? 6 : 400, random })),
    );
  if (only === undefined || only === "disk")
    await timed("disk", async () => report(await fillDisk(fresh(), "mlp", { places: quick ? 1 : 8, random, expected: expected.mlp })));
  if (only === undefined || only === "damage")
    await timed("damage", async () => report(await damageFiles(fresh(), { simdgrad, every: quick ? 1 : Infinity, random })));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${failures.length} failed, ${seconds(begin)} s`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** What comes out of each workload that nothing happens to, whatever the settings are. */
async function undisturbed() {
  const expected = {};
  for (const name of names) {
    await timed(`${name}, undisturbed`, async () => {
      for (const [variant, settings] of Object.entries(VARIANTS).slice(0, quick ? 1 : 4)) {
        const course = new Course(fresh(), name);
        const { outcome, notes } = await course.run({ ...settings(random), every: "1h" });
        if (ABOUT_FILES.test(notes)) failures.push(`${name}, ${variant}: it says ${notes}`);
        expected[name] ??= outcome;
        for (const [part, value] of Object.entries(outcome))
          if (expected[name][part] !== value) failures.push(`${name}, ${variant}: the ${part} are others`);
      }
      return `${expected[name].batches} batches`;
    });
  }
  return expected;
}

async function killAll(expected) {
  const cases = names.flatMap((name) => Object.keys(VARIANTS).map((variant) => [name, variant]));
  const chosen = quick ? names.map((name) => [name, "mixed"]) : cases;
  const totals = { kills: 0, runs: 0, inWriting: 0, ended: 0 };
  for (const [i, [name, variant]] of chosen.entries()) {
    const share = Math.floor((kills * (i + 1)) / chosen.length) - Math.floor((kills * i) / chosen.length);
    await timed(`${name}, ${variant}`, async () => {
      const counts = await killAgainAndAgain(fresh(), name, variant, { kills: share, random, expected: expected[name] });
      for (const key of Object.keys(totals)) totals[key] += counts[key];
      return report(counts);
    });
  }
  console.log(`in all: ${text(totals)}`);
}

function report({ failures: found, ...counts }) {
  failures.push(...found);
  return `${text(counts)}${found.length > 0 ? `; ${found.length} failed` : ""}`;
}

function text(counts) {
  return Object.entries(counts)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.length : value}`)
    .join(", ");
}

async function timed(what, job) {
  const start = performance.now();
  const found = await job();
  console.log(`${what}: ${found}, ${seconds(start)} s`);
}

function seconds(start) {
  return ((performance.now() - start) / 1000).toFixed(1);
}

function fresh() {
  const path = mkdtempSync(join(folder, "run-"));
  mkdirSync(path, { recursive: true });
  return path;
}
