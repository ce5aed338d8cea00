import { isWide, kernelBuild, useWide } from "../kernels/load.js";
import { threadCount } from "../kernels/threads/count.js";
import { setThreads } from "../kernels/threads/workers.js";
import { isShared } from "../memory/memory.js";
import { measure } from "./benchMeasure.js";
import { type BenchRow, benchRows } from "./benchRows.js";
import { benchText, type Figure, threadsText } from "./benchText.js";
import { machine } from "./machine.js";
import { jsonLine, print } from "./output.js";

/** Milliseconds of measuring for each figure. */
const BUDGET = 400;
const QUICK_BUDGET = 30;
/** Milliseconds of work after which the system has moved workers that were just started onto different cores. */
const SPREADING = 60;

export interface BenchOptions {
  json?: boolean;
  quick?: boolean;
}

/** Measures the limits of this machine and the speed of the library, on one thread and on all. */
export async function bench(version: string, { json, quick }: BenchOptions): Promise<void> {
  const kernels = kernelBuild();
  const most = isShared() && kernels !== "js" ? threadCount() : 1;
  const { rows, capturedBytes } = benchRows();
  const figures = await measureAll(rows, most, quick ? QUICK_BUDGET : BUDGET);
  const facts = {
    ...machine(version),
    kernels,
    wide: isWide(),
    threads: [...new Set(figures.map(({ threads }) => threads))],
    capturedBytes: capturedBytes(),
  };
  if (json) jsonLine({ ...facts, figures });
  else print(benchText(facts, figures));
}

async function measureAll(rows: readonly BenchRow[], most: number, budget: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  try {
    for (const wanted of new Set([1, most])) {
      const threads = await setThreads(wanted);
      if (wanted > 1 && threads === 1) continue;
      if (threads > 1) measure(rows[0].call, SPREADING);
      const measured = rows.filter(({ alone }) => !alone || threads === 1);
      for (const [i, row] of measured.entries()) {
        showProgress(`${row.name}, ${threadsText(threads)} (${i + 1} of ${measured.length})`);
        figures.push(figureOf(row, threads, timeOf(row, budget), figures));
        // Yields to the event loop, so that the line is drawn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } finally {
    showProgress("");
  }
  return figures;
}

/** Measures a row, with kernels of 128 bits if it asks for them. @returns milliseconds of a call */
function timeOf({ call, narrow }: BenchRow, budget: number): number {
  if (!narrow) return measure(call, budget);
  useWide(false);
  try {
    return measure(call, budget);
  } finally {
    useWide(true);
  }
}

/** The figure of a row. @param before the figures that were measured before, with the limits among them */
function figureOf(
  { group, name, flops, bytes, narrow = false }: BenchRow,
  threads: number,
  milliseconds: number,
  before: readonly Figure[],
): Figure {
  const gflops = flops === undefined ? null : flops / milliseconds / 1e6;
  const gigabytesPerSecond = bytes === undefined ? null : bytes / milliseconds / 1e6;
  const limits = group === "limits" ? [] : before.filter((figure) => figure.group === "limits" && figure.threads === threads);
  const share = (rate: "gflops" | "gigabytesPerSecond", value: number | null): number | null => {
    const limit = limits.find((figure) => figure[rate] !== null)?.[rate] ?? null;
    return limit === null || value === null ? null : value / limit;
  };
  const ofLimit = share("gflops", gflops) ?? share("gigabytesPerSecond", gigabytesPerSecond);
  return { group, name, threads, wide: isWide() && !narrow, milliseconds, gflops, gigabytesPerSecond, ofLimit };
}

/** Shows progress in a terminal, on one line that is overwritten. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
}
