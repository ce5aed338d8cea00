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

/** What is differentiated, and how. */
export interface Differentiation {
  /** Where to start: results and the gradients of the objective with respect to them. */
  readonly seeds: readonly (readonly [Tensor, Tensor])[];
  /** The gradients are themselves recorded. */
  readonly createGraph: boolean;
  /** The graph can be gone through again. */
  readonly retainGraph: boolean;
  readonly wanted: Wanted;
  readonly sink: Sink;
  /** Parameters' gradients may be written straight into their place. */
  readonly direct: boolean;
  /** Called with each result's complete gradient. */
  readonly reached?: (result: Tensor, gradient: Tensor) => void;
}

/**
 * Reverse-mode differentiation: nodes in the reverse of the order in which they were made, each once, after all that use
 * its result.
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
  // Recording may join graphs, which moves nodes to the list of one of them.
  const lists = [...graphs].map(({ nodes }) => nodes);
  try {
    // The recorded gradients are results of the graph, which therefore goes on.
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
    // Also after an error: some gradients have arrived, so that it cannot be gone through again.
    if (!task.retainGraph) for (const graph of graphs) graph.root().consume();
  }
}

function seed(origin: Node, gradient: Tensor, recording: boolean): void {
  if (recording) origin.pending = origin.pending === null ? gradient : addGradients(origin.pending, gradient);
  else {
    // Seeds are data; two seeds on one result add up there.
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
  // New nodes of a recorded run come behind, and merging never reorders what stands before.
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
      // What lies behind the tensors that grad() asks about is not gone through.
      if (!node.inputs.some((input) => input !== null && task.wanted(input))) {
        settle(node, recording);
        continue;
      }
    }
    check(node);
    if (recording) {
      node.pending = null;
      if (observer === null) formulas(node, g, task);
      else during(node.operation.name, "backward", node.layer, () => formulas(node, g, task));
    } else {
      if (observer === null) goBack(node, g, task, pass);
      else during(node.operation.name, "backward", node.layer, () => goBack(node, g, task, pass));
      if (!task.retainGraph) node.consumedAt = tick();
      settle(node, false);
      scope.release();
    }
  }
}

/** A node's turn: the gradients of its operands, into the pending places. */
function goBack(node: Node, g: Tensor, task: Differentiation, pass: BackwardPass): void {
  pass.g = g;
  pass.node = node;
  const { operation } = node;
  if (operation.backward !== null) {
    operation.backward(pass as never, node.named as never, node.attributes as never);
    pass.finish();
  } else plainFormulas(node, g, task, pass);
}

/** Gradients by formula, into the pending places; all temporaries belong to the turn's scope. */
function plainFormulas(node: Node, g: Tensor, task: Differentiation, pass: BackwardPass): void {
  const { inputs, operation, named, attributes } = node;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    const formula = operation.gradients[i];
    if (input === null || formula === null || !task.wanted(input)) continue;
    const gradient = formula(g, named as never, attributes as never);
    checkGradient(node, i, gradient);
    pass.deliver(input, gradient);
  }
}

/** The same, recorded: every gradient is a result of its own. */
function formulas(node: Node, g: Tensor, task: Differentiation): void {
  const { inputs, operation, named, attributes } = node;
  if (operation.gradients.every((formula) => formula === null)) {
    throw new GraphError(
      message(
        "backward",
        `"${operation.name}" has only a fused backward and cannot be differentiated a second time`,
        "Leave createGraph away, or write it as a composition of differentiable operations.",
      ),
    );
  }
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    const formula = operation.gradients[i];
    if (input === null || formula === null || !task.wanted(input)) continue;
    const gradient = formula(g, named as never, attributes as never);
    checkGradient(node, i, gradient);
    joinGraphs(node, gradient);
    const origin = input.origin as Node | null;
    if (origin === null) task.sink(input, gradient);
    else origin.pending = origin.pending === null ? gradient : addGradients(origin.pending, gradient);
  }
}

/**
 * A recorded gradient belongs to the graph that it differentiates, even when it reads leaves alone: so both are consumed
 * together.
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

/** Lets go of a pending gradient. */
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

/** A node may be gone through once, except for uses that were recorded before it was consumed: two losses on one trunk. */
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
