import pico from "picocolors";
import { bytesText } from "../errors/message.js";
import { GAP, textTable } from "../model/table.js";
import type { BenchRow } from "./benchRows.js";

/** The measurement of a row on a number of threads. */
export interface Figure {
  readonly group: BenchRow["group"];
  readonly name: string;
  readonly threads: number;
  /** Whether kernels were compiled to 256-bit instructions. */
  readonly wide: boolean;
  readonly milliseconds: number;
  readonly gflops: number | null;
  readonly gigabytesPerSecond: number | null;
  /** Share of the limit on the same number of threads, 0 to 1; null for the limits, and for rows without a count of work. */
  readonly ofLimit: number | null;
}

/** The machine and the versions with which was measured. */
interface Facts {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly kernels: string;
  readonly wide: boolean;
  readonly threads: readonly number[];
  readonly capturedBytes: number;
}

const HEADS = ["time", "rate", "of limit"];

/** The figures as a table, with three columns for each number of threads. */
export function benchText(facts: Facts, figures: readonly Figure[]): string {
  const { version, node, platform, cpu, cores, kernels, wide, threads, capturedBytes } = facts;
  const table = [...new Set(figures.map(({ name }) => name))].map((name) => {
    const found = figures.filter((figure) => figure.name === name);
    return { group: found[0].group, cells: [name, ...threads.flatMap((count) => cellsOf(found.find((one) => one.threads === count)))] };
  });
  const heads = ["", ...threads.flatMap(() => HEADS)];
  const { lines, widths } = textTable([heads, ...table.map(({ cells }) => cells)], 1);
  const over = threads.map((count, i) => {
    const [first, ...rest] = widths.slice(1 + HEADS.length * i, 1 + HEADS.length * (i + 1));
    return threadsText(count).padStart(rest.reduce((sum, width) => sum + GAP.length + width, first));
  });
  const body = table.flatMap(({ group }, i) => (group === table[i - 1]?.group ? [lines[i + 1]] : ["", pico.bold(group), lines[i + 1]]));
  return [
    `${pico.bold(`simdgrad ${version}`)}, ${kernels} kernels${wide ? " of 256 bits" : ""}, Node ${node} on ${platform}`,
    pico.dim(`${cpu}, ${cores} core${cores === 1 ? "" : "s"} for this process`),
    "",
    ["".padEnd(widths[0]), ...over].join(GAP),
    pico.dim(lines[0]),
    ...body,
    "",
    pico.dim("Of limit: floating-point operations against multiply-adds in registers, bytes against copying, on as many threads."),
    ...(capturedBytes > 0 ? [pico.dim(`The captured mlp step holds ${bytesText(capturedBytes)} of inputs and intermediate results.`)] : []),
  ].join("\n");
}

function cellsOf(figure: Figure | undefined): string[] {
  if (figure === undefined) return ["", "", ""];
  const { milliseconds, gflops, gigabytesPerSecond, ofLimit } = figure;
  const rate =
    gflops !== null ? `${gflops.toFixed(1)} GFLOP/s` : gigabytesPerSecond !== null ? `${gigabytesPerSecond.toFixed(1)} GB/s` : "";
  return [timeText(milliseconds), rate, ofLimit === null ? "" : `${Math.round(100 * ofLimit)} %`];
}

function timeText(milliseconds: number): string {
  return milliseconds < 0.1 ? `${(1000 * milliseconds).toFixed(2)} µs` : `${milliseconds.toFixed(3)} ms`;
}

export function threadsText(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}
