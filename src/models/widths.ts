import type { ActivationSpec } from "../nn/activations.js";
import { Dense } from "../nn/index.js";
import { extentsText } from "../nn/options.js";
import { type OptionOf, type OptionSpec, option } from "../options/option.js";

/** Units of layers one behind the other. */
export function widths<const S extends OptionSpec<readonly number[]>>(spec: S): OptionOf<readonly number[], S> {
  const holds = (value: unknown): boolean => Array.isArray(value) && value.every((units) => Number.isSafeInteger(units) && units >= 1);
  const mend = (value: unknown): string | undefined => (typeof value === "number" ? `Write [${value}].` : undefined);
  return option<readonly number[], S>("an array of whole numbers ≥ 1", holds, { show: extentsText, mend, ...spec });
}

/** Fully connected layers one behind the other, which begin with features of one width. Of these, `hidden` have the activation. */
export function denseLayers(features: number, hidden: readonly number[], activation: ActivationSpec): Dense[] {
  return hidden.map((units, i) => new Dense(units, { activation, inputShape: [i === 0 ? features : hidden[i - 1]] }));
}
