import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";
import { type MemoryStatistics, memory } from "../../src/index.js";

setFlagsFromString("--expose-gc");

/** Collects garbage at once. Finalizers run only after the current job. */
export const collectGarbage: () => void = runInNewContext("gc");

/** Waits until finalizers have run, and free nothing any more: what one frees may be all that kept other things. */
export async function finalizers(): Promise<void> {
  for (let [same, last] = [0, ""]; same < 4; ) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
    // A timer that is late comes before what waited for the event loop meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    const found = JSON.stringify([figures(), memory().parameterBytes]);
    same = found === last ? same + 1 : 1;
    last = found;
  }
}

/** The figures of linear memory that must not grow. */
export function figures(): Pick<MemoryStatistics, "liveBytes" | "liveBlocks" | "reservedBytes" | "graphs" | "unconsumedGraphs" | "nodes"> {
  const { liveBytes, liveBlocks, reservedBytes, graphs, unconsumedGraphs, nodes } = memory();
  return { liveBytes, liveBlocks, reservedBytes, graphs, unconsumedGraphs, nodes };
}

/**
 * Runs `step(0)`, `step(1)`, … in one synchronous loop. It expects that the figures of linear memory after the last step equal those
 * after step `settled` (2, or a whole period of the loop), to the byte. JS memory may grow by at most 3 MB after a tenth of the steps.
 */
export function expectNoGrowth(
  step: (i: number) => void,
  { steps = 20_000, settled = 2 }: { steps?: number; settled?: number } = {},
): void {
  let i = 0;
  for (; i < settled; i++) step(i);
  const before = figures();
  for (; i < steps / 10; i++) step(i);
  const heap = jsMemory();
  // The number of steps is rounded up to whole periods.
  for (; i < steps || i % settled !== 0; i++) step(i);
  expect(figures()).toEqual(before);
  const after = jsMemory();
  expect(after.heapUsed - heap.heapUsed, "growth of heapUsed").toBeLessThan(3e6);
  expect(after.arrayBuffers - heap.arrayBuffers, "growth of arrayBuffers").toBeLessThan(1e6);
}

function jsMemory(): NodeJS.MemoryUsage {
  collectGarbage();
  return process.memoryUsage();
}
