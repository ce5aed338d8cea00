import { UNIT_FILTERS, UNIT_POSITIONS } from "./generated/constants.js";
import type { ConvArgs } from "./generated.js";

/** The ranges of the kernels of convolutions, and how many sums the gradient of a weight is made of. */

/** The most sums, and the most elements of all of them. */
const PARTS = 8;
const PARTIALS = 1 << 19;

type Sizes = Pick<ConvArgs, "n" | "groups" | "channels" | "filters" | "od" | "oh" | "ow" | "kd" | "kh" | "kw">;

/** The length of the range of `convOutput`. */
export function outputUnits({ n, groups, od, oh, ow }: Pick<Sizes, "n" | "groups" | "od" | "oh" | "ow">): number {
  return n * groups * Math.ceil((od * oh * ow) / UNIT_POSITIONS);
}

/** The length of the range of `convInput`. */
export function inputUnits({ n, groups, channels }: Pick<Sizes, "n" | "groups" | "channels">): number {
  return n * groups * channels;
}

/** The length of the range of `convWeight`. */
export function weightUnits({ parts, groups, filters }: Pick<ConvArgs, "parts" | "groups" | "filters">): number {
  return parts * groups * Math.ceil(filters / UNIT_FILTERS);
}

/** Elements of a weight. */
export function weightSize({ groups, filters, channels, kd, kh, kw }: Sizes): number {
  return groups * filters * channels * kd * kh * kw;
}

/** How many sums make the gradient of a weight, each over a part of the samples. The shape alone decides, never the number of threads. */
export function weightParts(sizes: Sizes): number {
  return Math.max(1, Math.min(PARTS, sizes.n, Math.floor(PARTIALS / weightSize(sizes))));
}
