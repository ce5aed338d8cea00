/** The measurements as a table of text. */
import { cpus } from "node:os";
import type { Verdict } from "./bars.js";
import { CALM, type Row } from "./harness.js";
import { TARGET_MACHINE } from "./limits.js";
import type { Measured, Result } from "./measure.js";

const NAME = 30;
const WIDTH = 12;

export function machine(): string {
  return [
    `${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores`,
    "ms: medians; × twin and the rate: of the relaxed build; simd, relaxed: shares of the same build's limit in the same rounds,",
    "multiply-adds in registers for GFLOP/s, a copy of 1 M floats for GB/s (bytes read and written)",
  ].join("\n");
}

export function head({ group, flops, ops }: Row): string {
  const rate = flops !== undefined ? "GFLOP/s" : ops !== undefined ? "µs/op" : "GB/s";
  return `\n${cells(group, ["js ms", "simd ms", "relaxed ms", "× twin", rate, "simd", "relaxed"])}`;
}

export function line({ row, results: { js, simd, relaxed }, core, overTarget }: Measured): string {
  const best = relaxed ?? simd;
  const perOp = row.ops !== undefined && best ? (1e3 * best.median_ms) / row.ops : undefined;
  const target = row.targetMs !== undefined && overTarget ? `  ${targetNote(row.targetMs, overTarget)}` : "";
  const disturbed = core < CALM ? `  (had ${percent(core)} of a core)` : "";
  return (
    cells(row.name, [
      ms(js),
      ms(simd),
      ms(relaxed),
      js && best ? figure(js.median_ms / best.median_ms) : "",
      figure(best?.gflops ?? best?.gbs ?? perOp),
      percent(simd?.share_of_limit),
      percent(relaxed?.share_of_limit),
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
  return `  ${met ? "met    " : "NOT MET"}  ${what.padEnd(56)}${`${sense} ${bound} ${unit}`.padEnd(12)}${found.padEnd(12)}${what.startsWith(worst) ? "" : worst}${disturbed ? " (disturbed)" : ""}`;
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
