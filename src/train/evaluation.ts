import { noGrad } from "../graph/mode.js";
import type { Module } from "../nn/module.js";

/** Runs `fn` with the whole model in evaluation and without a graph; every module is put back as it was. */
export function inEvaluation<T>(model: Module, fn: () => T): T {
  const training = [...model.namedModules().values()].filter((module) => module.training);
  for (const module of training) module.training = false;
  try {
    return noGrad(fn as () => never);
  } finally {
    for (const module of training) module.training = true;
  }
}
