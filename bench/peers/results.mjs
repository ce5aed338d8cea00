/** Looks up results of a run by name. */
import { bytesOf, flopsOf } from "./layers.mjs";

/**
 * @typedef {{ measured: import("./rounds.mjs").Measured[], startup: Record<string, number>,
 *   workloads: import("./layers.mjs").Workload[], libraries: string[] }} Results
 */

/** The rows of simdgrad. For "simdgrad" the better of them counts. */
export const OURS = ["simdgrad", "captured"];

/** @returns {import("./rounds.mjs").Figure | undefined} */
export function figure({ measured }, workload, threads, library) {
  return measured.find((one) => one.workload === workload && one.threads === threads)?.figures.find((one) => one.library === library);
}

export function ours(results, workload, threads) {
  const found = OURS.flatMap((name) => figure(results, workload, threads, name) ?? []);
  return found.sort((a, b) => a.median - b.median)[0];
}

/** How many times as fast as another library. */
export function speed(results, workload, threads, library, mine = ours(results, workload, threads)) {
  const theirs = figure(results, workload, threads, library);
  return mine && theirs && theirs.median / mine.median;
}

/** The speed divided by the limit of one core: multiply-adds for products, copying for passes over memory. */
export function shareOfLimit(results, workload, threads) {
  const mine = ours(results, workload.name, threads);
  const limit = (name) => figure(results, name, threads, "simdgrad")?.median;
  // Work of a call of the limit: see bench/limits.ts.
  const [work, each, ms] = flopsOf(workload)
    ? [flopsOf(workload), 768_000, limit("limit multiply-add")]
    : [bytesOf(workload), 2 ** 23, limit("limit copy")];
  return mine && ms && work ? ((work / each) * ms) / mine.median : undefined;
}
