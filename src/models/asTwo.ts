import { Identity } from "../nn/index.js";
import type { Module } from "../nn/module.js";

/** A layer that applies its activation itself, in the place of torchvision's two: what stands behind keeps its number. */
export function asTwo(layer: Module): readonly Module[] {
  return [layer, new Identity()];
}
