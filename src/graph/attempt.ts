import { now, type ReleaseCause } from "../tensor/storage.js";
import type { Graph } from "./graph.js";
import type { Node } from "./node.js";

/**
 * An attempt is a forward or a training step that may throw. Then the results that it recorded are released, since hardly anybody can
 * reach them any more. Results that were there before stay, also in graphs that the attempt added to. Attempts may be nested:
 *
 *     const since = beginAttempt();
 *     try { … } catch (error) { undoAttempt(since, cause); throw error; } finally { endAttempt(); }
 */

/** How many attempts are under way, one within the other. */
export let attempts = 0;
/** When the outermost began. */
let began = 0;
/** The graph that got a node first since; the others. Most attempts touch only one. */
let first: Graph | null = null;
const others: Graph[] = [];

/** @returns when the attempt began */
export function beginAttempt(): number {
  const time = now();
  if (attempts++ === 0) began = time;
  return time;
}

/** Releases what was recorded since an attempt began. */
export function undoAttempt(since: number, cause: ReleaseCause): void {
  if (first === null) return;
  for (const graph of new Set([first, ...others].map((each) => each.root()))) graph.releaseSince(since, cause, false);
}

export function endAttempt(): void {
  if (--attempts > 0) return;
  first = null;
  if (others.length > 0) others.length = 0;
}

/** Notes that a graph gets another node, while an attempt is under way. @param last its last node so far */
export function touch(graph: Graph, last: Node | undefined): void {
  if (last !== undefined && last.recordedAt > began) return;
  if (first === null) first = graph;
  else others.push(graph);
}
