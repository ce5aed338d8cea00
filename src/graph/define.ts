import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { during, layer, observer } from "../kernels/observer.js";
import { type Recorder, recorder } from "../kernels/recorder.js";
import { checkArity } from "../options/arity.js";
import { isSymbolic, operandText } from "../tensor/check.js";
import { isFloating } from "../tensor/dtype.js";
import { sizeOf } from "../tensor/shape.js";
import { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { Graph } from "./graph.js";
import { setGrowing } from "./holdings.js";
import { mode } from "./mode.js";
import { Node, participates } from "./node.js";
import type { OperandName, Operation, OperationSpec } from "./operation.js";
import { Parameter } from "./parameter.js";

type OperandTypes<I extends readonly string[]> = { [K in keyof I]: I[K] extends `${string}?` ? Tensor | null : Tensor };

/** The function of an operation: it takes the operands in order, then the attributes if the operation has any. */
export type OperationFunction<I extends readonly string[], A> = (
  ...args: [A] extends [undefined] ? OperandTypes<I> : [...OperandTypes<I>, A]
) => Tensor;

export type Unary = (x: Tensor) => Tensor;

/**
 * Makes an operation out of its shape rule, its forward and one gradient formula per differentiable operand: the library's own are
 * made with it. Users reach it through `ownOperation.ts`, which checks the specification first.
 */
export function defineOp<const I extends readonly string[], const S extends OperandName<I[number]> | "out" = never, A = undefined>(
  spec: OperationSpec<I[number], S, A> & { readonly inputs: I },
): OperationFunction<I, NoInfer<A>> {
  const operation = resolve(spec as unknown as OperationSpec<string, string, unknown>);
  const { name } = operation;
  const arity = operation.names.length;
  const run = prepare(operation, spec as unknown as OperationSpec<string, string, unknown>);
  switch (arity) {
    case 1:
      return function (x: Tensor, attributes: unknown) {
        checkArity(name, arguments.length, 2);
        return run([x], attributes);
      } as never;
    case 2:
      return function (a: Tensor, b: Tensor, attributes: unknown) {
        checkArity(name, arguments.length, 3);
        return run([a, b], attributes);
      } as never;
    default:
      return ((...args: unknown[]) => {
        checkArity(name, args.length, arity + 1);
        return run(args.slice(0, arity) as Tensor[], args[arity]);
      }) as never;
  }
}

function resolve(spec: OperationSpec<string, string, unknown>): Operation {
  const names = spec.inputs.map((name) => name.replace("?", ""));
  const save = spec.save ?? [];
  for (const name of [...save, ...Object.keys(spec.grad ?? {})]) {
    if (name !== "out" && !names.includes(name)) {
      throw new ArgumentError(
        message("defineOp", `"${spec.name}" saves or differentiates "${name}"; its operands are ${names.join(", ")}`),
      );
    }
  }
  if (!spec.alias && !spec.forward) throw new ArgumentError(message("defineOp", `"${spec.name}" has neither forward nor alias`));
  return {
    name: spec.name,
    alias: spec.alias ?? false,
    names,
    saved: names.map((name) => save.includes(name)),
    savesOut: save.includes("out"),
    differentiable: spec.grad !== undefined || spec.backward !== undefined,
    gradients: names.map((name) => (spec.grad as Record<string, never> | undefined)?.[name] ?? null),
    backward: (spec.backward as never) ?? null,
  };
}

/** Makes the function that runs one call of an operation: it checks the operands, allocates the result, computes it and records the call. */
function prepare(operation: Operation, spec: OperationSpec<string, string, unknown>) {
  const { names, alias, name, differentiable } = operation;
  const { shape: shapeOf, dtype: dtypeOf, workspace } = spec;
  const forward = spec.forward as Forward;

  return (inputs: (Tensor | null)[], attributes: unknown): Tensor => {
    const named: Record<string, Tensor> = {};
    for (let i = 0; i < names.length; i++) {
      if (!(inputs[i] instanceof Tensor)) inputs[i] = absent(operation, i, spec.inputs[i].endsWith("?"), inputs[i]);
      named[names[i]] = inputs[i] as Tensor;
    }
    if (recorder !== null) noteLeaves(inputs, recorder);
    if (mode.used !== null) for (const input of inputs) if (input !== null) mode.used.add(input);
    const shape = shapeOf(named, attributes);
    const first = inputs[0] as Tensor;
    const dtype = dtypeOf === undefined ? first.dtype : typeof dtypeOf === "string" ? dtypeOf : dtypeOf(named, attributes);
    const out = new Tensor(alias ? first.storage : new Storage(dtype, sizeOf(shape), name), shape);
    named.out = out;
    if (!alias) out.storage.shape = shape;
    if (mode.rehearsal !== null) {
      mode.rehearsal(out);
      return out;
    }
    if (workspace !== undefined) named.workspace = new Tensor(new Storage(dtype, workspace(named, attributes), name), []);

    const wantsGrad = mode.recording && differentiable && isFloating(dtype) && anyWantsGrad(inputs);
    const graph = mode.recording ? graphOf(inputs, wantsGrad) : null;
    if (graph !== null) {
      out.requiresGrad = wantsGrad;
      graph.grow();
      try {
        hold(inputs);
        // The operands are held first: opening leaves releases finished graphs, and blocks that this operation reads must survive that.
        if (wantsGrad) openLeaves(graph, inputs, name);
        if (!alias) compute(forward, named, attributes, inputs);
      } catch (error) {
        setGrowing(null);
        graph.discardIfEmpty();
        throw error;
      }
      const node = new Node(graph, operation, inputs, named, attributes, out, workspace === undefined ? null : named.workspace.storage);
      out.origin = node;
      graph.add(node);
    } else if (alias) {
      return out;
    } else if (mode.scope !== null) {
      const { scope } = mode;
      for (let i = 0; i < inputs.length; i++) if (inputs[i] !== null) scope.borrow((inputs[i] as Tensor).storage);
      const before = scope.operands;
      scope.operands = inputs;
      compute(forward, named, attributes, null);
      scope.operands = before;
      named.workspace?.storage.discard();
      scope.own(out.storage);
    } else {
      // A result of data alone is data: it moves to JS memory at once.
      hold(inputs);
      compute(forward, named, attributes, inputs);
      named.workspace?.storage.discard();
      out.storage.keep = true;
      out.storage.drop();
      drop(inputs);
    }
    return out;
  };
}

/** Tells a recording which parameters take part in the operation: what is recorded depends on whether they are trained. */
function noteLeaves(inputs: readonly (Tensor | null)[], recording: Recorder): void {
  for (const input of inputs) if (input instanceof Parameter) recording.meets(input);
}

/** Accepts null for an optional operand. @throws ArgumentError for any other operand that is not a tensor. */
function absent({ name, names }: Operation, i: number, optional: boolean, value: unknown): null {
  if (optional && value == null) return null;
  const mend = isSymbolic(value) ? `Call ${name} in a layer: new Lambda((x) => …), or a Module of your own.` : "Wrap it with tensor(…).";
  throw new ArgumentError(message(name, `${names[i]} is ${operandText(value)}; expected a tensor${optional ? " or null" : ""}`, mend));
}

type Forward = (operands: Record<string, Tensor>, attributes: unknown) => void;

/** Runs the forward. If it throws, all blocks are given back, those of the `held` operands included. */
function compute(forward: Forward, named: Record<string, Tensor>, attributes: unknown, held: readonly (Tensor | null)[] | null): void {
  const { storage } = named.out;
  const workspace = named.workspace?.storage;
  try {
    storage.allocate();
    workspace?.allocate();
    if (observer === null) forward(named, attributes);
    else during(storage.madeBy, "forward", layer, () => forward(named, attributes));
  } catch (error) {
    if (storage.at !== 0) storage.discard();
    if (workspace !== undefined && workspace.at !== 0) workspace.discard();
    if (held !== null) drop(held);
    throw error;
  }
}

function anyWantsGrad(inputs: readonly (Tensor | null)[]): boolean {
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (input !== null && participates(input)) return true;
  }
  return false;
}

/** The graph that the result belongs to: the graph of the operands; else a new one if the result needs a gradient; else none. */
function graphOf(inputs: readonly (Tensor | null)[], wantsGrad: boolean): Graph | null {
  let graph: Graph | null = null;
  for (let i = 0; i < inputs.length; i++) {
    const origin = inputs[i]?.origin as Node | null | undefined;
    if (origin == null || origin.released !== null) continue;
    const other = origin.graph.root();
    if (graph === null) graph = other;
    else if (graph !== other) graph = graph.merge(other);
  }
  return graph ?? (wantsGrad ? new Graph() : null);
}

function openLeaves(graph: Graph, inputs: readonly (Tensor | null)[], op: string): void {
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (input?.requiresGrad && input.origin === null) graph.open(input, op);
  }
}

function hold(inputs: readonly (Tensor | null)[]): void {
  let i = 0;
  try {
    for (; i < inputs.length; i++) inputs[i]?.storage.hold();
  } catch (error) {
    while (--i >= 0) inputs[i]?.storage.drop();
    throw error;
  }
}

function drop(inputs: readonly (Tensor | null)[]): void {
  for (let i = 0; i < inputs.length; i++) inputs[i]?.storage.drop();
}
