import { type OptionOf, type OptionSpec, option } from "../options/option.js";

/** Two finite numbers, such as a place in a plane: an option of figures. */
export function pair<const S extends OptionSpec<readonly [number, number]>>(spec: S): OptionOf<readonly [number, number], S> {
  return option<readonly [number, number], S>(
    "two finite numbers, [x, y]",
    (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite),
    spec,
  );
}
