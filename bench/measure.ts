/** Measures a row on all variants, together with the machine's limits. */
import type { KernelBuild } from "../src/kernels/load.js";
import { takeFault } from "../src/kernels/status.js";
import { wideObstacle } from "../src/kernels/wide/obstacle.js";
import { releaseBlocks } from "./data.js";
import { interleave, type Plan, type Row, ratio, type Task, type Timing, timeTwin, type Variant } from "./harness.js";
import { leastCalls, limitsOf, multiplyAdd, TARGET_MACHINE } from "./limits.js";

/** The builds, narrow, and where wide is to be had wide, too. */
export const VARIANTS: readonly Variant[] = (wideObstacle() === null ? [false, true] : [false]).flatMap((wide) =>
  (["simd", "relaxed"] as const).map((build) => ({ build, wide })),
);

/** One line of the JSON file of results. */
export interface Result {
  group: string;
  name: string;
  variant: KernelBuild;
  wide: boolean;
  threads: number;
  median_ms: number;
  min_ms: number;
  p90_ms: number;
  gflops?: number;
  gbs?: number;
  /** The row's GFLOP/s or GB/s divided by those of the limit, which is measured on the same variant in the same rounds. */
  share_of_limit?: number;
  /** Of a wide variant: how many times as fast as the same build was narrow in the same rounds. */
  over_narrow?: number;
}

/** The measurements of a row. */
export interface Measured {
  row: Row;
  results: Result[];
  /** The share of a core that the process had, 0 to 1. */
  core: number;
  /** For a row with a target, its time on the narrow relaxed build divided by the target, once in units of each limit. */
  overTarget?: { copies: number; arithmetic: number };
}

/** The result of a variant; undefined if it was left out. */
export function resultOf({ results }: Measured, build: KernelBuild, wide = false): Result | undefined {
  return results.find((one) => one.variant === build && one.wide === wide);
}

export function measure(row: Row, plan: Plan): Measured {
  const measured: Measured = { row, results: [], core: 1 };
  const kept = releaseBlocks();
  try {
    const limits = limitsOf(row);
    const tasks: Task[] = [row, ...limits].flatMap(({ setup, threads }) =>
      VARIANTS.map((variant) => ({ ...variant, threads, work: setup(variant.build) })),
    );
    // Rows of graph operations run JavaScript, which the engine compiles later than Wasm.
    const timings = interleave(tasks, row.ops === undefined ? plan : { ...plan, warmUpSeconds: 0.3 });
    measured.core = timings[0].core;
    VARIANTS.forEach((variant, i) => {
      const { build, wide } = variant;
      const result = summary(row, variant, timings[i]);
      measured.results.push(result);
      // The row's time divided by the time of a call of each limit.
      const calls = limits.map((_, j) => ratio(timings[i], timings[(j + 1) * VARIANTS.length + i]));
      if (limits.length > 0) result.share_of_limit = leastCalls(row, limits[0]) / calls[0];
      if (wide) result.over_narrow = ratio(timings[VARIANTS.findIndex((one) => one.build === build && !one.wide)], timings[i]);
      if (row.targetMs !== undefined && build === "relaxed" && !wide) measured.overTarget = overTarget(row.targetMs, calls[0], calls[1]);
    });
    if ((row.flops ?? 0) <= plan.twinFlops && row.threads === undefined) {
      const twin = { build: "js", wide: false } as const;
      measured.results.push(summary(row, twin, timeTwin({ ...twin, work: row.setup("js") }, plan)));
    }
  } finally {
    // A kernel that is called by itself may leave a fault, which the next operation would take for its own.
    takeFault();
    releaseBlocks(kept);
  }
  return measured;
}

function overTarget(targetMs: number, copies: number, multiplyAdds: number): { copies: number; arithmetic: number } {
  const flops = multiplyAdds * multiplyAdd.flops;
  return { copies: (copies * TARGET_MACHINE.copyMs) / targetMs, arithmetic: flops / (targetMs * TARGET_MACHINE.gflops * 1e6) };
}

function summary({ group, name, flops, bytes, threads = 1 }: Row, { build, wide }: Variant, { median, min, p90 }: Timing): Result {
  const result: Result = { group, name, variant: build, wide, threads, median_ms: median, min_ms: min, p90_ms: p90 };
  if (flops !== undefined) result.gflops = flops / median / 1e6;
  if (bytes !== undefined) result.gbs = bytes / median / 1e6;
  return result;
}
