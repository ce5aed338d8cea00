/** The measurements as a table of text. */
import { cpus } from "node:os";
import type { Verdict } from "./bars.js";
import { CALM, type Row } from "./harness.js";
import { TARGET_MACHINE } from "./limits.js";
import { type Measured, type Result, resultOf, VARIANTS } from "./measure.js";

const NAME = 32;
const WIDTH = 11;

/** What the figures belong to. */
export function machine(): { cpu: string; cores: number; node: string; v8: string } {
  return { cpu: cpus()[0]?.model ?? "unknown CPU", cores: cpus().length, node: process.versions.node, v8: process.versions.v8 };
}

export function legend(): string {
  const { cpu, cores, node, v8 } = machine();
  return [
    `${cpu}, ${cores} cores, Node ${node}, V8 ${v8}`,
    "simd, relaxed: the builds, narrow; s wide, r wide: the same compiled to 256-bit instructions. First medians in ms. Then, of the",
    "last variant: × twin, the rate, and × narrow. Then shares of the same variant's limit in the same rounds: multiply-adds in",
    "registers for GFLOP/s, a copy of 1 M floats for GB/s (bytes read and written)",
  ].join("\n");
}

const NAMES = VARIANTS.map(({ build, wide }) => (wide ? `${build[0]} wide` : build));

export function head({ group, flops, ops }: Row): string {
  const rate = flops !== undefined ? "GFLOP/s" : ops !== undefined ? "µs/op" : "GB/s";
  return `\n${cells(group, ["js ms", ...NAMES.map((name) => `${name} ms`), "× twin", rate, "× narrow", ...NAMES])}`;
}

export function line(measured: Measured): string {
  const { row, core, overTarget } = measured;
  const js = resultOf(measured, "js");
  const found = VARIANTS.map(({ build, wide }) => resultOf(measured, build, wide));
  const best = found.at(-1);
  const perOp = row.ops !== undefined && best ? (1e3 * best.median_ms) / row.ops : undefined;
  const target = row.targetMs !== undefined && overTarget ? `  ${targetNote(row.targetMs, overTarget)}` : "";
  const disturbed = core < CALM ? `  (had ${percent(core)} of a core)` : "";
  return (
    cells(row.name, [
      ms(js),
      ...found.map(ms),
      js && best ? figure(js.median_ms / best.median_ms) : "",
      figure(best?.gflops ?? best?.gbs ?? perOp),
      figure(best?.over_narrow),
      ...found.map((one) => percent(one?.share_of_limit)),
    ]) +
    target +
    disturbed
  );
}

/** The comparison with a target, in units of both limits, since the ratio of memory to arithmetic differs between machines. */
function targetNote(targetMs: number, { copies, arithmetic }: { copies: number; arithmetic: number }): string {
  const target = targetMs / TARGET_MACHINE.copyMs;
  return `${figure(copies * target)} copies, target ${figure(target)}; in multiply-adds ${figure(arithmetic)} of the target`;
}

export function verdictLine({ what, sense, bound, unit, worst, value, met, disturbed }: Verdict): string {
  const found = `${figure(value)} ${unit}`;
  return `  ${met ? "met    " : "NOT MET"}  ${what.padEnd(64)}${`${sense} ${bound} ${unit}`.padEnd(12)}${found.padEnd(12)}${what.startsWith(worst) ? "" : worst}${disturbed ? " (disturbed)" : ""}`;
}

function cells(name: string, columns: string[]): string {
  return name.padEnd(NAME) + columns.map((text) => text.padStart(WIDTH)).join("");
}

function ms(result: Result | undefined): string {
  return figure(result?.median_ms);
}

function percent(fraction: number | undefined): string {
  return fraction === undefined ? "" : `${(100 * fraction).toFixed(0)} %`;
}

/** A number with three digits. */
function figure(value: number | undefined): string {
  if (value === undefined) return "";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
