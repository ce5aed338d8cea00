import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import type { DType } from "../../memory/views.js";
import { Model } from "../../model/model.js";
import { Sequential } from "../../model/sequential.js";
import { cifarResNet } from "../../models/cifarResNet.js";
import { DenseNet } from "../../models/denseNet.js";
import { lenet5 } from "../../models/lenet.js";
import { uNet } from "../../models/uNet.js";
import type { Module } from "../../nn/module.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, number, text } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import type { Shape } from "../../tensor/shape.js";
import { type Part, partsOf } from "../architecture/trace.js";
import { describedPart, kindOf } from "../architecture/words.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { layers } from "../graph/layout.js";
import { type Place, smooth } from "../graph/path.js";
import { signOf } from "../graph/symbols.js";
import { arrowHead, drawing, element, heading, words } from "../svg.js";
import { textWidth } from "../textWidth.js";
import { INK, QUIET, SIZES } from "../theme.js";

const DRAWING = declare("architectureDiagram", {
  /** How deep modules are opened: at 1 the model's own layers are boxes, at 2 what lies in them. Default: as deep as at most 24 boxes allow. */
  depth: number({ default: null, min: 1, whole: true }),
  /** The shape of a sample. Default: what the model declares. */
  inputShape: option<Shape, { default: null }>("a shape, such as [3, 32, 32]", (value) => Array.isArray(value), { default: null }),
  /** Where the data go: "down" (default) or "right". */
  direction: choice(["down", "right"], { default: "down" }),
  /** What stands above. Default: the model's class. */
  title: text({ default: null }),
});

/** Options of `architectureDiagram`. */
export interface ArchitectureDiagramOptions extends OptionsOf<typeof DRAWING> {}

/** The most boxes of a diagram whose depth is not given. */
const MOST_BOXES = 24;
const LINE_HEIGHT = 17;

/**
 * A model as boxes and arrows: its layers with what they are made of and their counts of parameters, the operations between them, and on the
 * arrows the shapes of what flows, without the samples. It is found by a forward of one sample, so that branches, skip connections and models
 * of one's own are seen as they are.
 *
 * Laid out by the optional peer @dagrejs/dagre.
 * @param model any model
 * @param options.depth how deep modules are opened; default: as deep as at most 24 boxes allow
 * @param options.inputShape of a sample; default: what the model declares
 * @param options.direction where the data go: "down" (default) or "right"
 * @param options.title what stands above; default: the model's class
 * @throws ArgumentError for a model that does not tell what it takes; PeerError if dagre is not installed
 * @example
 * const model = new Sequential([new Dense(16, { activation: "relu", inputShape: [64] }), new Dense(10)]);
 * await (await architectureDiagram(model)).save("model.svg");
 */
export async function architectureDiagram(model: Model, options?: ArchitectureDiagramOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  if (!(model instanceof Model)) throw new ArgumentError(message(op, `the model is ${kindText(model)}; expected a Model`));
  const { depth, inputShape, direction, title } = DRAWING.readOptions(options);
  const inputs = inputsOf(op, model, inputShape);
  const parts = depth === null ? fittingParts(op, model, inputs) : partsOf(op, model, inputs, depth);
  const texts = parts.map(textOf);
  const boxes = texts.map((lines, i) => {
    if (parts[i].kind === "operation" && signOf(parts[i].type).length < 3) return { width: 34, height: 34, round: true };
    return {
      width: Math.max(...lines.map((line, at) => textWidth(line, sizeOf(at), at === 0))) + 26,
      height: LINE_HEIGHT * lines.length + 14,
    };
  });
  const links = parts.flatMap((part, to) => part.inputs.map((from) => ({ from, to, of: parts[from] })));
  const labelled = links.map((link) => ({
    ...link,
    label: {
      width: (direction === "down" ? 2 : 1) * (textWidth(shapeOf(link.of), SIZES.note) + 12),
      height: direction === "down" ? 16 : 30,
    },
  }));
  const layout = await layers(op, boxes, labelled, { direction, beside: 26, between: direction === "down" ? 11 : 12 });
  const total = model.parameters().reduce((sum, { size }) => sum + size, 0);
  const name = title ?? model.constructor.name;
  const head = heading(name, `${total.toLocaleString("en")} parameters; at the arrows shapes of one sample`);
  const [left, top] = [24, head.height + 10];
  const edges = layout.links.map(({ points, label: [x, y] }, i) => {
    const line = element("path", { d: smooth(points), fill: "none", stroke: QUIET, strokeWidth: 1.4, markerEnd: "url(#head)" });
    const style = { fill: QUIET, fontSize: SIZES.note };
    const shape = shapeOf(links[i].of);
    if (direction === "right") return [line, words(x, y - 6, shape, { ...style, textAnchor: "middle" })] as const;
    const label = turnsRight(points, [x, y])
      ? words(x - 7, y + 4, shape, { ...style, textAnchor: "end" })
      : words(x + 7, y + 4, shape, style);
    return [line, label] as const;
  });
  const drawn = parts.map((part, i) => boxed(part, texts[i], layout.places[i], boxes[i]));
  const outputs = parts.flatMap((_, i) => (links.some(({ from }) => from === i) ? [] : [i]));
  const ends = outputs.map((i) => {
    const [x, y] = layout.places[i];
    const below = y + boxes[i].height / 2 + 16;
    return direction === "down"
      ? words(x, below, shapeOf(parts[i]), { textAnchor: "middle", fill: QUIET, fontSize: SIZES.note })
      : words(x + boxes[i].width / 2 + 6, y + 4, shapeOf(parts[i]), { fill: QUIET, fontSize: SIZES.note });
  });
  const width = Math.max(layout.width + 2 * left + (direction === "right" ? 70 : 0), textWidth(name, SIZES.title, true) + 30, 430);
  const offset = direction === "down" ? (width - layout.width) / 2 : left;
  const body = element(
    "g",
    { transform: `translate(${offset},${top})` },
    ...edges.map(([line]) => line),
    ...edges.map(([, label]) => label),
    ...drawn,
    ...ends,
  );
  return drawing({ width, height: layout.height + top + 34, title: name }, element("defs", {}, arrowHead("head", QUIET)), head.svg, body);
}

/** Whether an edge that goes down comes from the right, or turns to it, where its words stand: these stand to its left then. */
function turnsRight(corners: readonly Place[], [x, y]: Place): boolean {
  const at = corners.findIndex((corner) => corner[0] === x && corner[1] === y);
  return at > 0 && Math.max(corners[at - 1][0], corners[at + 1][0]) > x + 1;
}

/** The parts of a model, opened as deep as a page allows. */
function fittingParts(op: string, model: Model, inputs: readonly { shape: Shape; dtype: DType }[]): Part[] {
  let parts = partsOf(op, model, inputs, 1);
  for (let depth = 2; ; depth++) {
    const opened = partsOf(op, model, inputs, depth);
    if (opened.length > MOST_BOXES || opened.length === parts.length) return parts;
    parts = opened;
  }
}

/** Shapes and types of what the model takes. @throws ArgumentError if neither it nor the user tells */
function inputsOf(op: string, model: Model, given: Shape | null): { shape: Shape; dtype: DType }[] {
  if (given !== null) return [{ shape: given, dtype: "float32" }];
  if (model.plan !== null) return model.plan.inputs.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }));
  // The layer that takes the sample is the first of the first of the first.
  for (let module: Module | undefined = model; module !== undefined; [module] = module.children().values()) {
    const shape: Shape | null | undefined = module.expects() ?? (module as { inputShape?: Shape }).inputShape;
    if (shape != null) return [{ shape, dtype: "float32" }];
  }
  throw new ArgumentError(
    message(op, "the model does not tell what it takes", "Write architectureDiagram(model, { inputShape: [3, 32, 32] })."),
  );
}

function sizeOf(line: number): number {
  return line === 0 ? SIZES.axis - 1 : SIZES.note;
}

function shapeOf({ shape }: Part): string {
  return shape.length === 0 ? "1" : shape.join(" × ");
}

/** The lines of a box: what it is, its path, its parameters. */
function textOf(part: Part): string[] {
  if (part.kind !== "layer") return [part.kind === "input" ? "input" : part.type];
  const count = part.parameters === 0 ? [] : [`${part.parameters.toLocaleString("en")} parameters`];
  return [describedPart(part), ...(/[a-z]/i.test(part.path) ? [part.path] : []), ...count];
}

/** The colours of boxes by what they do. */
const FILLS = {
  layer: "#dcebf7",
  norm: "#f3ead8",
  pool: "#dff0e4",
  activation: "#fae3d9",
  block: "#e9e4f3",
  input: "#ffffff",
  operation: "#ffffff",
};

function boxed(
  part: Part,
  lines: readonly string[],
  [x, y]: readonly [number, number],
  { width, height, round }: { width: number; height: number; round?: boolean },
): string {
  const style = { fill: FILLS[kindOf(part)], stroke: INK, strokeWidth: 1.1 };
  if (round)
    return (
      element("circle", { cx: x, cy: y, r: width / 2, ...style }) +
      words(x, y + 6, signOf(part.type), { textAnchor: "middle", fontSize: 18 })
    );
  const shape = element("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: 6, ...style });
  const written = lines.map((line, i) =>
    words(x, y - (LINE_HEIGHT * (lines.length - 1)) / 2 + i * LINE_HEIGHT + 5, line, {
      textAnchor: "middle",
      fontSize: sizeOf(i),
      fontWeight: i === 0 ? "bold" : undefined,
      fill: i === 0 ? INK : "#555555",
    }),
  );
  return shape + written.join("");
}

/** The networks of the demonstration. */
const NETWORKS = {
  lenet: { title: "LeNet-5", make: () => lenet5(), depth: 1 },
  block: {
    title: "A residual block",
    make: () => new Sequential([...cifarResNet(20, { shortcut: "projection" }).layer2.layers].slice(0, 1)),
    depth: 2,
  },
  resnet20: { title: "ResNet-20 of CIFAR-10", make: () => cifarResNet(20), depth: 2 },
  densenet: {
    title: "A small DenseNet",
    make: () => new DenseNet({ blocks: [3, 3], growth: 12, stem: 24, classes: 10, inputShape: [3, 32, 32] }),
    depth: 3,
  },
  unet: { title: "U-Net", make: () => uNet({ depth: 2 }), depth: 1 },
} as const satisfies Record<string, { title: string; make: () => Model; depth: number }>;

const SHAPES: Readonly<Record<string, Shape>> = { block: [16, 32, 32] };

export const ARCHITECTURE = figure({
  name: "architecture",
  about: "the layers of a network as boxes, with shapes and counts of parameters",
  options: {
    model: {
      takes: choice(Object.keys(NETWORKS) as (keyof typeof NETWORKS)[], { default: "block" }),
      about: `the network: ${Object.keys(NETWORKS).join(", ")}`,
    },
    depth: { takes: number({ default: 0, min: 0, whole: true }), about: "how deep modules are opened; 0: as is good to read" },
    direction: { takes: choice(["down", "right"], { default: "down" }), about: "where the data go" },
  },
  demo: async ({ model, depth, direction }) => {
    const { title, make, depth: usual } = NETWORKS[model];
    return architectureDiagram(make(), { title, direction, depth: depth === 0 ? usual : depth, inputShape: SHAPES[model] ?? null });
  },
});
