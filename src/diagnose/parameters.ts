import type { Parameter } from "../graph/parameter.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { ParameterRecord } from "../train/trainingRecord.js";
import type { GradientSamples } from "./gradients.js";
import { histogramOf } from "./histogram.js";
import { sampleOf } from "./sample.js";
import { spreadOf } from "./spread.js";
import { dot, squaredDistance } from "./vectors.js";

/** How the parameters of an optimizer were before a step, as far as they are looked at. */
export class ParametersBefore {
  readonly #samples = new Map<Parameter, Float64Array>();

  constructor({ groups }: Optimizer) {
    for (const { params } of groups) for (const parameter of params) this.#samples.set(parameter, sampleOf(parameter.view()));
  }

  /**
   * The norm of what was changed since over the norm that the parameter has now; null where either is unknown.
   * @param now what is looked at of the parameter
   */
  change(parameter: Parameter, now: Float64Array): number | null {
    const before = this.#samples.get(parameter);
    if (before === undefined) return null;
    const changed = squaredDistance(now, before);
    const norm = dot(now, now);
    if (norm === 0) return changed === 0 ? 0 : null;
    return Math.sqrt(changed / norm);
  }
}

/** What the parameters of a model are, with their gradients of a pass. */
export function parameterRecords(
  model: Module,
  gradients: GradientSamples,
  before: ParametersBefore | null,
  bins: number,
): ParameterRecord[] {
  return [...model.namedParameters()].map(([path, parameter]) => {
    const now = sampleOf(parameter.view());
    const weight = sizeAndHistogram(now, bins);
    const found = gradients.get(parameter);
    const gradient = found === undefined ? null : sizeAndHistogram(found, bins);
    return {
      path,
      shape: [...parameter.shape],
      weight: weight.size,
      gradient: gradient?.size ?? null,
      update: before?.change(parameter, now) ?? null,
      histogram: weight.histogram,
      gradientHistogram: gradient?.histogram ?? null,
    };
  });
}

function sizeAndHistogram(sample: Float64Array, bins: number): { size: number; histogram: ParameterRecord["histogram"] } {
  const { size, min, max } = spreadOf(sample);
  return { size, histogram: histogramOf(sample, min, max, bins) };
}
