/** Adds a run to bench/results/peers.md, in ratios, since milliseconds depend on the machine. */
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { root } from "./registry.mjs";
import { digits } from "./report.mjs";
import { NARROW, OURS, ours, shareOfLimit, speed } from "./results.mjs";

/** @param {import("./results.mjs").Results} results @returns {string} the file */
export function record(results, verdicts) {
  const file = join(root, "bench/results/peers.md");
  const others = results.libraries.filter((name) => !OURS.includes(name));
  const rows = results.measured.flatMap(({ workload: name, threads, calm }) => {
    const workload = results.workloads.find((one) => one.name === name);
    if (workload.kind === "limit") return [];
    return [NARROW, ["wide"]].flatMap((kind) => {
      const mine = ours(results, name, threads, kind);
      if (mine === undefined) return [];
      const share = shareOfLimit(results, workload, threads, mine);
      const ratios = others.map((library) => text(speed(results, name, threads, library, mine)));
      return [[`${name}${calm ? "" : " (not calm)"}`, threads, mine.library, ...ratios, share ? `${(100 * share).toFixed(0)} %` : ""]];
    });
  });
  const columns = ["workload", "threads", "row", ...others, "of one core's limit, narrow or wide"];
  const known = verdicts.filter(({ value }) => value !== undefined);
  const bars = known.map(
    ({ what, value, unit, met, calm }) => `${what} ${digits(value)} ${unit}${calm ? (met ? "" : " (not met)") : " (not calm)"}`,
  );
  const table = [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  appendFileSync(file, `\n## ${heading()}\n\n${table.join("\n")}\n\nBars: ${bars.join("; ")}.\n`);
  return file;
}

function heading() {
  const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "src", "assembly") === "" ? "" : " and changes";
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${git("rev-parse", "--short", "HEAD")}${changed}, ${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version} (V8 ${process.versions.v8})`;
}

function text(ratio) {
  return ratio === undefined ? "" : digits(ratio);
}
