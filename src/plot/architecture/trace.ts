import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { Node } from "../../graph/node.js";
import type { Parameter } from "../../graph/parameter.js";
import type { DType } from "../../memory/views.js";
import type { Model } from "../../model/model.js";
import { nameOf } from "../../nn/architecture.js";
import { place } from "../../nn/forward.js";
import { evaluating } from "../../nn/modes.js";
import type { Module } from "../../nn/module.js";
import { zeros } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import { Tensor } from "../../tensor/tensor.js";

/** A box of an architecture: an input, a layer, or an operation between layers. */
export interface Part {
  readonly kind: "input" | "layer" | "operation";
  /** The class of a layer, the name of an operation. */
  readonly type: string;
  /** The path of a layer in its model; "" for others. */
  readonly path: string;
  readonly module: Module | null;
  /** The shape of what it gives, without the axis of the samples. */
  readonly shape: Shape;
  readonly parameters: number;
  /** The parts whose results it takes, by their places in the list. */
  readonly inputs: readonly number[];
}

/** A call of a layer that is shown as one box. */
interface Call {
  readonly module: Module;
  readonly inputs: readonly Tensor[];
}

/**
 * The parts of a model and what flows between them, found by a forward of one sample of zeros in evaluation: whatever the forward does, with
 * branches and sums, is seen. The model is not changed.
 * @param depth how deep modules are opened: at 1 the model's own children are boxes
 */
export function partsOf(
  op: string,
  model: Model,
  inputs: readonly { readonly shape: Shape; readonly dtype: DType }[],
  depth: number,
): Part[] {
  place(model);
  const calls = new Map<Tensor, Call>();
  const closed = boxesIn(model, depth);
  const undo = closed.map((module) =>
    module.registerForwardHook((_, given, output) => {
      const tensors = given.flat().filter((one): one is Tensor => one instanceof Tensor);
      const results = [output].flat().filter((one): one is Tensor => one instanceof Tensor);
      // What hands its input on, such as dropout in evaluation, gives a tensor of its own, so that it is seen, too.
      const own = results.map((result) => (tensors.includes(result) || calls.has(result) ? result.clone() : result));
      for (const result of own) calls.set(result, { module, inputs: tensors });
      return Array.isArray(output) ? own : own.length === 1 ? own[0] : output;
    }),
  );
  const given = inputs.map(({ shape, dtype }) => zeros([1, ...shape], { dtype, requiresGrad: dtype === "float32" || dtype === "float64" }));
  try {
    const output = evaluating([...model.namedModules().values()], () => model.forward(...given));
    return listed(op, [output].flat() as Tensor[], given, calls);
  } finally {
    for (const remove of undo) remove();
  }
}

/** The modules that are boxes: those that lie as deep as modules are opened, and those with nothing below them. */
function boxesIn(model: Module, depth: number): Module[] {
  const found = new Set<Module>();
  const open = (module: Module, level: number): void => {
    const below = [...module.children().values()];
    if (level > 0 && (level === depth || below.length === 0)) found.add(module);
    else for (const child of below) open(child, level + 1);
  };
  open(model, 0);
  return [...found];
}

/** The parts from the inputs to the outputs, each behind those that it takes something from. */
function listed(op: string, outputs: readonly Tensor[], inputs: readonly Tensor[], calls: ReadonlyMap<Tensor, Call>): Part[] {
  const parts: Part[] = [];
  const counted = new Set<Parameter>();
  const numbers = new Map<Tensor, number | null>();
  const add = (tensor: Tensor, part: Omit<Part, "shape">): void => {
    numbers.set(tensor, parts.length);
    parts.push({ ...part, shape: tensor.shape.slice(1) });
  };
  for (const input of inputs) add(input, { kind: "input", type: "input", path: "", module: null, parameters: 0, inputs: [] });
  const waiting = [...outputs].reverse();
  for (let tensor = waiting.at(-1); tensor !== undefined; tensor = waiting.at(-1)) {
    const call = calls.get(tensor);
    const node = tensor.origin as Node | null;
    const from = call?.inputs ?? (node?.inputs ?? []).filter((input): input is Tensor => input !== null);
    const open = numbers.has(tensor) ? [] : from.filter((input) => !numbers.has(input));
    if (open.length > 0) {
      waiting.push(...open.reverse());
      continue;
    }
    waiting.pop();
    if (numbers.has(tensor)) continue;
    const known = [...new Set(from.flatMap((input) => numbers.get(input) ?? []))];
    if (call !== undefined) {
      const own = call.module.parameters().filter((parameter) => !counted.has(parameter));
      for (const parameter of own) counted.add(parameter);
      const parameters = own.reduce((sum, { size }) => sum + size, 0);
      add(tensor, { kind: "layer", type: nameOf(call.module), path: call.module.path, module: call.module, parameters, inputs: known });
      // Parameters and constants are no parts.
    } else if (node === null || known.length === 0) numbers.set(tensor, null);
    // An operation that only changes the form of one thing, such as the slices of a shortcut, is told by the shapes.
    else if (known.length === 1 && FORMS.has(node.operation.name)) numbers.set(tensor, known[0]);
    else add(tensor, { kind: "operation", type: node.operation.name, path: "", module: null, parameters: 0, inputs: known });
  }
  if (!outputs.some((output) => numbers.get(output) != null))
    throw new ArgumentError(message(op, "nothing of the model's result depends on its inputs", "Give inputs that it takes."));
  return parts;
}

const FORMS = new Set(["reshape", "cast", "contiguous"]);
