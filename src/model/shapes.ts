import { Module } from "../nn/module.js";
import type { Shape } from "../tensor/shape.js";

/**
 * The shape behind a module; null if it does not tell: a class of the user's without an `outputShape` of its own may do anything.
 * @param inputs shapes with the batch's extent
 */
export function shapeBehind(module: Module, inputs: readonly Shape[]): Shape | null {
  if (module.outputShape === Module.prototype.outputShape) return null;
  const [first, ...others] = inputs;
  return module.outputShape(first, ...others);
}
