import { PbfWriter } from "pbf";
import type { Model } from "../model/model.js";
import { Sequential } from "../model/sequential.js";
import { typeOf } from "../nn/architecture.js";
import type { Module } from "../nn/module.js";
import { writeGraphDef } from "./messages.js";

interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
}

/** The layers of a model and what each takes, as a GraphDef of TensorFlow; null where the model does not tell them before it is run. */
export function graphDef(model: Model): Uint8Array | null {
  const node = model instanceof Sequential ? chain(model.layers) : model.plan === null ? null : planned(model);
  if (node === null) return null;
  const pbf = new PbfWriter();
  writeGraphDef({ node, versions: { producer: 22 } }, pbf);
  return pbf.finish();
}

function chain(layers: readonly Module[]): NodeDef[] {
  const nodes: NodeDef[] = [{ name: "input", op: "Placeholder", input: [] }];
  for (const [i, layer] of layers.entries())
    nodes.push({ name: `${i}_${typeOf(layer)}`, op: typeOf(layer), input: [(nodes.at(-1) as NodeDef).name] });
  return nodes;
}

function planned(model: Model): NodeDef[] {
  const { inputs, steps } = model.plan as NonNullable<Model["plan"]>;
  const nodes: NodeDef[] = inputs.map((_, i) => ({ name: `input_${i}`, op: "Placeholder", input: [] }));
  // By positions: a step may have several results, which are counted one after the other.
  const names = nodes.map(({ name }) => name);
  for (const [i, { module, operands, results }] of steps.entries()) {
    const node = { name: `${i}_${typeOf(module)}`, op: typeOf(module), input: operands.map((at) => names[at]) };
    nodes.push(node);
    for (let k = 0; k < results; k++) names.push(k === 0 ? node.name : `${node.name}:${k}`);
  }
  return nodes;
}
