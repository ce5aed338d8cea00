/**
 * `node scripts/packs.mjs [kernel …] [--build simd|relaxed] [--all] [--trace]`: what V8 packs in the functions of a kernel, that is
 * computes by one instruction of 256 bits instead of two of 128, and why it does not. Without kernels, all that are compiled wide.
 * It shows functions with a pair of stores; `--all` shows all, `--trace` what V8 itself says. Another Node shows what its V8 packs.
 * `npm run kernels` comes first.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { reachedBy } from "./closure.mjs";
import { piecesOf } from "./host.mjs";
import { readKernels, readNarrow } from "./records.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const FLAGS = ["--allow-natives-syntax", "--experimental-wasm-revectorize", "--trace-wasm-revectorize"];
const MOST_TEXT = 1 << 28;

/** The program of a Node that has V8 optimise the functions of a module that are named. */
const OPTIMIZE = `
const [file, ...names] = process.argv.slice(1);
const memory = new WebAssembly.Memory({ initial: 4, maximum: 65536, shared: true });
const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
const module = new WebAssembly.Module(require("node:fs").readFileSync(file));
const { exports } = new WebAssembly.Instance(module, { env: { memory, table } });
// The inner functions of a kernel that is not compiled wide are not exported, and V8 ends the process over anything else.
for (const name of names) if (name in exports) %WasmTierUpFunction(exports[name]);
`;

/**
 * A function of a kernel. `pairs` are adjacent stores, with which packing begins; V8 packs `nodes` operations if the instructions that
 * it saves are more than those that it costs. `refusals` counts what V8 says against the rest.
 * @typedef {{ name: string, pairs: number, nodes: number, saves: number, costs: number, refusals: Map<string, number>, trace: string }} Packing
 */

/**
 * @param {string[]} chosen names of kernels; all that are compiled wide, if there is none
 * @returns {Map<string, Packing[]>} for each kernel the functions that it reaches where it is wide, itself first
 */
export function packings(build, chosen = []) {
  const found = new Map();
  const narrow = readNarrow(join(root, "assembly"));
  for (const [piece, kernels] of piecesOf(readKernels(join(root, "assembly")))) {
    const names = kernels.flatMap(({ name, wide }) => ((chosen.length === 0 ? wide : chosen.includes(name)) ? [name] : []));
    const reached = reachedBy(readFileSync(join(root, `build/kernels/${piece}.${build}.wat`), "utf8"), names, narrow);
    const traces = tracesOf(join(root, `build/kernels/${piece}.${build}.wasm`), reached);
    for (const [kernel, functions] of reached) {
      found.set(
        kernel,
        functions.map(({ name, index }) => packing(name.replace(/^\$"?assembly\/|"$/g, ""), traces.get(index) ?? "")),
      );
    }
  }
  return found;
}

/** What V8 says about each function, by its index. */
function tracesOf(file, reached) {
  const exports = [...reached].flatMap(([kernel, functions]) => [
    kernel,
    ...functions.flatMap(({ index, exported }) => (exported ? [] : [`$${index}`])),
  ]);
  if (exports.length === 0) return new Map();
  const args = [...FLAGS, "--eval", OPTIMIZE, file, ...new Set(exports)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: MOST_TEXT });
  if (status !== 0) throw new Error(`V8 could not optimise the kernels:\n${stderr}`);
  const parts = stdout.split(/^Begin revec function wasm-function#/m).slice(1);
  return new Map(parts.map((part) => [Number.parseInt(part, 10), part]));
}

const REFUSAL = /Unsupported|[Ff]ailed|[Dd]ifferent|Can't|[Bb]reak|partial|Default branch|Empty seed/;

function packing(name, trace) {
  const sum = (pattern) => [...trace.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
  const refusals = new Map();
  for (const line of trace.split("\n")) {
    if (!REFUSAL.test(line) || /tree failed/i.test(line)) continue;
    const reason = line.replace(/^Revec: .*? \d+: /, "").replace(/#?\d+/g, "…");
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  }
  return {
    name,
    pairs: [...trace.matchAll(/^\{$/gm)].length,
    nodes: sum(/Decided? to vectorize, (\d+) revectorizable nodes/g),
    saves: sum(/Save: (\d+)/g),
    costs: sum(/Save: \d+, cost: (\d+)/g),
    refusals,
    trace,
  };
}

/** One function as text. */
function lines({ name, pairs, nodes, saves, costs, refusals, trace }, withTrace) {
  const packs = nodes > 0 ? `packs ${nodes} operations` : "packs nothing";
  return [
    `  ${name}: ${packs} (${pairs} pair${pairs === 1 ? "" : "s"} of stores; saves ${saves}, costs ${costs})`,
    ...[...refusals].map(([reason, count]) => `    ${count} × ${reason}`),
    ...(withTrace ? [trace] : []),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { build: { type: "string", default: "relaxed" }, all: { type: "boolean" }, trace: { type: "boolean" } },
  });
  const found = packings(values.build, positionals);
  for (const name of positionals.filter((one) => !found.has(one))) console.error(`packs: no kernel is named "${name}"`);
  for (const [kernel, functions] of found) {
    const shown = functions.filter(({ pairs }) => values.all || pairs > 0);
    console.log([kernel, ...shown.flatMap((one) => lines(one, values.trace))].join("\n"));
  }
}
