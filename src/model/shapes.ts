import type { TensorSpec } from "../graph/rehearse.js";
import { Module } from "../nn/module.js";
import type { Shape } from "../tensor/shape.js";

/**
 * The output shape of a module; null if it is not known, because the module is a class of the user's without `outputShape`.
 * @param input shape of the input, the batch included
 */
export function shapeBehind(module: Module, input: Shape): Shape | null {
  return tellsShape(module) ? module.outputShape(input) : null;
}

/** Shapes and types of all results of a module for those of its inputs; null if they are not known. */
export function specsBehind(module: Module, inputs: readonly TensorSpec[]): TensorSpec[] | null {
  return tellsShape(module) ? module.resultSpecs(inputs) : null;
}

function tellsShape(module: Module): boolean {
  return module.outputShape !== Module.prototype.outputShape;
}
