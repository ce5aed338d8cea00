import { GraphError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { DType } from "../memory/views.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { checkTensor, checkTensorArity } from "../tensor/check.js";
import type { Shape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { grad } from "./backward.js";
import { type Node, participates } from "./node.js";
import { Parameter } from "./parameter.js";

/** A tensor of a computation graph, as `graphOf` shows it. Nothing that is done to it changes the graph. */
export interface GraphNode {
  /** Its place in the order of computation, from 0. */
  readonly index: number;
  /** The name that it was given, or a parameter's path in its model; "" if there is none. */
  readonly name: string;
  /** The operation that made it; null for what was there before. */
  readonly operation: string | null;
  /** What it is to the graph: a result, a parameter, another tensor that wants a gradient, or a constant. */
  readonly kind: "result" | "parameter" | "leaf" | "constant";
  /** What the operation was applied to. */
  readonly inputs: readonly GraphNode[];
  /** What the operation calls them, such as "a" and "b". */
  readonly operands: readonly string[];
  readonly shape: Shape;
  readonly dtype: DType;
  /** A copy of the elements. */
  readonly value: Tensor;
  /** d result / d this; null where no gradient flows, and where none was asked for. */
  readonly gradient: Tensor | null;
}

const GRAPH_OF = declare("graphOf", {
  /** Names of tensors by which the nodes are called: { x, w }. Default none. */
  names: option<Readonly<Record<string, Tensor>>, { default: Readonly<Record<string, Tensor>> }>(
    "an object of tensors by name",
    (value) => isPlain(value) && Object.values(value).every((tensor) => tensor instanceof Tensor),
    { default: {} },
  ),
  /** Whether gradients are computed. Default: if the result is a scalar that wants one. */
  gradients: flag({}),
});

/** Options of `graphOf`. */
export interface GraphOfOptions extends OptionsOf<typeof GRAPH_OF> {}

/**
 * The computation graph of a result: each tensor that it was computed from, with value and gradient, in the order of computation. The last
 * node is the result. Gradients come from a backprop of its own, which consumes nothing and changes no `grad`: `backward()` may follow.
 * @param options.names tensors by the names that the nodes get: { x, w }
 * @param options.gradients whether gradients are computed; default: if the result is a scalar that wants one
 * @throws GraphError if the graph was released, or consumed by `backward()` while gradients are wanted; ArgumentError
 * @example
 * const x = tensor(3, { requiresGrad: true });
 * const nodes = graphOf(x.mul(x).add(1));
 * nodes.map(({ value }) => value.item());   // [3, 9, 1, 10]
 * nodes[0].gradient.item();                 // 6
 */
export function graphOf(result: Tensor, options?: GraphOfOptions): readonly GraphNode[] {
  checkTensorArity("graphOf", arguments.length, 2);
  checkTensor("graphOf", "the result", result);
  const { names, gradients = result.size === 1 && participates(result) } = GRAPH_OF.readOptions(options);
  const tensors = inOrder(result);
  const wanting = gradients ? tensors.filter(participates) : [];
  const found = gradients ? grad(result, wanting, { retainGraph: true, allowUnused: true }) : [];
  const gradientOf = new Map(wanting.map((tensor, i) => [tensor, found[i]]));
  const nameOf = new Map(Object.entries(names).map(([name, tensor]) => [tensor, name]));
  const nodeOf = new Map<Tensor, GraphNode>();
  for (const [index, tensor] of tensors.entries()) {
    const made = origin(tensor);
    const present = made === null ? [] : made.inputs.flatMap((input, i) => (input === null ? [] : [{ input, i }]));
    const node: GraphNode = {
      index,
      name: nameOf.get(tensor) ?? (tensor instanceof Parameter ? tensor.path : ""),
      operation: made?.operation.name ?? null,
      kind: made !== null ? "result" : tensor instanceof Parameter ? "parameter" : tensor.requiresGrad ? "leaf" : "constant",
      inputs: Object.freeze(present.map(({ input }) => nodeOf.get(input) as GraphNode)),
      operands: Object.freeze(present.map(({ i }) => (made as Node).operation.names[i])),
      shape: tensor.shape,
      dtype: tensor.dtype,
      value: copyOf(tensor),
      gradient: gradientOf.get(tensor) ?? null,
    };
    nodeOf.set(tensor, Object.freeze(node));
  }
  return Object.freeze([...nodeOf.values()]);
}

/** The call that made a tensor; null if it is a leaf, or its graph was released since. */
function origin({ origin }: Tensor): Node | null {
  return origin === null || origin.released !== null ? null : (origin as Node);
}

/** The tensors that a result was computed from, each behind those that it was computed from itself. */
function inOrder(result: Tensor): Tensor[] {
  if (result.origin !== null && result.origin.released !== null) {
    const why = result.origin.released.why();
    throw new GraphError(
      message(
        "graphOf",
        `the graph of this tensor ${shapeText(result.shape)} was released: ${why}`,
        "Call graphOf before the next forward.",
      ),
    );
  }
  const ordered = new Set<Tensor>();
  // Depth first without recursion, because graphs of recurrent networks are deeper than JavaScript's stack.
  const stack = [result];
  while (stack.length > 0) {
    const tensor = stack[stack.length - 1];
    const open = (origin(tensor)?.inputs ?? []).filter((input): input is Tensor => input !== null && !ordered.has(input));
    if (open.length === 0 || ordered.has(tensor)) {
      ordered.add(tensor);
      stack.pop();
    } else for (const input of open.reverse()) stack.push(input);
  }
  return [...ordered];
}

function copyOf({ dtype, shape, data }: Tensor): Tensor {
  return new Tensor(dataStorage(dtype, data, "graphOf"), shape);
}
