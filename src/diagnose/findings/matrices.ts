import type { ParameterRecord, TrainingRecord } from "../../train/trainingRecord.js";

/** Weights of two axes and more, in the order of the model. Of embeddings only the rows that a batch reads have a gradient: they are left out. */
export function matricesOf({ layers, parameters }: TrainingRecord): ParameterRecord[] {
  const embeddings = new Set(layers.filter(({ type }) => type.includes("Embedding")).map(({ path }) => path));
  return parameters.filter(({ path, shape }) => shape.length > 1 && !embeddings.has(holderOf(path)));
}

/** The path of the layer that holds a parameter. */
export function holderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}
