import { parameterArena } from "../memory/arena.js";
import { heapStatistics } from "../memory/heap.js";
import { checkArity } from "../options/arity.js";
import { graphStatistics } from "./holdings.js";

/** Figures of linear memory. */
export interface MemoryStatistics {
  /** Bytes in use now: parameters, gradients, results, pinned data, scratch. */
  liveBytes: number;
  liveBlocks: number;
  /** The highest `liveBytes` so far. */
  peakBytes: number;
  /** Bytes taken from the end of memory so far. Free blocks among them are used again before more is taken. */
  reservedBytes: number;
  limitBytes: number;
  parameterBytes: number;
  /** Graphs whose memory has not been given back. */
  graphs: number;
  /** Those of `graphs` that no backward() has consumed. */
  unconsumedGraphs: number;
  /** Recorded operations in all graphs. */
  nodes: number;
}

/**
 * The present use of linear memory, and the graphs that hold it.
 * @example console.log(memory().liveBytes);
 */
export function memory(): MemoryStatistics {
  checkArity("memory", arguments.length, 0);
  return { ...heapStatistics(), parameterBytes: parameterArena.used, ...graphStatistics() };
}
