import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Parameter } from "../graph/parameter.js";
import { number } from "../options/kinds.js";
import { drawn } from "./drawn.js";
import { normal } from "./initializers.js";
import { WEIGHT_RULES } from "./regularization.js";

/** What `Embedding` and `EmbeddingBag` have in common: a table of vectors. */

export const TABLE = {
  /** The row of a filler: it starts at 0 and is not trained. Negative counts from the end. Default null: none. */
  paddingIndex: number({ default: null, whole: true, aka: ["paddingIdx"] }),
  /** The norm that a row is scaled down to, in place, when it is looked up, > 0. Default null: none. */
  maxNorm: number({ default: null, above: 0 }),
  /** p of this norm, > 0, may be Infinity. Default 2. */
  normType: number({ default: 2, above: 0, infinite: true }),
  ...WEIGHT_RULES,
};

/** A table that starts at N(0, 1), the padding row at 0. */
export function tableOf(shape: readonly [number, number], padding: number | null): Parameter {
  const [, size] = shape;
  const start = normal({ std: 1 });
  return drawn(shape, (elements, site) => {
    start(elements, site);
    if (padding !== null) elements.fill(0, padding * size, (padding + 1) * size);
  });
}

/** The padding row counted from the front. @throws ArgumentError for one that the table does not have */
export function rowOf(op: string, paddingIndex: number | null, count: number): number | null {
  if (paddingIndex === null) return null;
  if (paddingIndex >= -count && paddingIndex < count) return paddingIndex < 0 ? paddingIndex + count : paddingIndex;
  throw new ArgumentError(message(op, `paddingIndex is ${paddingIndex}; expected a whole number from ${-count} to ${count - 1}, or null`));
}
