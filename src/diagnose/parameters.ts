import type { Parameter } from "../graph/parameter.js";
import type { Module } from "../nn/module.js";
import type { Tensor } from "../tensor/tensor.js";
import type { ParameterRecord } from "../train/trainingRecord.js";
import { histogramOf } from "./histogram.js";
import { sampleOf } from "./sample.js";
import { spreadOf } from "./spread.js";

/** How parameters were before a step, as far as they are looked at. */
export class ParametersBefore {
  readonly #samples: Map<Parameter, Float64Array>;

  constructor(model: Module) {
    this.#samples = new Map(model.parameters().map((parameter) => [parameter, sampleOf(parameter.view())]));
  }

  /** The norm of what was changed since over the norm that the parameter has now; null where either is unknown. */
  change(parameter: Parameter): number | null {
    const before = this.#samples.get(parameter);
    if (before === undefined) return null;
    const now = sampleOf(parameter.view());
    let [changed, norm] = [0, 0];
    for (let i = 0; i < now.length; i++) {
      const difference = now[i] - before[i];
      changed += difference * difference;
      norm += now[i] * now[i];
    }
    if (norm === 0) return changed === 0 ? 0 : null;
    return Math.sqrt(changed / norm);
  }
}

/** What the parameters of a model are, with their gradients of a pass. */
export function parameterRecords(
  model: Module,
  gradients: ReadonlyMap<Tensor, Tensor>,
  before: ParametersBefore | null,
  bins: number,
): ParameterRecord[] {
  return [...model.namedParameters()].map(([path, parameter]) => {
    const weight = sizeAndHistogram(parameter, bins);
    const found = gradients.get(parameter);
    const gradient = found === undefined ? null : sizeAndHistogram(found, bins);
    return {
      path,
      shape: [...parameter.shape],
      weight: weight.size,
      gradient: gradient?.size ?? null,
      update: before?.change(parameter) ?? null,
      histogram: weight.histogram,
      gradientHistogram: gradient?.histogram ?? null,
    };
  });
}

function sizeAndHistogram(x: Tensor, bins: number): { size: number; histogram: ParameterRecord["histogram"] } {
  const elements = x.view();
  const { size, min, max } = spreadOf(elements);
  return { size, histogram: histogramOf(elements, min, max, bins) };
}
