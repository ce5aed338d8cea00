/** Measures a row on all builds, together with the machine's limits. */
import type { KernelBuild } from "../src/kernels/load.js";
import { releaseBlocks } from "./data.js";
import { interleave, type Plan, type Row, ratio, type Task, type Timing, timeTwin } from "./harness.js";
import { leastCalls, limitsOf, multiplyAdd, TARGET_MACHINE } from "./limits.js";

const BUILDS = ["simd", "relaxed"] as const;

/** One line of the JSON file of results. */
export interface Result {
  group: string;
  name: string;
  variant: KernelBuild;
  threads: number;
  median_ms: number;
  min_ms: number;
  p90_ms: number;
  gflops?: number;
  gbs?: number;
  /** The row's GFLOP/s or GB/s divided by those of the limit, which is measured on the same build in the same rounds. */
  share_of_limit?: number;
}

/** The measurements of a row. A build that was left out is missing. */
export interface Measured {
  row: Row;
  results: Partial<Record<KernelBuild, Result>>;
  /** The share of a core that the process had, 0 to 1. */
  core: number;
  /** For a row with a target, its time on the relaxed build divided by the target, once in units of each limit. */
  overTarget?: { copies: number; arithmetic: number };
}

export function measure(row: Row, plan: Plan): Measured {
  const measured: Measured = { row, results: {}, core: 1 };
  const kept = releaseBlocks();
  try {
    const limits = limitsOf(row);
    const tasks: Task[] = [row, ...limits].flatMap(({ setup, threads }) => BUILDS.map((build) => ({ build, threads, work: setup(build) })));
    // Rows of graph operations run JavaScript, which the engine compiles later than Wasm.
    const timings = interleave(tasks, row.ops === undefined ? plan : { ...plan, warmUpSeconds: 0.3 });
    measured.core = timings[0].core;
    BUILDS.forEach((build, i) => {
      const result = resultOf(row, build, timings[i]);
      measured.results[build] = result;
      // The row's time divided by the time of a call of each limit.
      const calls = limits.map((_, j) => ratio(timings[i], timings[(j + 1) * BUILDS.length + i]));
      if (limits.length > 0) result.share_of_limit = leastCalls(row, limits[0]) / calls[0];
      if (row.targetMs !== undefined && build === "relaxed") measured.overTarget = overTarget(row.targetMs, calls[0], calls[1]);
    });
    if ((row.flops ?? 0) <= plan.twinFlops && row.threads === undefined)
      measured.results.js = resultOf(row, "js", timeTwin({ build: "js", work: row.setup("js") }, plan));
  } finally {
    releaseBlocks(kept);
  }
  return measured;
}

function overTarget(targetMs: number, copies: number, multiplyAdds: number): { copies: number; arithmetic: number } {
  const flops = multiplyAdds * multiplyAdd.flops;
  return { copies: (copies * TARGET_MACHINE.copyMs) / targetMs, arithmetic: flops / (targetMs * TARGET_MACHINE.gflops * 1e6) };
}

function resultOf({ group, name, flops, bytes, threads = 1 }: Row, variant: KernelBuild, { median, min, p90 }: Timing): Result {
  const result: Result = { group, name, variant, threads, median_ms: median, min_ms: min, p90_ms: p90 };
  if (flops !== undefined) result.gflops = flops / median / 1e6;
  if (bytes !== undefined) result.gbs = bytes / median / 1e6;
  return result;
}
