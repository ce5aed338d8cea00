import { type OptionOf, type OptionSpec, option } from "../options/option.js";

/** An extent of images: a number for both axes, or [height, width]. */
export type Extent = number | readonly [height: number, width: number];

/** An option that is an extent. @param least the smallest number */
export function extent<const S extends OptionSpec<Extent>>(least: 0 | 1, spec: S): OptionOf<Extent, S> {
  const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= least;
  return option<Extent, S>(
    `a whole number ≥ ${least}, or two of them: [height, width]`,
    (value) => isWhole(value) || (Array.isArray(value) && value.length === 2 && value.every(isWhole)),
    spec,
  );
}

/** Height and width of an extent. */
export function heightAndWidth(value: Extent): readonly [number, number] {
  return typeof value === "number" ? [value, value] : value;
}
