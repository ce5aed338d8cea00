import { findingsText } from "../diagnose/told.js";
import type { Finding } from "../train/finding.js";
import type { LayerRecord, ParameterRecord, TrainingRecord } from "../train/trainingRecord.js";
import { textTable } from "./table.js";

const LAYERS = ["layer", "output", "activation", "mean", "deviation", "zeros", "dead", "saturated", "gradient"];
const PARAMETERS = ["parameter", "shape", "weight", "gradient", "update"];

/** Findings, the worst first, then the numbers that they come from. */
export function diagnosisText(record: TrainingRecord | null, findings: readonly Finding[]): string {
  const told = findingsText(findings);
  if (record === null) return `${told}\nThe loss is no number: nothing in the batch counts.`;
  const { loss, noiseScale, curvature, layers, parameters } = record;
  const whole = [
    `loss ${number(loss)}`,
    ...(noiseScale === null ? [] : [`noise scale ${number(noiseScale)}`]),
    ...(curvature === null ? [] : [`curvature ${number(curvature)}`]),
  ].join(", ");
  const tables = [table(LAYERS, layers.map(layerCells), 3), table(PARAMETERS, parameters.map(parameterCells), 2)];
  return [told, "", whole, "", ...tables].join("\n");
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], words: number): string {
  const { lines, rule } = textTable([heads, ...rows], words);
  return `${[lines[0], rule, ...lines.slice(1)].join("\n")}\n`;
}

function layerCells(layer: LayerRecord): string[] {
  const { path, type, shape, activation, mean, deviation, zeros, dead, saturated, gradient } = layer;
  return [
    path === "" ? type : `${path} (${type})`,
    `[${shape.join(", ")}]`,
    activation ?? "",
    ...[mean, deviation].map(number),
    ...[zeros, dead, saturated].map(share),
    gradient === null ? "" : number(gradient),
  ];
}

function parameterCells({ path, shape, weight, gradient, update }: ParameterRecord): string[] {
  return [path, `[${shape.join(", ")}]`, ...[weight, gradient, update].map((value) => (value === null ? "" : number(value)))];
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function share(value: number | null): string {
  return value === null ? "" : `${Math.round(100 * value)} %`;
}
