import { recorder, unrecorded } from "../kernels/recorder.js";
import { liveBytes, registerReliever } from "../memory/heap.js";
import { registerHolders } from "../memory/holders.js";
import { now, type Storage } from "../tensor/storage.js";
import { mode } from "./mode.js";
import type { Node } from "./node.js";

/** The graphs opened last, whose results stay in linear memory unless it runs out. */
const NEWEST = 4;
/**
 * The same for consumed graphs, and the most bytes of others. In a loop that trains a model and drops it, the last graph of each model
 * stays until the job ends, since nobody uses its parameters again.
 */
const NEWEST_CONSUMED = 8;
const MOST_CONSUMED_BYTES = 32 << 20;
/** The most bytes and the most graphs besides the newest; beyond, the older half moves to JS memory. */
const MOST_BYTES = 512 << 20;
const MOST_GRAPHS = 1024;
/** The least that is moved at once when linear memory has run out, so that a large request does not join free blocks after each graph. */
const LEAST_RELIEF = 64 << 20;

/**
 * The blocks of linear memory that a graph holds, listed without reference to its tensors. The list outlives a graph that is no
 * longer reachable, so that a finalizer can give the blocks back.
 *
 * No finalizer runs before a synchronous loop ends, and nothing else can tell a graph that somebody still holds from one that nobody
 * can reach. So when the graphs that are not given back become too many, the results of the oldest *move to JS memory*: there the
 * garbage collector frees those that nobody can reach, at any time, and brings the others back when their graph is used again.
 */
export class Holdings {
  /** One entry for each hold, so a storage that is held twice stands here twice. */
  storages: Storage[] = [];
  nodes = 0;
  readonly openedAt = now();
  /** Whether backward() has consumed the graph. */
  consumed = false;
  /** The number of runs of backprop that go through the graph now. */
  runs = 0;
  /** Whether the results have moved to JS memory. The graph holds no blocks then. */
  offloaded = false;

  /** Adds the storages that a node holds: exactly those that `Node.release` drops. */
  add(node: Node): void {
    this.nodes++;
    const { storages } = this;
    const { inputs, operation, output, workspace } = node;
    for (let i = 0; i < inputs.length; i++) {
      const storage = inputs[i]?.storage;
      // A gradient may leave its permanent place.
      if (storage !== undefined && (!storage.permanent || storage.companion !== null)) storages.push(storage);
    }
    if (!operation.alias) storages.push(output.storage);
    if (workspace !== null) storages.push(workspace);
  }

  /** Forgets the list, without dropping anything. */
  clear(): void {
    this.storages = [];
    this.nodes = 0;
  }

  /** Whether the results could move to JS memory now: nothing works on the graph. */
  get isIdle(): boolean {
    return this.runs === 0 && this !== growing && (recorder === null || !this.storages.some(({ at }) => recorder?.owns(at)));
  }

  /** Moves the results to JS memory, unless something works on the graph. */
  offload(): void {
    if (!this.isIdle) return;
    const { storages } = this;
    let i = 0;
    try {
      for (; i < storages.length; i++) {
        storages[i].keep = true;
        storages[i].drop();
      }
    } catch (error) {
      // JS memory has run out too.
      storages[i].holders++;
      while (--i >= 0) storages[i].hold();
      throw error;
    }
    this.clear();
    this.offloaded = true;
    close(this);
  }

  /** Brings the results of `nodes`, those of `graph`, back to linear memory. They stay readable for good. */
  reload(nodes: readonly Node[], graph: object): void {
    for (const node of nodes) this.add(node);
    const { storages } = this;
    let i = 0;
    try {
      unrecorded(() => {
        for (; i < storages.length; i++) storages[i].hold();
      });
    } catch (error) {
      while (--i >= 0) storages[i].drop();
      this.clear();
      throw error;
    }
    for (const { operation, output, workspace } of nodes) {
      if (!operation.alias) output.storage.host = null;
      if (workspace !== null) workspace.host = null;
    }
    this.offloaded = false;
    open(this, graph);
  }
}

const live = new Set<Holdings>();
/** What the graph holds that gets a result now. */
let growing: Holdings | null = null;
const abandoned = new FinalizationRegistry<Holdings>((holdings) => {
  for (const storage of holdings.storages) storage.drop();
  close(holdings);
});
let checkAtBytes = 2 * MOST_CONSUMED_BYTES;
let checkAtGraphs = MOST_GRAPHS;

/** Begins to watch what a graph holds, until it is closed or nobody can reach the graph. */
export function open(holdings: Holdings, graph: object): void {
  if (liveBytes >= checkAtBytes || live.size >= checkAtGraphs) offloadOld();
  live.add(holdings);
  abandoned.register(graph, holdings, holdings);
}

/** Ends that: the graph holds nothing any more. */
export function close(holdings: Holdings): void {
  if (live.delete(holdings)) abandoned.unregister(holdings);
}

/** Keeps what a graph holds in linear memory while an operation adds to it, until the next call; null ends it. */
export function setGrowing(holdings: Holdings | null): void {
  growing = holdings;
}

/** Moves the older half of the graphs to JS memory if there are too many. */
function offloadOld(): void {
  halve(
    idle(NEWEST_CONSUMED).filter(({ consumed }) => consumed),
    MOST_CONSUMED_BYTES,
    Infinity,
  );
  halve(idle(NEWEST), MOST_BYTES, MOST_GRAPHS);
  // It takes a walk through all graphs to find out, so the next one comes only after a good many more.
  checkAtBytes = Math.max(2 * MOST_CONSUMED_BYTES, liveBytes + MOST_CONSUMED_BYTES / 4);
  checkAtGraphs = Math.max(MOST_GRAPHS, live.size + MOST_GRAPHS / 8);
}

/** If graphs, oldest first, hold too many bytes or are too many, the oldest move to JS memory till half as many are left. */
function halve(graphs: readonly Holdings[], mostBytes: number, mostGraphs: number): void {
  const bytes = bytesOf(graphs);
  let [held, count] = [bytes.reduce((sum, each) => sum + each, 0), graphs.length];
  if (held <= mostBytes && count <= mostGraphs) return;
  for (let i = 0; held > mostBytes / 2 || count > mostGraphs / 2; i++) {
    graphs[i].offload();
    held -= bytes[i];
    count--;
  }
}

/** Graphs on which nothing works now, oldest first, without the newest. */
function idle(newest: number): Holdings[] {
  const graphs = [...live];
  return graphs.slice(0, Math.max(0, graphs.length - newest)).filter(({ isIdle }) => isIdle);
}

/** The bytes of each; a storage that several hold counts for the first. */
function bytesOf(graphs: readonly Holdings[]): number[] {
  const seen = new Set<Storage>();
  return graphs.map(({ storages }) => {
    let bytes = 0;
    for (const storage of storages) {
      if (!seen.has(storage)) bytes += storage.bytes;
      seen.add(storage);
    }
    return bytes;
  });
}

registerReliever((missing) => {
  const before = liveBytes;
  mode.scope?.holdOperands();
  for (const holdings of idle(0)) {
    holdings.offload();
    if (before - liveBytes >= Math.max(missing, LEAST_RELIEF)) break;
  }
  return liveBytes < before;
});

registerHolders(() => {
  const storages = new Set([...live].flatMap((holdings) => holdings.storages));
  return [...storages].filter(({ pins }) => pins === 0).map((storage) => storage.holder());
});

/** How many graphs hold something, consumed or not. */
export function countGraphs(): number {
  return live.size;
}

/** The figures about graphs in `memory()`. */
export function graphStatistics(): { graphs: number; unconsumedGraphs: number; nodes: number } {
  let [unconsumedGraphs, nodes] = [0, 0];
  for (const holdings of live) {
    nodes += holdings.nodes;
    if (!holdings.consumed) unconsumedGraphs++;
  }
  return { graphs: live.size, unconsumedGraphs, nodes };
}
