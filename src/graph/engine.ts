import { ArgumentError, DTypeError, GraphError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { during, observer } from "../kernels/observer.js";
import { recorder } from "../kernels/recorder.js";
import { sameShape } from "../tensor/shape.js";
import { tick } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import type { Graph } from "./graph.js";
import { mode, Scope, within } from "./mode.js";
import type { Node } from "./node.js";
import { BackwardPass, type Sink, type Wanted } from "./pass.js";
import { addGradients } from "./sum.js";

/** A run of backprop: what is differentiated, and how. */
export interface Differentiation {
  /** The results from which backprop starts, with the gradients of the objective with respect to them. */
  readonly seeds: readonly (readonly [Tensor, Tensor])[];
  /** Whether the computation of the gradients is recorded too. */
  readonly createGraph: boolean;
  /** Whether the graph is kept for another run. */
  readonly retainGraph: boolean;
  readonly wanted: Wanted;
  readonly sink: Sink;
  /** Whether kernels may write the gradients of parameters straight into their places in the arena. */
  readonly direct: boolean;
  /** Called with each result and its complete gradient. */
  readonly reached?: (result: Tensor, gradient: Tensor) => void;
}

/**
 * Reverse-mode differentiation. Nodes are visited once each, in the reverse of the order in which they were recorded. So the
 * gradient of a result is complete before its node is visited, since all nodes that use the result come later in that order.
 */
export function differentiate(task: Differentiation): void {
  const graphs = new Set<Graph>();
  for (const [result, gradient] of task.seeds) {
    const origin = result.origin as Node | null;
    if (origin === null) {
      task.sink(result, gradient);
      continue;
    }
    checkAlive(origin, null);
    graphs.add(origin.graph.root());
  }
  const scope = new Scope();
  const pass = new BackwardPass(task.wanted, task.sink, task.direct);
  const recording = task.createGraph;
  // The lists are taken now: recording may merge graphs, which moves nodes from one list to another.
  const lists = [...graphs].map(({ nodes }) => nodes);
  let entered = 0;
  try {
    for (const graph of graphs) {
      graph.enter();
      entered++;
    }
    // Recorded gradients become results of the same graph, which is therefore not consumed yet.
    if (recording) for (const graph of graphs) graph.reopen();
    for (const [result, gradient] of task.seeds) {
      if (result.origin === null) continue;
      seed(result.origin as Node, gradient, recording);
    }
    for (const nodes of lists) within(recording ? mode.scope : scope, recording, () => walk(nodes, task, pass, scope));
  } catch (error) {
    pass.abandon();
    scope.release();
    for (const nodes of lists) for (const node of nodes) if (node.pending !== null) settle(node, recording);
    throw error;
  } finally {
    // The graph is consumed after an error too: some gradients have been added already, so that a second run would be wrong.
    for (const graph of graphs) if (entered-- > 0) graph.leave();
    if (!task.retainGraph) for (const graph of graphs) graph.root().consume();
  }
}

function seed(origin: Node, gradient: Tensor, recording: boolean): void {
  if (recording) origin.pending = origin.pending === null ? gradient : addGradients(origin.pending, gradient);
  else {
    // Seeds are data, so the sum of two seeds on one result is data as well.
    if (origin.pending !== null) {
      const both = within(null, false, () => addGradients(origin.pending as Tensor, gradient));
      settle(origin, false);
      both.storage.hold();
      origin.pending = both;
    } else {
      gradient.storage.hold();
      origin.pending = gradient;
    }
  }
}

function walk(nodes: readonly Node[], task: Differentiation, pass: BackwardPass, scope: Scope): void {
  const recording = task.createGraph;
  // A recorded run appends nodes to the list, and merging never reorders the nodes that stood there before.
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    const g = node.pending;
    if (g === null) continue;
    if (!node.output.requiresGrad) {
      settle(node, recording);
      continue;
    }
    if (node.keepGradient) keepGradient(node, g);
    if (task.reached !== undefined) {
      task.reached(node.output, g);
      // grad() needs no nodes below the tensors that it asks for.
      if (!node.inputs.some((input) => input !== null && task.wanted(input))) {
        settle(node, recording);
        continue;
      }
    }
    check(node);
    if (recording) {
      node.pending = null;
      if (observer === null) recordFormulas(node, g, task);
      else during(node.operation.name, "backward", node.layer, () => recordFormulas(node, g, task));
    } else {
      if (observer === null) goBack(node, g, task, pass);
      else during(node.operation.name, "backward", node.layer, () => goBack(node, g, task, pass));
      if (!task.retainGraph) node.consumedAt = tick();
      settle(node, false);
      scope.release();
    }
  }
}

/** Visits a node: computes the wanted gradients of its operands and adds them to the pending gradients. */
function goBack(node: Node, g: Tensor, task: Differentiation, pass: BackwardPass): void {
  pass.g = g;
  pass.node = node;
  const { operation } = node;
  if (operation.backward !== null) {
    operation.backward(pass as never, node.named as never, node.attributes as never);
    pass.finish();
  } else formulas(node, g, task, pass);
}

/**
 * Computes the wanted gradients of a node's operands by its formulas.
 * @param pass adds the gradients to the pending ones; null where they are recorded, so that each is a result of the graph
 */
function formulas(node: Node, g: Tensor, task: Differentiation, pass: BackwardPass | null): void {
  const { inputs, operation, named, attributes } = node;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    const formula = operation.gradients[i];
    if (input === null || formula === null || !task.wanted(input)) continue;
    const gradient = formula(g, named as never, attributes as never);
    checkGradient(node, i, gradient);
    if (pass !== null) pass.deliver(input, gradient);
    else deliverRecorded(node, input, gradient, task);
  }
}

/** Visits a node in a recorded run. @throws GraphError for an operation without formulas */
function recordFormulas(node: Node, g: Tensor, task: Differentiation): void {
  const { operation } = node;
  if (operation.gradients.every((formula) => formula === null)) {
    throw new GraphError(
      message(
        "backward",
        `"${operation.name}" has only a fused backward and cannot be differentiated a second time`,
        "Leave createGraph away, or write it as a composition of differentiable operations.",
      ),
    );
  }
  formulas(node, g, task, null);
}

function deliverRecorded(node: Node, input: Tensor, gradient: Tensor, task: Differentiation): void {
  joinGraphs(node, gradient);
  const origin = input.origin as Node | null;
  if (origin === null) task.sink(input, gradient);
  else origin.pending = origin.pending === null ? gradient : addGradients(origin.pending, gradient);
}

/**
 * Makes a recorded gradient belong to the graph of the node that it differentiates, so that both are consumed together. A formula
 * that reads only leaves would otherwise start a graph of its own.
 */
function joinGraphs(node: Node, gradient: Tensor): void {
  const origin = gradient.origin as Node | null;
  if (origin === null || origin.released !== null) return;
  const [ours, theirs] = [node.graph.root(), origin.graph.root()];
  if (ours !== theirs) ours.merge(theirs);
}

function keepGradient(node: Node, g: Tensor): void {
  recorder?.refuse("retainGrad keeps a gradient for later");
  const { output } = node;
  if (mode.recording) {
    output.gradient = output.gradient === null ? g : addGradients(output.gradient, g);
    output.gradient.storage.keep = true;
  } else {
    const before = output.gradient;
    output.gradient = within(null, false, () => (before === null ? copyOf(g) : addGradients(before, g)));
  }
}

function copyOf(g: Tensor): Tensor {
  return addGradients(g, null);
}

/** Drops the pending gradient of a node. */
function settle(node: Node, recording: boolean): void {
  const g = node.pending;
  node.pending = null;
  if (g !== null && !recording) g.storage.drop();
}

function check(node: Node): void {
  const { inputs, operation } = node;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (input === null) continue;
    const { storage } = input;
    if (operation.saved[i] && storage.changedAt > node.recordedAt)
      throw changed(operation.name, `its operand "${operation.names[i]}"`, input);
    const origin = input.origin as Node | null;
    if (origin !== null && input.requiresGrad && origin.released === null) checkAlive(origin, node);
  }
  if (operation.savesOut && node.output.storage.changedAt > node.recordedAt) throw changed(operation.name, "its result", node.output);
}

function changed(operation: string, what: string, { shape, storage }: Tensor): GraphError {
  return new GraphError(
    message(
      "backward",
      `"${operation}" saved ${what} ${shapeText(shape)} for the gradient, but "${storage.changedBy}" changed it in place afterwards`,
      "Call backward() before the change, or compute the forward again after it.",
    ),
  );
}

/**
 * Checks that a node can be visited: it was neither released nor consumed. A node that was consumed can be visited once more on
 * behalf of a `user` that was recorded before, as with two losses on one trunk.
 */
function checkAlive(origin: Node, user: Node | null): void {
  if (origin.released !== null) {
    throw new GraphError(
      message(
        "backward",
        `the graph of this "${origin.output.storage.madeBy}" result ${shapeText(origin.output.shape)} was released: ${origin.released.why()}`,
        "Call backward() before the next forward, or compute the loss again.",
      ),
    );
  }
  if (origin.consumedAt === 0 || (user !== null && user.recordedAt < origin.consumedAt)) return;
  throw new GraphError(
    message(
      "backward",
      `"${origin.output.storage.madeBy}" ${shapeText(origin.output.shape)} belongs to a graph that an earlier backward() consumed`,
      "Pass retainGraph: true to the earlier backward(), or cut with detach() what should not be differentiated again.",
    ),
  );
}

function checkGradient(node: Node, i: number, gradient: Tensor): void {
  const input = node.inputs[i] as Tensor;
  const isTensor = gradient instanceof Tensor;
  if (isTensor && gradient.dtype === input.dtype && sameShape(gradient.shape, input.shape)) return;
  const { name, names } = node.operation;
  const formula = `the gradient formula of "${name}" for "${names[i]}" gives`;
  if (!isTensor) throw new ArgumentError(message("backward", `${formula} ${kindText(gradient)}; expected a tensor`));
  if (gradient.dtype !== input.dtype)
    throw new DTypeError(message("backward", `${formula} dtype ${gradient.dtype}; expected the operand's ${input.dtype}`));
  throw new ShapeError(
    message("backward", `${formula} shape ${shapeText(gradient.shape)}; expected the operand's ${shapeText(input.shape)}`),
  );
}
