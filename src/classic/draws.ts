import { rand } from "../tensor/random.js";
import { type Seed, underSeed } from "../tensor/seed.js";

const BLOCK = 256;

/** Uniform numbers in [0, 1) of a seed, one a call. */
export function uniformOf(seed: Seed): () => number {
  let block: ArrayLike<number> = [];
  let at = 0;
  return () => {
    if (at === block.length) {
      block = underSeed(seed, () => rand([BLOCK])).view();
      at = 0;
    }
    return block[at++];
  };
}

/** An index whose probability is in proportion to its weight, by a uniform number u. Weights of 0 are not drawn. */
export function drawWeighted(weights: ArrayLike<number>, u: number): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  let left = u * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    left -= weights[i];
    last = i;
    if (left < 0) break;
  }
  return last;
}
