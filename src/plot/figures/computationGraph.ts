import { type GraphNode, type GraphOfOptions, graphOf } from "../../graph/graphOf.js";
import { textTable } from "../../model/table.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, flag, number, text } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import { tensor } from "../../tensor/creation.js";
import { Tensor } from "../../tensor/tensor.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { layers } from "../graph/layout.js";
import { smooth } from "../graph/path.js";
import { signOf } from "../graph/symbols.js";
import { arrowHead, drawing, element, heading, words } from "../svg.js";
import { textWidth } from "../textWidth.js";
import { INK, QUIET, SIZES } from "../theme.js";

const WHAT = {
  /** Names of tensors: { x, w }. Default none. */
  names: option<Readonly<Record<string, Tensor>>, { default: Readonly<Record<string, Tensor>> }>(
    "an object of tensors by name",
    (value) => typeof value === "object" && value !== null && Object.values(value).every((one) => one instanceof Tensor),
    { default: {} },
  ),
  /** Whether gradients are shown. Default: if the result is a scalar that wants one. */
  gradients: flag({}),
  /** Digits behind the point. Default 2. */
  digits: number({ default: 2, min: 0, max: 15, whole: true }),
};

const DRAWING = declare("computationGraph", {
  ...WHAT,
  /** Where the computation goes: "right" (default) or "down". */
  direction: choice(["right", "down"], { default: "right" }),
  /** What stands above. Default "Computation graph". */
  title: text({ default: "Computation graph" }),
});

/** Options of `computationGraph`. */
export interface ComputationGraphOptions extends OptionsOf<typeof DRAWING> {}

const TEXT = declare("graphText", WHAT);

/** Options of `graphText`. */
export interface GraphTextOptions extends OptionsOf<typeof TEXT> {}

/** Dark enough on white for small numbers: what flows forwards, and what flows back. */
const FORWARD = "#00694d";
const BACK = "#b03a00";
const RADIUS = 19;

/**
 * The computation graph of a result, as lectures draw it: operations in circles; on the edges, above, what flows forwards, below, the
 * gradient that flows back. Of scalars these are numbers, of other tensors shapes. A tensor that is used several times has its whole gradient
 * at each edge. `graphOf` gives the same as data.
 *
 * Laid out by the optional peer @dagrejs/dagre.
 * @param result a tensor, such as a loss, before `backward()`
 * @param options.names tensors by the names that stand at them: { x, w }
 * @param options.gradients whether gradients are shown; default: if the result is a scalar that wants one
 * @param options.digits behind the point, default 2
 * @param options.direction where the computation goes: "right" (default) or "down"
 * @param options.title what stands above
 * @throws GraphError if the graph was released or consumed; ArgumentError; PeerError if dagre is not installed
 * @example
 * const [x, y, z] = [-2, 5, -4].map((value) => tensor(value, { requiresGrad: true }));
 * await (await computationGraph(x.add(y).mul(z), { names: { x, y, z } })).save("graph.svg");
 */
export async function computationGraph(result: Tensor, options?: ComputationGraphOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title, direction, digits, ...what } = DRAWING.readOptions(options);
  const whole = graphOf(result, what as GraphOfOptions);
  const last = whole[whole.length - 1];
  // The name of the result stands at its end, not at a box.
  const isForm = (node: GraphNode): boolean => node.operation === "reshape" && (node.name === "" || node === last);
  const behind = (node: GraphNode): GraphNode => (isForm(node) ? behind(node.inputs[0]) : node);
  const nodes = whole.filter((node) => !isForm(node));
  const end = behind(last);
  const boxes = nodes.map((node) => boxOf(node));
  // What comes out at the end goes nowhere: its edge ends at a place without a box.
  const exit = { width: last.name === "" ? 4 : textWidth(last.name, SIZES.axis) + 8, height: 24 };
  const uses = nodes.flatMap((node, to) =>
    node.inputs.map((input) => ({ from: nodes.indexOf(behind(input)), to, of: isView(node, input) ? behind(input) : input })),
  );
  const links = [...uses, { from: nodes.indexOf(end), to: nodes.length, of: last }].map((link) => ({
    ...link,
    label: labelSize(link.of, digits),
  }));
  const layout = await layers(op, [...boxes, exit], links, { direction, beside: 22, between: 14 });
  const subtitle = subtitleOf(nodes);
  const head = heading(title, subtitle);
  const [left, top] = [24, head.height + 24];
  const edges = layout.links.map(({ points, label: [x, y] }, i) => {
    const { of } = links[i];
    const line = element("path", { d: smooth(points), fill: "none", stroke: QUIET, strokeWidth: 1.4, markerEnd: "url(#head)" });
    const style = { textAnchor: "middle", fontSize: SIZES.label };
    const halo = { stroke: "#ffffff", strokeWidth: 4, paintOrder: "stroke", strokeLinejoin: "round" };
    const [aside, above, below] = direction === "right" ? [0, -6, 16] : [0, -2, 13];
    // A number that was written down stands where it comes from.
    const value = isNumber(of) ? "" : words(x + aside, y + above, valueText(of.value, digits), { ...style, ...halo, fill: FORWARD });
    const gradient =
      of.gradient === null ? "" : words(x + aside, y + below, valueText(of.gradient, digits), { ...style, ...halo, fill: BACK });
    return [line, value + gradient] as const;
  });
  const drawn = nodes.map((node, i) => nodeOf(node, layout.places[i], boxes[i], node !== end));
  const [endX, endY] = layout.places[nodes.length];
  const name =
    last.name === "" ? "" : words(endX, endY + 5, last.name, { textAnchor: "middle", fontSize: SIZES.axis, fontStyle: "italic" });
  const size = {
    width: Math.max(layout.width + 2 * left, textWidth(title, SIZES.title, true) + 30, textWidth(subtitle, SIZES.subtitle) + 30),
    height: layout.height + top + 22,
    title,
  };
  const body = element(
    "g",
    { transform: `translate(${left},${top})` },
    ...edges.map(([line]) => line),
    ...edges.map(([, label]) => label),
    ...drawn,
    name,
  );
  return drawing(size, element("defs", {}, arrowHead("head", QUIET)), head.svg, body);
}

/**
 * The computation graph of a result as a table of text: a line for each tensor, in the order of computation, with value and gradient.
 * @param result a tensor, such as a loss, before `backward()`
 * @param options.names tensors by name: { x, w }; results without one are called v1, v2 …
 * @param options.gradients whether gradients are shown; default: if the result is a scalar that wants one
 * @param options.digits behind the point, default 2
 * @throws GraphError if the graph was released or consumed; ArgumentError
 * @example
 * const x = tensor(3, { requiresGrad: true });
 * console.log(graphText(x.mul(x).add(1), { names: { x } }));
 */
export function graphText(result: Tensor, options?: GraphTextOptions): string {
  checkArity(TEXT.op, arguments.length, 2);
  const { digits, ...what } = TEXT.readOptions(options);
  const nodes = graphOf(result, what as GraphOfOptions);
  const names = new Map<GraphNode, string>();
  for (const node of nodes) {
    const constant = node.kind === "constant" && node.value.size === 1 ? valueText(node.value, digits) : `v${node.index + 1}`;
    names.set(node, node.name === "" ? constant : node.name);
  }
  const shown = nodes.filter((node) => node.name !== "" || node.kind !== "constant" || node.value.size > 1);
  const hasGradients = nodes.some(({ gradient }) => gradient !== null);
  const rows = shown.map((node) => {
    const made = node.operation === null ? node.kind : `${node.operation}(${node.inputs.map((input) => names.get(input)).join(", ")})`;
    const gradient = node.gradient === null ? "" : valueText(node.gradient, digits);
    return [names.get(node) as string, made, valueText(node.value, digits), ...(hasGradients ? [gradient] : [])];
  });
  const heads = ["tensor", "is", "value", ...(hasGradients ? ["gradient"] : [])];
  return textTable([heads, ...rows], 2).lines.join("\n");
}

/** A number as it stands at an edge; of more than one element the shape. */
function valueText(value: Tensor, digits: number): string {
  if (value.size !== 1) return `[${value.shape.join(", ")}]`;
  const number = value.item();
  const text = Number.isInteger(number) ? String(number) : number.toFixed(digits);
  return (Number(text) === 0 && number !== 0 ? number.toPrecision(2) : text).replace("-", "−");
}

function subtitleOf(nodes: readonly GraphNode[]): string {
  const what = nodes.every(({ value }) => value.size === 1) ? "value" : "value, or shape,";
  return nodes.some(({ gradient }) => gradient !== null)
    ? `above an edge the ${what} that goes forwards, below it the gradient that comes back`
    : `at an edge the ${what} that goes forwards`;
}

function labelSize({ value, gradient }: GraphNode, digits: number): { width: number; height: number } {
  const wide = [value, gradient].map((one) => (one === null ? 0 : textWidth(valueText(one, digits), SIZES.label)));
  return { width: Math.max(...wide) + 14, height: 34 };
}

/** Whether an input is the form [outer, reduced, inner] of which an operation reduces the middle: how kernels see it, and nobody wrote it. */
function isView({ shape }: GraphNode, { shape: [outer, reduced, inner], operation }: GraphNode): boolean {
  return operation === "reshape" && reduced > 1 && shape.length === 3 && shape[0] === outer && shape[1] === 1 && shape[2] === inner;
}

/** The name of what was there before, or the number. */
function leafText(node: GraphNode, digits = 2): string {
  if (node.name !== "") return node.name;
  return isNumber(node) ? valueText(node.value, digits) : node.kind;
}

/** Whether a node is a number that was written down, as the 1 in x + 1. */
function isNumber({ name, kind, value }: GraphNode): boolean {
  return name === "" && kind === "constant" && value.size === 1;
}

function boxOf(node: GraphNode): { width: number; height: number; round?: boolean } {
  if (node.operation === null) return { width: textWidth(leafText(node), SIZES.axis) + 8, height: 24 };
  const wide = textWidth(signOf(node.operation), SIZES.axis);
  return wide <= 2 * RADIUS - 8 ? { width: 2 * RADIUS, height: 2 * RADIUS, round: true } : { width: wide + 20, height: 2 * RADIUS - 6 };
}

function nodeOf(
  node: GraphNode,
  [x, y]: readonly [number, number],
  { width, height, round }: ReturnType<typeof boxOf>,
  isNamed: boolean,
): string {
  const isLeaf = node.operation === null;
  const text = isLeaf ? leafText(node) : signOf(node.operation as string);
  const written = words(x, y + 5, text, { textAnchor: "middle", fontSize: SIZES.axis, ...(isLeaf && { fontStyle: "italic" }) });
  if (isLeaf) return written;
  const style = { fill: "#eef4fa", stroke: INK, strokeWidth: 1.3 };
  const shape = round
    ? element("circle", { cx: x, cy: y, r: RADIUS, ...style })
    : element("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: height / 2, ...style });
  // The result's own name stands at the end of its edge, that of another beside its circle.
  const name = node.name === "" || !isNamed ? "" : words(x, y - height / 2 - 5, node.name, { textAnchor: "middle", fontStyle: "italic" });
  return shape + written + name;
}

export const COMPUTATION_GRAPH = figure({
  name: "computation-graph",
  about: "a neuron as a graph: what flows forwards, and the gradients that flow back",
  options: {
    example: {
      takes: choice(["neuron", "product", "layer"], { default: "neuron" }),
      about: "neuron: σ(w₀x₀ + w₁x₁ + w₂); product: (x + y) z; layer: of tensors",
    },
    direction: { takes: choice(["right", "down"], { default: "right" }), about: "where the computation goes" },
  },
  demo: async ({ example, direction }) => {
    const leaf = (value: number | number[][]): Tensor => tensor(value, { requiresGrad: true, dtype: "float64" });
    if (example === "product") {
      const [x, y, z] = [-2, 5, -4].map(leaf);
      const q = x.add(y);
      const f = q.mul(z);
      return computationGraph(f, { names: { x, y, z, q, f }, direction, title: "f = (x + y) z" });
    }
    if (example === "layer") {
      const [W, b] = [leaf([[1, 2], [3, -4], [0, 1]]), leaf([[0.5, 0.5]])]; // biome-ignore format: rows
      const [x, y] = [[[1, 0, 2]], [[1, 0]]].map((rows) => tensor(rows, { dtype: "float64" }));
      const L = x.matmul(W).add(b).relu().sub(y).square().sum();
      return computationGraph(L, { names: { W, b, x, y, L }, direction, title: "L = Σ (relu(xW + b) − y)²" });
    }
    const [w0, x0, w1, x1, w2] = [2, -1, -3, -2, -3].map(leaf);
    const f = w0.mul(x0).add(w1.mul(x1)).add(w2).neg().exp().add(1).reciprocal();
    return computationGraph(f, {
      names: { "w₀": w0, "x₀": x0, "w₁": w1, "x₁": x1, "w₂": w2, f },
      direction,
      title: "f = 1 / (1 + exp(−(w₀x₀ + w₁x₁ + w₂)))",
    });
  },
});
