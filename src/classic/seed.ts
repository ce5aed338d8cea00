import { number } from "../options/kinds.js";
import { nextDraw, type Seed, seedOf, streamKey } from "../tensor/seed.js";

/** The seed of whatever is drawn at random in a fit. null: one that follows from the seed in force, another for each fit. */
export const seedOption = number({ default: null, min: 0, whole: true, aka: ["random_state", "randomState"] });

const FITS = "fits of classic methods";

/** A seed under which nothing was drawn yet. */
export function seedOfFit(seed: number | null): Seed {
  if (seed !== null) return seedOf(seed);
  const [low, high] = streamKey(`${FITS} ${nextDraw(FITS)}`);
  return { low, high, draws: new Map(), steps: 0 };
}
