/** Looks up results of a run by name. */
import { bytesOf, flopsOf } from "./layers.mjs";

/**
 * @typedef {{ measured: import("./rounds.mjs").Measured[], startup: Record<string, number>,
 *   workloads: import("./layers.mjs").Workload[], libraries: string[] }} Results
 */

/** The rows of simdgrad: two narrow ones, of which the better counts, and the wide one. */
export const NARROW = ["simdgrad", "captured"];
export const OURS = [...NARROW, "wide"];

/** @returns {import("./rounds.mjs").Figure | undefined} */
export function figure({ measured }, workload, threads, library) {
  return measured.find((one) => one.workload === workload && one.threads === threads)?.figures.find((one) => one.library === library);
}

/** The best of some rows of simdgrad. */
export function ours(results, workload, threads, rows) {
  const found = rows.flatMap((name) => figure(results, workload, threads, name) ?? []);
  return found.sort((a, b) => a.median - b.median)[0];
}

/** How many times as fast as another library one of our figures is. */
export function speed(results, workload, threads, library, mine) {
  const theirs = figure(results, workload, threads, library);
  return mine && theirs && theirs.median / mine.median;
}

/** The speed of one of our figures divided by the limit of one core, narrow or wide: multiply-adds for products, copying for passes over memory. */
export function shareOfLimit(results, workload, threads, mine) {
  const limit = (name) => figure(results, name, threads, mine.library === "wide" ? "wide" : "simdgrad")?.median;
  // Work of a call of the limit: see bench/limits.ts.
  const [work, each, ms] = flopsOf(workload)
    ? [flopsOf(workload), 768_000, limit("limit multiply-add")]
    : [bytesOf(workload), 2 ** 23, limit("limit copy")];
  return ms && work ? ((work / each) * ms) / mine.median : undefined;
}
