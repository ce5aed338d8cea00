import type { Parameter } from "../graph/parameter.js";
import type { Model } from "../model/model.js";
import { layerLines, parametersOf } from "../model/summary.js";
import { typeOf } from "../nn/architecture.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { ModelTable, OptimizerTable, Setting } from "./run.js";

/** The layers of a model with shapes and sizes. */
export function modelTable(model: Model): ModelTable {
  const parameters = parametersOf(model);
  return {
    type: typeOf(model),
    parameters: parameters && count(parameters),
    trainable: parameters && count(parameters.filter(({ requiresGrad }) => requiresGrad)),
    bytes: parameters?.reduce((sum, { storage }) => sum + storage.bytes, 0) ?? null,
    layers: layerLines(model).map(({ name, type, shape, parameters: own }) => {
      return { path: name, type, shape, parameters: own && count(own) };
    }),
  };
}

/** An optimizer with its settings, those of the first group. */
export function optimizerTable(optimizer: Optimizer): OptimizerTable {
  const { learningRate } = optimizer;
  return {
    type: (optimizer.constructor as typeof Optimizer).type,
    settings: {
      learningRate: typeof learningRate === "number" ? learningRate : scheduleName(learningRate),
      ...plainSettings({ ...optimizer.groups[0]?.options }),
    },
  };
}

/** The name of a schedule that has one of its own. */
function scheduleName({ name }: { readonly name: string }): string {
  return name === "" || name === "learningRate" ? "a schedule" : name;
}

/** Those of some options that are numbers, words, flags or functions. */
export function plainSettings(options: object): Record<string, Setting> {
  const entries = Object.entries(options).flatMap(([name, value]): [string, Setting][] => {
    if (typeof value === "function") return [[name, "a function"]];
    if (["string", "boolean"].includes(typeof value)) return [[name, value]];
    return typeof value === "number" ? [[name, Number.isFinite(value) ? value : String(value)]] : [];
  });
  return Object.fromEntries(entries);
}

function count(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { size }) => sum + size, 0);
}
