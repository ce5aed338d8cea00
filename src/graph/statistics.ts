import { parameterBytes } from "../memory/arena.js";
import { heapStatistics } from "../memory/heap.js";
import { checkArity } from "../options/arity.js";
import { graphStatistics } from "./graph.js";

/** Figures of linear memory; all bytes. */
export interface MemoryStatistics {
  /** In use now: parameters, gradients, results, pinned data, scratch. */
  liveBytes: number;
  liveBlocks: number;
  /** The highest `liveBytes` so far. */
  peakBytes: number;
  /** Taken from the end of memory so far; what is free below is used again first. */
  reservedBytes: number;
  limitBytes: number;
  parameterBytes: number;
  /** Graphs whose memory has not gone back. */
  graphs: number;
  /** Of these, graphs that no backward() has gone through. */
  unconsumedGraphs: number;
  /** Recorded operations in all graphs. */
  nodes: number;
}

/**
 * Where linear memory stands.
 * @example console.log(memory().liveBytes);
 */
export function memory(): MemoryStatistics {
  checkArity("memory", arguments.length, 0);
  return { ...heapStatistics(), parameterBytes: parameterBytes(), ...graphStatistics() };
}
