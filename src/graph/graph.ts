import { shapeText } from "../errors/message.js";
import { callSite } from "../errors/stack.js";
import { recorder } from "../kernels/recorder.js";
import { type Holder, registerHolders } from "../memory/holders.js";
import type { ReleaseCause, Storage } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Node, participates } from "./node.js";

/** The most consumed graphs without parameters whose results stay readable. Older ones are released. */
const CONSUMED_KEPT = 8;
/** The most unconsumed graphs that a leaf refers to. To older ones it has weak references, so that the garbage collector can find them. */
const UNCONSUMED_KEPT = 4;
const UNCONSUMED_WARNING = 100;

/**
 * The blocks of linear memory that a graph holds, listed without reference to its tensors. The list outlives a graph that is no
 * longer reachable, so that a finalizer can give the blocks back. (No finalizer runs before a synchronous loop ends.)
 */
interface Holdings {
  /** One entry for each hold, so a storage that is held twice stands here twice. */
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
 * A graph is the list of recorded results that depend on each other, in the order in which they were made. Parameters and data do
 * not connect graphs: two forward passes on the same parameters are two graphs, until an operation uses results of both.
 *
 * backward() *consumes* a graph. The blocks of a consumed graph are given back when the next graph on the same parameters opens.
 * Results that do not depend on those parameters stay: the images of a generator outlive the discriminator's next step.
 * A graph that was not consumed is released when a parameter that it saved has been changed in place, since backward() would then
 * be an error; its results move to JS memory. Any graph is released when the garbage collector finds that it is unreachable.
 */
export class Graph {
  nodes: Node[] = [];
  /** Whether the graph depends on a parameter. The next use of the parameter then releases it once it is consumed. */
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

  /** Whether backward() has consumed the graph. */
  get consumed(): boolean {
    return this.#holdings.consumed;
  }

  /** The graph that this one was merged into; the graph itself if it was not. */
  root(): Graph {
    let graph: Graph = this;
    while (graph.#mergedInto !== null) graph = graph.#mergedInto;
    if (graph !== this) this.#mergedInto = graph;
    return graph;
  }

  /** Records an operation. Its operands, result and workspace must be held already. */
  add(node: Node): void {
    this.nodes.push(node);
    list(this.#holdings, node);
    if (this.#holdings.consumed && node.output.requiresGrad) this.#addToConsumed(node);
  }

  /** Merges another graph and this one. In the joint list a node still comes after those of its operands. @returns the joint graph */
  merge(other: Graph): Graph {
    const [large, small] = this.nodes.length >= other.nodes.length ? [this, other] : [other, this];
    // No node of one list uses a result of the other yet, so either order of the two lists is topological.
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

  /** Marks the graph as consumed by backward(). */
  consume(): void {
    if (this.#holdings.consumed) return;
    this.#holdings.consumed = true;
    unconsumed--;
    if (!this.#anchored) this.#keepForAWhile();
  }

  /** Marks the graph as not consumed: a part that was merged into it, or a later operation, was not consumed. */
  reopen(): void {
    if (!this.#holdings.consumed) return;
    this.#holdings.consumed = false;
    unconsumed++;
    const at = consumed.indexOf(this);
    if (at >= 0) consumed.splice(at, 1);
  }

  /** Notes that a leaf takes part in operation `op` of this graph, and releases results of finished graphs that depend on the leaf. */
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

  /** Closes the graph if it has no nodes, because its first operation failed. */
  discardIfEmpty(): void {
    if (this.nodes.length === 0) this.#close();
  }

  /** Adds to a consumed graph: a node that uses consumed results counts as consumed too; any other node reopens the graph. */
  #addToConsumed(node: Node): void {
    if (node.inputs.some((input) => input !== null && participates(input) && (input.origin as Node | null)?.consumedAt)) {
      node.consumedAt = node.recordedAt;
    } else this.reopen();
  }

  /** Whether an operation of this graph saved `leaf`, and the leaf was changed in place afterwards. */
  #outdatedBy(leaf: Tensor): boolean {
    const { changedAt } = leaf.storage;
    if (changedAt <= this.nodes[0].recordedAt) return false;
    return this.nodes.some(
      ({ inputs, operation, recordedAt }) => changedAt > recordedAt && inputs.some((input, i) => input === leaf && operation.saved[i]),
    );
  }

  /** Releases the results that depend on `leaf`. Those that could still be read move to JS memory. */
  #giveUp(leaf: Tensor, op: string): void {
    this.#releaseFrom(leaf, reason(leaf, `"${leaf.storage.changedBy}" changed in place what its graph had saved`, op), true);
  }

  /** Releases the results that were recorded after a moment, when a recording ends. Those that were not consumed move to JS memory. */
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
    // The other nodes may depend only on leaves that are never used again, which would keep them forever.
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

  /** Ends the graph: it holds no blocks and no nodes any more. */
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

/** Whether a node depends on the leaf. Nodes are asked in order, so that an operand released for the same cause depends on it too. */
function dependsOn(node: Node, leaf: Tensor, cause: ReleaseCause): boolean {
  const { inputs } = node;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (input === leaf || (input !== null && input.origin !== null && input.origin.released === cause)) return true;
  }
  return false;
}

/** Adds the storages that a node holds to the list: exactly those that `Node.release` drops. */
function list(holdings: Holdings, { inputs, operation, output, workspace }: Node): void {
  const { storages } = holdings;
  for (let i = 0; i < inputs.length; i++) {
    const storage = inputs[i]?.storage;
    // A gradient may leave its permanent place.
    if (storage !== undefined && (!storage.permanent || storage.companion !== null)) storages.push(storage);
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

/** The figures about graphs in `memory()`. */
export function graphStatistics(): { graphs: number; unconsumedGraphs: number; nodes: number } {
  let nodes = 0;
  for (const holdings of live) nodes += holdings.nodes;
  return { graphs: live.size, unconsumedGraphs: unconsumed, nodes };
}

registerHolders(() => {
  const holders: Holder[] = [];
  for (const storage of new Set([...live].flatMap(({ storages }) => storages))) {
    if (storage.pins === 0) holders.push(storage.holder());
  }
  return holders;
});

function warnUnconsumed(): void {
  warned = true;
  const place = callSite();
  console.warn(
    `simdgrad: ${UNCONSUMED_WARNING} graphs were built and never consumed; their memory is not given back. ` +
      `Wrap inference in noGrad(() => …), or call backward() on each.${place === null ? "" : ` The last was opened ${place}`}`,
  );
}
