import { kindText, shapeText } from "../errors/message.js";
import { type OptionOf, type OptionSpec, option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { MAX_RANK, type Shape } from "../tensor/shape.js";
import { type ActivationSpec, savedActivation } from "./activations.js";
import type { InitializerSpec } from "./drawn.js";

/** Kinds of options that layers declare. */

/** An activation: whether its name and its options are known is seen when it is looked up. A file holds a function of the library by name. */
export function activation<const S extends OptionSpec<ActivationSpec>>(spec: S): OptionOf<ActivationSpec, S> {
  return option<ActivationSpec, S>("a name, { name, … } or a function of a tensor", isSpec, { saved: savedActivation, ...spec });
}

/** An initializer. A function needs not be saved: its values are in the weights. */
export function initializer<const S extends OptionSpec<InitializerSpec>>(spec: S): OptionOf<InitializerSpec, S> {
  return option<InitializerSpec, S>("a name, { name, … } or a function", isSpec, { ...spec, initial: true });
}

/** Extents of one sample, without the batch. */
export function sampleShape<const S extends OptionSpec<Shape>>(spec: S): OptionOf<Shape, S> {
  const mend = (value: unknown): string | undefined => (typeof value === "number" ? `Write [${value}].` : undefined);
  return option<Shape, S>("an array of whole numbers ≥ 1", isSampleShape, { show: extentsText, mend, ...spec });
}

/** What was given for a shape: `[3, -1]`, or what kind of thing it is. */
export function extentsText(value: unknown): string {
  return Array.isArray(value) && value.length <= MAX_RANK ? shapeText(value.map(kindText)) : kindText(value);
}

export function isSampleShape(value: unknown): boolean {
  return Array.isArray(value) && value.length < MAX_RANK && value.every((extent) => Number.isSafeInteger(extent) && extent >= 1);
}

function isSpec(value: unknown): boolean {
  return typeof value === "string" || typeof value === "function" || (isPlain(value) && typeof value.name === "string");
}
