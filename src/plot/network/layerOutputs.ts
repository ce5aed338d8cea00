import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { typeOf } from "../../nn/architecture.js";
import type { Module } from "../../nn/module.js";
import { Tensor } from "../../tensor/tensor.js";
import { inEvaluation } from "../../train/evaluationStep.js";
import { outputsOf } from "../../train/outputs.js";

/** What a part of a model gave for samples, flat. */
export interface LayerOutput {
  /** Path of the module in the model. */
  readonly path: string;
  readonly type: string;
  readonly n: number;
  /** Numbers of each sample. */
  readonly width: number;
  /** [n, width], row by row. */
  readonly values: Float64Array;
}

/**
 * What modules give for samples, in the order in which the forward comes to them, in evaluation. A module that is called more than once counts
 * with its last call.
 * @param paths of the modules; default those directly below the model
 * @throws ArgumentError for a path that leads nowhere, or whose module gives no tensor
 */
export function layerOutputs(op: string, model: Module, x: Tensor, paths: readonly string[] = [...model.children().keys()]): LayerOutput[] {
  const modules = model.namedModules();
  const found = new Map<string, LayerOutput>();
  const removes = paths.map((path) => {
    const module = modules.get(path);
    if (module === undefined) throw unknownLayer(op, path, modules);
    return module.registerForwardHook((_module, _inputs, output) => {
      const passed = module.passedOn(output);
      found.delete(path);
      if (passed instanceof Tensor) found.set(path, copied(path, module, passed));
      return undefined;
    });
  });
  try {
    inEvaluation([...modules.values()], () => outputsOf(op, model, { x } as never));
  } finally {
    for (const remove of removes) remove();
  }
  return [...found.values()];
}

function copied(path: string, module: Module, output: Tensor): LayerOutput {
  const n = output.shape[0];
  return { path, type: typeOf(module), n, width: output.size / n, values: Float64Array.from(output.view()) };
}

function unknownLayer(op: string, path: string, modules: ReadonlyMap<string, Module>): ArgumentError {
  const known = [...modules.keys()].filter((name) => name !== "").map((name) => `"${name}"`);
  return new ArgumentError(message(op, `the model has no layer "${path}"; it has ${known.join(", ")}`));
}
