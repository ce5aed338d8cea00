import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { fillNormal, fillUniform } from "../../tensor/random.js";
import type { Initializer, Site } from "./common.js";

const TRUNCATED_NORMAL = declare("truncatedNormal", {
  /** The mean of the distribution that is cut, finite. Default 0. */
  mean: number({ default: 0 }),
  /** Its standard deviation, > 0. Default 0.05. */
  std: number({ default: 0.05, above: 0, aka: ["stddev", "sigma"] }),
  /** The least element, finite. Default null: mean − 2 std. */
  a: number({ default: null, aka: ["min", "low"] }),
  /** The greatest element, finite, > a. Default null: mean + 2 std. */
  b: number({ default: null, aka: ["max", "high"] }),
});

/**
 * N(mean, std²) without what lies outside a … b: as Keras's TruncatedNormal, and PyTorch's trunc_normal_, whose limits are −2 and 2
 * whatever std is. Its own standard deviation is smaller than std, by a factor of 0.8796 for two std on both sides.
 * @param options.mean default 0
 * @param options.std > 0, default 0.05
 * @param options.a least element, default mean − 2 std
 * @param options.b greatest element, default mean + 2 std
 * @throws ArgumentError unless a < b; and for limits more than 2 std from the mean and from each other, where hardly anything is
 * @example new Dense(10, { weightInitializer: { name: "truncatedNormal", std: 0.02 } })
 */
export function truncatedNormal(options?: OptionsOf<typeof TRUNCATED_NORMAL>): Initializer {
  checkArity("truncatedNormal", arguments.length, 1);
  const { mean, std, a, b } = TRUNCATED_NORMAL.readOptions(options);
  const [low, high] = [a ?? mean - 2 * std, b ?? mean + 2 * std];
  if (low >= high) throw new ArgumentError(message("truncatedNormal", `a ${low}, b ${high}; expected a < b`));
  const [from, to] = [(low - mean) / std, (high - mean) / std];
  if (to - from > NARROW && (from > 2 || to < -2)) {
    const problem = `a ${low}, b ${high} lie more than 2 std from the mean ${mean}; expected limits around what is likely`;
    throw new ArgumentError(message("truncatedNormal", problem));
  }
  return (elements, site) => {
    fillTruncated(elements, site, from, to);
    for (let i = 0; i < elements.length; i++) {
      // Rounding to float32 may leave the limits.
      elements[i] = Math.min(Math.max(mean + std * elements[i], low), high);
    }
  };
}

/** Up to this many standard deviations, uniform numbers are proposed. */
const NARROW = 2;

/** Fills with standard normal numbers from `from` … `to`, by rejection: those that are outside are drawn again. */
export function fillTruncated(elements: Float32Array, { stream, seed }: Site, from: number, to: number): void {
  const isNarrow = to - from <= NARROW;
  const proposals = new Float32Array(Math.max(64, elements.length));
  const chances = new Float32Array(isNarrow ? proposals.length : 0);
  const mode = Math.min(Math.max(0, from), to);
  for (let round = 0, filled = 0; filled < elements.length; round++) {
    if (isNarrow) {
      fillUniform(proposals, `${stream}/${round}`, from, to, seed);
      fillUniform(chances, `${stream}/${round}/accepted`, 0, 1, seed);
    } else fillNormal(proposals, `${stream}/${round}`, 0, 1, seed);
    for (let i = 0; i < proposals.length && filled < elements.length; i++) {
      const z = proposals[i];
      const accepted = isNarrow ? chances[i] < decay((z * z - mode * mode) / 2) : z >= from && z <= to;
      if (accepted) elements[filled++] = z;
    }
  }
}

/** e^(−t) for t ≥ 0, of sums and products alone, which have the same bits everywhere. */
function decay(t: number): number {
  const s = t / 1024;
  if (s > 1) return 0;
  let power = 1 - s * (1 - (s / 2) * (1 - (s / 3) * (1 - (s / 4) * (1 - (s / 5) * (1 - s / 6)))));
  for (let i = 0; i < 10; i++) power *= power;
  return power;
}
