import { Module } from "../nn/module.js";
import type { Shape } from "../tensor/shape.js";

/**
 * The output shape of a module; null if it is not known, because the module is a class of the user's without `outputShape`.
 * @param inputs shapes of the inputs, the batch included
 */
export function shapeBehind(module: Module, inputs: readonly Shape[]): Shape | null {
  if (module.outputShape === Module.prototype.outputShape) return null;
  const [first, ...others] = inputs;
  return module.outputShape(first, ...others);
}
