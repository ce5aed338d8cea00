import { shapeText } from "../errors/message.js";
import { callSite } from "../errors/stack.js";
import { recorder } from "../kernels/recorder.js";
import type { ReleaseCause } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import { attempts, touch } from "./attempt.js";
import { close, countGraphs, graphStatistics, Holdings, open, setGrowing } from "./holdings.js";
import { type Node, participates } from "./node.js";
import { Uses } from "./uses.js";

/** The most consumed graphs without parameters whose results stay readable. Older ones are released. */
const CONSUMED_KEPT = 8;
/** The most unconsumed graphs that a leaf refers to. Of older ones it knows only what they hold, so that the garbage collector finds them. */
const UNCONSUMED_KEPT = 4;
const UNCONSUMED_WARNING = 100;

const consumed: Graph[] = [];
/** The number of graphs at which those that are not consumed are counted; Infinity once they have brought the warning. */
let lookAtGraphs = UNCONSUMED_WARNING;

/**
 * A graph is the list of recorded results that depend on each other, in the order in which they were made. Parameters and data do
 * not connect graphs: two forward passes on the same parameters are two graphs, until an operation uses results of both.
 *
 * backward() *consumes* a graph. The blocks of a consumed graph are given back when the next graph on the same parameters opens.
 * Results that do not depend on those parameters stay: the images of a generator outlive the discriminator's next step.
 * A graph that was not consumed is released when a parameter that it saved has been changed in place, since backward() would then
 * be an error; its results move to JS memory. Any graph is released when the garbage collector finds that it is unreachable; see
 * `Holdings` for how it can.
 */
export class Graph {
  nodes: Node[] = [];
  /** Whether the graph depends on a parameter. The next use of the parameter then releases it once it is consumed. */
  #anchored = false;
  /** Whether a leaf does not refer to the graph any more, so that it could not release it. */
  #unlisted = false;
  #mergedInto: Graph | null = null;
  readonly #holdings = new Holdings();

  constructor() {
    recorder?.opens(this);
    open(this.#holdings, this);
    if (countGraphs() > lookAtGraphs) warnOfUnconsumed();
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

  /** An operation begins to add to the graph. Its results stay in linear memory until `add` or `setGrowing`. */
  grow(): void {
    const holdings = this.#holdings;
    if (holdings.offloaded) holdings.reload(this.nodes, this);
    setGrowing(holdings);
  }

  /** A run of backprop begins. Until `leave` the results stay in linear memory. */
  enter(): void {
    const holdings = this.#holdings;
    if (holdings.offloaded) holdings.reload(this.nodes, this);
    holdings.runs++;
  }

  leave(): void {
    this.root().#holdings.runs--;
  }

  /** Records an operation. Its operands, result and workspace must be held already. */
  add(node: Node): void {
    const { nodes } = this;
    const holdings = this.#holdings;
    setGrowing(null);
    // Only an operation within the forward of another can have left the graph to the reliever.
    if (holdings.offloaded) holdings.reload(nodes, this);
    if (attempts > 0) touch(this, nodes[nodes.length - 1]);
    nodes.push(node);
    holdings.add(node);
    if (holdings.consumed && node.output.requiresGrad) this.#addToConsumed(node);
  }

  /** Merges another graph and this one. In the joint list a node still comes after those of its operands. @returns the joint graph */
  merge(other: Graph): Graph {
    const [large, small] = this.nodes.length >= other.nodes.length ? [this, other] : [other, this];
    // The first must stay while the second comes back.
    this.grow();
    if (other.#holdings.offloaded) other.#holdings.reload(other.nodes, other);
    // No node of one list uses a result of the other yet, so either order of the two lists is topological.
    for (const node of small.nodes) large.nodes.push(node);
    const { storages, nodes, runs } = small.#holdings;
    for (const storage of storages) large.#holdings.storages.push(storage);
    large.#holdings.nodes += nodes;
    large.#holdings.runs += runs;
    large.#anchored ||= small.#anchored;
    large.#unlisted ||= small.#unlisted;
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
    if (this.#unlisted) this.#enlist();
    if (!this.#anchored) this.#keepForAWhile();
  }

  /** Marks the graph as not consumed: a part that was merged into it, or a later operation, was not consumed. */
  reopen(): void {
    if (!this.#holdings.consumed) return;
    this.#holdings.consumed = false;
    const at = consumed.indexOf(this);
    if (at >= 0) consumed.splice(at, 1);
  }

  /** Notes that a leaf takes part in operation `op` of this graph, and releases results of finished graphs that depend on the leaf. */
  open(leaf: Tensor, op: string): void {
    leaf.uses ??= new Uses();
    const uses = leaf.uses as Uses;
    const { recent } = uses;
    if (recent.length > 0 && recent[recent.length - 1] === this) return;
    if (leaf.storage.permanent) this.#anchored = true;
    let kept = 0;
    for (let i = 0; i < recent.length; i++) {
      const root = recent[i].root();
      if (root === this || root.nodes.length === 0) continue;
      if (root.consumed) root.#releaseFrom(leaf, reason(leaf, "backward() consumed its graph", op));
      else if (root.#outdatedBy(leaf)) root.#giveUp(leaf, op);
      else if (root.#holdings.offloaded) root.#unlisted = true;
      else recent[kept++] = root;
    }
    uses.offloadOutdated(leaf.storage.changedAt);
    // In a training loop one graph takes the place of the one before. An array that is emptied first would get new memory each time.
    recent[kept] = this;
    if (recent.length > kept + 1) recent.length = kept + 1;
    if (kept > UNCONSUMED_KEPT) uses.addOlder((recent.shift() as Graph).#unlist());
  }

  #unlist(): Holdings {
    this.#unlisted = true;
    return this.#holdings;
  }

  /** Makes all its leaves refer to the graph, so that their next use releases it. */
  #enlist(): void {
    this.#unlisted = false;
    for (const { inputs } of this.nodes) {
      for (const leaf of inputs) {
        if (leaf === null || leaf.origin !== null || !leaf.requiresGrad) continue;
        leaf.uses ??= new Uses();
        const { recent } = leaf.uses as Uses;
        if (!recent.includes(this)) recent.push(this);
      }
    }
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

  /** Releases the results that were recorded after a moment. @param keep whether those that were not consumed move to JS memory */
  releaseSince(moment: number, cause: ReleaseCause, keep: boolean): void {
    this.#releaseWhere((node) => node.recordedAt > moment, cause, keep);
  }

  /** Releases every result that depends on `leaf`. */
  #releaseFrom(leaf: Tensor, cause: ReleaseCause, keep = false): void {
    this.#releaseWhere((node) => dependsOn(node, leaf, cause), cause, keep);
  }

  #releaseWhere(over: (node: Node) => boolean, cause: ReleaseCause, keep: boolean): void {
    const { nodes } = this;
    const holdings = this.#holdings;
    let kept = 0;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (over(node)) {
        if (keep && node.consumedAt === 0) node.output.storage.keep = true;
        this.#release(node, cause);
      } else nodes[kept++] = node;
    }
    if (kept === nodes.length) return;
    if (kept === 0) {
      this.#close();
      return;
    }
    nodes.length = kept;
    holdings.clear();
    if (!holdings.offloaded) for (const node of nodes) holdings.add(node);
    // The other nodes may depend only on leaves that are never used again, which would keep them forever.
    this.#anchored = nodes.some(({ inputs }) => inputs.some((input) => input?.storage.permanent));
    if (holdings.consumed && !this.#anchored) this.#keepForAWhile();
  }

  #release(node: Node, cause: ReleaseCause): void {
    if (this.#holdings.offloaded) node.forget(cause);
    else node.release(cause);
  }

  #keepForAWhile(): void {
    if (!consumed.includes(this)) consumed.push(this);
    if (consumed.length > CONSUMED_KEPT) (consumed.shift() as Graph).#releaseAll();
  }

  #releaseAll(): void {
    const cause: ReleaseCause = {
      why: () => `backward() consumed its graph, which has no parameters, and that of ${CONSUMED_KEPT} more such graphs since`,
    };
    for (const node of this.nodes) this.#release(node, cause);
    this.#close();
  }

  /** Ends the graph: it holds no blocks and no nodes any more. */
  #close(): void {
    this.nodes.length = 0;
    this.#holdings.clear();
    close(this.#holdings);
    const at = consumed.indexOf(this);
    if (at >= 0) consumed.splice(at, 1);
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

function reason({ shape, storage }: Tensor, cause: string, op: string): ReleaseCause {
  const what = storage.permanent ? "parameter" : "leaf";
  return { why: () => `${cause}, and "${op}" has used the ${what} ${shapeText(shape)} again since` };
}

function warnOfUnconsumed(): void {
  const { graphs, unconsumedGraphs } = graphStatistics();
  if (unconsumedGraphs <= UNCONSUMED_WARNING) {
    lookAtGraphs = graphs + UNCONSUMED_WARNING / 2;
    return;
  }
  lookAtGraphs = Number.POSITIVE_INFINITY;
  const place = callSite();
  console.warn(
    `simdgrad: ${UNCONSUMED_WARNING} graphs were built and not consumed; they hold memory until garbage is collected. ` +
      `Wrap inference in noGrad(() => …), or call backward() on each.${place === null ? "" : ` The last was opened ${place}`}`,
  );
}
