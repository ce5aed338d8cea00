import { GraphError } from "../errors/errors.js";
import { bytesText } from "../errors/message.js";
import type { Parameter } from "../graph/parameter.js";
import type { TensorSpec } from "../graph/rehearse.js";
import { nameOf, typeOf } from "../nn/architecture.js";
import type { Module } from "../nn/module.js";
import type { Shape } from "../tensor/shape.js";
import { footprintOf, footprintText } from "./footprint.js";
import { specsOf, specsOfInputs } from "./functional.js";
import type { Model } from "./model.js";
import { shapeBehind } from "./shapes.js";
import { textTable } from "./table.js";

/**
 * A table of the model's layers: output shapes (without the batch), parameters, bytes. Below it stand the totals, and the memory that
 * a batch needs, if it is known.
 */
export function summaryText(model: Model, batchSize: number): string {
  const table = textTable([["layer", "output shape", "parameters", "bytes"], ...layerRows(model)], 2);
  const [heads, ...rows] = table.lines;
  const lines = [typeOf(model), table.rule, heads, table.rule, ...rows, table.rule, totals(model)];
  const inputs = parametersOf(model) === null ? null : inputSpecs(model, batchSize);
  const footprint = inputs && footprintOf(model, inputs);
  return [...lines, ...(footprint ? [footprintText(batchSize, footprint)] : [])].join("\n");
}

/** Shapes and types of the model's inputs; null if they are not known. */
function inputSpecs(model: Model, batchSize: number): TensorSpec[] | null {
  if (model.plan !== null) return specsOfInputs(model.plan, batchSize);
  if (!("layers" in model)) return null;
  const [first] = model.children().values();
  const shape = first?.expects() ?? null;
  return shape === null ? null : [{ shape: [batchSize, ...shape], dtype: "float32" }];
}

/** A layer of a model, or what belongs to no layer. */
export interface LayerLine {
  /** Its name in the model, "" for what belongs to none. */
  readonly name: string;
  readonly type: string;
  /** Shapes of what it gives, without the samples, such as "[16, 12, 12]"; "?": not known. */
  readonly shape: string;
  /** Null: not built. */
  readonly parameters: readonly Parameter[] | null;
}

/** The layers of a model, and at the end the parameters that belong to none of them. */
export function layerLines(model: Model): LayerLine[] {
  const children = [...model.children()];
  const shapes = model.plan === null ? chainShapes(model) : planShapes(model);
  const lines = children.map(([name, module], i): LayerLine => {
    return { name, type: nameOf(module), shape: shapeTexts(shapes[i]), parameters: parametersOf(module) };
  });
  const own = ownParameters(model, children);
  return own.length === 0 ? lines : [...lines, { name: "", type: "its own", shape: "", parameters: own }];
}

/** A row for each layer: its name with the type, output shape, parameters, bytes. */
function layerRows(model: Model): string[][] {
  return layerLines(model).map(({ name, type, shape, parameters }) => {
    const figures = parameters === null ? ["not built", ""] : [count(parameters).toLocaleString("en"), bytes(parameters)];
    return [name === "" ? `(${type})` : `${name} (${type})`, shape, ...figures];
  });
}

/** The output shapes of each layer of a functional model, for each step that calls the layer. */
function planShapes(model: Model): (Shape | null)[][] {
  const plan = model.plan as NonNullable<Model["plan"]>;
  const specs = specsOf(plan, specsOfInputs(plan, 1));
  const shapes = new Map<Module, (Shape | null)[]>();
  let position = plan.inputs.length;
  for (const { module, results } of plan.steps) {
    const told = specs.slice(position, position + results).map((spec) => spec?.shape ?? null);
    shapes.set(module, [...(shapes.get(module) ?? []), ...told]);
    position += results;
  }
  return [...model.children().values()].map((module) => shapes.get(module) ?? []);
}

/**
 * The output shapes of a list of layers. The input shape of a layer is the one that it was built for; in a Sequential also the output
 * shape of the layer before it, or the `inputShape` of the first layer.
 */
function chainShapes(model: Model): (Shape | null)[][] {
  const inOrder = "layers" in model;
  const [first] = model.children().values();
  const { inputShape } = (first ?? {}) as { inputShape?: Shape };
  let shape: Shape | null = inOrder && inputShape !== undefined ? [1, ...inputShape] : null;
  return [...model.children().values()].map((module) => {
    // Of images, a layer that was built for its channels alone does not know the shape.
    const input = (inOrder ? shape : null) ?? (module.expects() === null ? null : module.builtFor);
    shape = input === null ? null : shapeBehind(module, input);
    return [shape];
  });
}

function shapeTexts(shapes: readonly (Shape | null)[]): string {
  return [...new Set(shapes.map((shape) => (shape === null ? "?" : `[${shape.slice(1).join(", ")}]`)))].join(" ");
}

/** The parameters of a module; null while it is not built. */
export function parametersOf(module: Module): Parameter[] | null {
  try {
    return module.parameters();
  } catch (error) {
    if (error instanceof GraphError) return null;
    throw error;
  }
}

/** The parameters of the model that belong to none of its layers. */
function ownParameters(model: Model, children: readonly [string, Module][]): Parameter[] {
  const inLayers = new Set(children.flatMap(([, module]) => parametersOf(module) ?? []));
  return (parametersOf(model) ?? []).filter((parameter) => !inLayers.has(parameter));
}

function totals(model: Model): string {
  const parameters = parametersOf(model);
  if (parameters === null) return "some layers are not built yet: give the first one inputShape, or run one forward";
  const trainable = count(parameters.filter(({ requiresGrad }) => requiresGrad));
  return `${count(parameters).toLocaleString("en")} parameters, ${trainable.toLocaleString("en")} trainable, ${bytes(parameters)}`;
}

function count(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { size }) => sum + size, 0);
}

function bytes(parameters: readonly Parameter[]): string {
  return bytesText(parameters.reduce((sum, { storage }) => sum + storage.bytes, 0));
}
