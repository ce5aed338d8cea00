/** The text that is printed. */
import { cpus } from "node:os";
import { figure, OURS, speed } from "./results.mjs";

const NAME = 20;
const WIDTH = 12;

export function machine() {
  return `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, Node ${process.version} (V8 ${process.versions.v8}); medians in ms a step; × : as fast as PyTorch`;
}

export function head(threads, libraries) {
  const title = threads === 1 ? "one thread" : `${threads} threads`;
  return `\n${cells(title, [...libraries, ...OURS.map((name) => `${name} ×`)])}`;
}

/** @param {import("./results.mjs").Results} results */
export function line(results, measured, libraries) {
  const { workload, threads, figures, failed, calm, attempts } = measured;
  const times = libraries.map((name) => {
    if (name in failed) return "failed";
    const found = figures.find(({ library }) => library === name);
    return found ? `${digits(found.median)}${found.differs ? "!" : ""}` : "–";
  });
  const ratios = OURS.map((name) => {
    const mine = figure(results, workload, threads, name);
    const ratio = mine && speed(results, workload, threads, "PyTorch", mine);
    return ratio ? digits(ratio) : "–";
  });
  const unrest = calm || attempts === 0 ? "" : `  (no calm in ${attempts} attempts)`;
  return `${cells(workload, [...times, ...ratios])}${unrest}`;
}

/** Losses of the training workloads, peak memory of the mlp's, time to the first step. */
export function details(results) {
  const { measured, startup } = results;
  const losses = measured.flatMap(({ workload, threads, figures }) =>
    figures.filter(({ last }) => last !== undefined).map((found) => lossLine(workload, threads, found)),
  );
  const memory = measured
    .filter(({ workload, threads }) => workload === "mlp" && threads === 1)
    .flatMap(({ figures }) => figures.map(({ library, peak }) => `${library} ${peak ? (peak / 2 ** 20).toFixed(0) : "?"}`));
  const starts = Object.entries(startup).map(([library, ms]) => `${library} ${ms.toFixed(0)}`);
  return [
    ...section("first and last loss", losses),
    ...section("peak memory of the mlp's training, MiB", memory.length > 0 ? [memory.join(", ")] : []),
    ...section("process start to first step of the mlp, ms", starts.length > 0 ? [starts.join(", ")] : []),
    ...section("not measured", missing(measured)),
    ...section("notes", [...new Set(measured.flatMap(({ figures }) => figures.flatMap(({ note }) => note ?? [])))]),
  ].join("\n");
}

/** @param {import("./bars.mjs").Verdict[]} verdicts */
export function bars(verdicts) {
  const lines = verdicts.map(({ what, sense, bound, unit, value, met, calm }) => {
    const state = value === undefined ? "unknown" : met ? "met" : "NOT MET";
    const found = value === undefined ? "" : `${digits(value)} ${unit}${calm ? "" : " (not calm)"}`;
    return `${state.padEnd(9)}${what.padEnd(58)}${`${sense} ${bound} ${unit}`.padEnd(12)}${found}`;
  });
  return section("bars", lines).join("\n");
}

function lossLine(workload, threads, { variant, first, last, differs }) {
  const fell = last < first[0] ? "" : "  DID NOT FALL";
  return `${cells(`${workload}, ${threads}`, [digits(first[0]), digits(last)])}  ${variant}${fell}${differs ? "  FIRST LOSSES DIFFER" : ""}`;
}

function missing(measured) {
  return measured.flatMap(({ workload, threads, failed }) =>
    Object.entries(failed).map(([library, why]) => `${workload}, ${threads}: ${library} failed: ${why}`),
  );
}

function section(title, lines) {
  return lines.length === 0 ? [] : [`\n${title}`, ...lines.map((text) => `  ${text}`)];
}

function cells(name, columns) {
  return name.padEnd(NAME) + columns.map((text) => text.padStart(WIDTH)).join("");
}

/** A number with three digits. */
export function digits(value) {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}
