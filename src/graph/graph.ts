import { shapeText } from "../errors/message.js";
import { recorder } from "../kernels/recorder.js";
import { type Holder, registerHolders } from "../memory/heap.js";
import type { ReleaseCause, Storage } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Node, participates } from "./node.js";

/** Consumed graphs without parameters that are kept readable; older ones are released. */
const CONSUMED_KEPT = 8;
/** Graphs that a leaf keeps alive until they are consumed; older ones are found by the garbage collector if forgotten. */
const UNCONSUMED_KEPT = 4;
const UNCONSUMED_WARNING = 100;

/**
 * What a graph holds in linear memory, told without its tensors: this list outlives a graph that nobody can reach any more, so
 * that the garbage collector's finding gives the blocks back. (It finds nothing before a synchronous loop ends.)
 */
interface Holdings {
  /** One entry for each hold. */
  storages: Storage[];
  nodes: number;
  consumed: boolean;
}

const live = new Set<Holdings>();
const abandoned = new FinalizationRegistry<Holdings>((holdings) => {
  for (const storage of holdings.storages) storage.drop();
  forget(holdings);
});
const consumed: Graph[] = [];
let unconsumed = 0;
let warned = false;

/**
 * Results that depend on each other, in the order they were made. Parameters and data are walls: two forward passes on the
 * same parameters are two graphs, until an operation joins them.
 *
 * A graph is *consumed* by backward(); its blocks go back when the next graph on the same parameters opens. Results that do
 * not depend on those parameters stay: a generator's images outlive the discriminator's next step. A graph that was never
 * consumed goes when a parameter that it saved has been changed in place, since backward() would be an error; its results
 * move to JS memory. Any graph goes when the garbage collector finds that nobody can reach it.
 */
export class Graph {
  nodes: Node[] = [];
  /** Depends on a parameter, which will be used again and so bounds its life. */
  #anchored = false;
  #mergedInto: Graph | null = null;
  #weak: WeakRef<Graph> | null = null;
  readonly #holdings: Holdings = { storages: [], nodes: 0, consumed: false };

  constructor() {
    recorder?.opens(this);
    live.add(this.#holdings);
    abandoned.register(this, this.#holdings, this);
    if (++unconsumed > UNCONSUMED_WARNING && !warned) warnUnconsumed();
  }

  /** backward() went through it. */
  get consumed(): boolean {
    return this.#holdings.consumed;
  }

  /** The graph that this one has become part of. */
  root(): Graph {
    let graph: Graph = this;
    while (graph.#mergedInto !== null) graph = graph.#mergedInto;
    if (graph !== this) this.#mergedInto = graph;
    return graph;
  }

  /** Records an operation whose operands, result and workspace are held already. */
  add(node: Node): void {
    this.nodes.push(node);
    list(this.#holdings, node);
    if (this.#holdings.consumed && node.output.requiresGrad) this.#addToConsumed(node);
  }

  /** Joins another graph to this one; inputs still stand before what uses them. @returns the joint graph */
  merge(other: Graph): Graph {
    const [large, small] = this.nodes.length >= other.nodes.length ? [this, other] : [other, this];
    // Operations that join graphs come after both, so either order of the two lists is topological.
    for (const node of small.nodes) large.nodes.push(node);
    const { storages, nodes } = small.#holdings;
    for (const storage of storages) large.#holdings.storages.push(storage);
    large.#holdings.nodes += nodes;
    large.#anchored ||= small.#anchored;
    if (!small.consumed) large.reopen();
    small.#mergedInto = large;
    small.nodes = [];
    small.#close();
    return large;
  }

  /** backward() went through it. */
  consume(): void {
    if (this.#holdings.consumed) return;
    this.#holdings.consumed = true;
    unconsumed--;
    if (!this.#anchored) this.#keepForAWhile();
  }

  /** It can be gone through again: a joined part or a later operation was not consumed. */
  reopen(): void {
    if (!this.#holdings.consumed) return;
    this.#holdings.consumed = false;
    unconsumed++;
    const at = consumed.indexOf(this);
    if (at >= 0) consumed.splice(at, 1);
  }

  /** Notes that a leaf takes part in operation `op`, and releases what graphs that are over made of it. */
  open(leaf: Tensor, op: string): void {
    const graphs = leaf.graphs as (Graph | WeakRef<Graph>)[] | null;
    if (graphs !== null && graphs[graphs.length - 1] === this) return;
    if (leaf.storage.permanent) this.#anchored = true;
    const still: (Graph | WeakRef<Graph>)[] = [];
    if (graphs !== null) {
      for (const entry of graphs) {
        const root = (entry instanceof Graph ? entry : entry.deref())?.root();
        if (root === undefined || root === this || root.nodes.length === 0) continue;
        if (root.consumed) root.#releaseFrom(leaf, reason(leaf, "backward() consumed its graph", op));
        else if (root.#outdatedBy(leaf)) root.#giveUp(leaf, op);
        else still.push(entry instanceof Graph ? root : root.#weakly());
      }
    }
    still.push(this);
    const old = still.length - UNCONSUMED_KEPT - 1;
    if (old >= 0 && still[old] instanceof Graph) still[old] = (still[old] as Graph).#weakly();
    leaf.graphs = still;
  }

  /** Takes back a graph whose first operation failed. */
  discardIfEmpty(): void {
    if (this.nodes.length === 0) this.#close();
  }

  /** What is made of consumed results can be differentiated no more than they; what is not opens the graph again. */
  #addToConsumed(node: Node): void {
    if (node.inputs.some((input) => input !== null && participates(input) && (input.origin as Node | null)?.consumedAt)) {
      node.consumedAt = node.recordedAt;
    } else this.reopen();
  }

  /** Whether an operation saved `leaf`, which was changed in place since. */
  #outdatedBy(leaf: Tensor): boolean {
    const { changedAt } = leaf.storage;
    if (changedAt <= this.nodes[0].recordedAt) return false;
    return this.nodes.some(
      ({ inputs, operation, recordedAt }) => changedAt > recordedAt && inputs.some((input, i) => input === leaf && operation.saved[i]),
    );
  }

  /** Releases what depends on `leaf`, without losing anything that could still be read. */
  #giveUp(leaf: Tensor, op: string): void {
    this.#releaseFrom(leaf, reason(leaf, `"${leaf.storage.changedBy}" changed in place what its graph had saved`, op), true);
  }

  /** Releases what was made after a moment: the results of a recording that ends. What was not consumed stays as data. */
  releaseSince(moment: number, cause: ReleaseCause): void {
    this.#releaseWhere((node) => node.recordedAt > moment, cause, true);
  }

  /** Releases every result that depends on `leaf`. */
  #releaseFrom(leaf: Tensor, cause: ReleaseCause, keep = false): void {
    this.#releaseWhere((node) => dependsOn(node, leaf, cause), cause, keep);
  }

  #releaseWhere(over: (node: Node) => boolean, cause: ReleaseCause, keep: boolean): void {
    const { nodes } = this;
    let kept = 0;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (over(node)) {
        if (keep && node.consumedAt === 0) node.output.storage.keep = true;
        node.release(cause);
      } else nodes[kept++] = node;
    }
    if (kept === nodes.length) return;
    if (kept === 0) {
      this.#close();
      return;
    }
    nodes.length = kept;
    const holdings = this.#holdings;
    holdings.storages = [];
    holdings.nodes = 0;
    for (const node of nodes) list(holdings, node);
    // What is left may hang on leaves that will never be used again.
    this.#anchored = nodes.some(({ inputs }) => inputs.some((input) => input?.storage.permanent));
    if (holdings.consumed && !this.#anchored) this.#keepForAWhile();
  }

  #keepForAWhile(): void {
    if (!consumed.includes(this)) consumed.push(this);
    if (consumed.length > CONSUMED_KEPT) (consumed.shift() as Graph).#releaseAll();
  }

  #releaseAll(): void {
    const cause: ReleaseCause = {
      why: () => `backward() consumed its graph, which has no parameters, and that of ${CONSUMED_KEPT} more such graphs since`,
    };
    for (const node of this.nodes) node.release(cause);
    this.#close();
  }

  /** The end: nothing is held any more. */
  #close(): void {
    this.nodes.length = 0;
    this.#holdings.storages = [];
    this.#holdings.nodes = 0;
    abandoned.unregister(this);
    forget(this.#holdings);
    const at = consumed.indexOf(this);
    if (at >= 0) consumed.splice(at, 1);
  }

  #weakly(): WeakRef<Graph> {
    this.#weak ??= new WeakRef(this);
    return this.#weak;
  }
}

/** Nodes are visited in order, so an operand that was released for this cause depends on the leaf. */
function dependsOn(node: Node, leaf: Tensor, cause: ReleaseCause): boolean {
  const { inputs } = node;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (input === leaf || (input !== null && input.origin !== null && input.origin.released === cause)) return true;
  }
  return false;
}

/** Notes what a node holds, as `Node.release` will drop it. */
function list(holdings: Holdings, { inputs, operation, output, workspace }: Node): void {
  const { storages } = holdings;
  for (let i = 0; i < inputs.length; i++) {
    const storage = inputs[i]?.storage;
    if (storage !== undefined && !storage.permanent) storages.push(storage);
  }
  if (!operation.alias) storages.push(output.storage);
  if (workspace !== null) storages.push(workspace);
  holdings.nodes++;
}

function forget(holdings: Holdings): void {
  if (live.delete(holdings) && !holdings.consumed) unconsumed--;
}

function reason({ shape, storage }: Tensor, cause: string, op: string): ReleaseCause {
  const what = storage.permanent ? "parameter" : "leaf";
  return { why: () => `${cause}, and "${op}" has used the ${what} ${shapeText(shape)} again since` };
}

/** Counts for `memory()`. */
export function graphStatistics(): { graphs: number; unconsumedGraphs: number; nodes: number } {
  let nodes = 0;
  for (const holdings of live) nodes += holdings.nodes;
  return { graphs: live.size, unconsumedGraphs: unconsumed, nodes };
}

registerHolders(() => {
  const holders: Holder[] = [];
  for (const storage of new Set([...live].flatMap(({ storages }) => storages))) {
    holders.push({ what: `${storage.madeBy} ${shapeText(storage.shape ?? [storage.length])}`, bytes: storage.bytes });
  }
  return holders;
});

function warnUnconsumed(): void {
  warned = true;
  const place = new Error().stack
    ?.split("\n")
    .find((line) => /^\s+at /.test(line) && !/simdgrad|[\\/]src[\\/](graph|ops|tensor)[\\/]/.test(line));
  console.warn(
    `simdgrad: ${UNCONSUMED_WARNING} graphs were built and never consumed; their memory is not given back. ` +
      `Wrap inference in noGrad(() => …), or call backward() on each.${place ? ` The last was opened${place.replace(/^\s+at/, " at")}` : ""}`,
  );
}
