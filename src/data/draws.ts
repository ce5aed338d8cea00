import { fillUniform, orderOf } from "../tensor/random.js";
import { COUNT, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { currentSeed, nextPass, type Seed, seedOf, underSeed } from "../tensor/seed.js";

/** Batches of a pass that have random numbers of their own. */
const MOST_BATCHES = 4294967296;

/**
 * The random numbers of a pass over data. Without a seed of its own a pass is one under the seed in force, as those of `batches` and
 * `fit` are: its number is drawn when it is first needed, so that a pass in which nothing is random counts for nothing.
 */
export class Pass {
  #drawn: { seed: Seed; index: number } | null;

  /** @param own seed and number of the pass; null: those in force */
  constructor(own: { seed: Seed; index: number } | null) {
    this.#drawn = own;
  }

  /** The order of n samples. */
  order(n: number): Int32Array {
    const { seed, index } = this.#number();
    return underSeed(seed, () => orderOf(n, index));
  }

  /** `count` uniform numbers in [0, 1): a function of the seed, the pass, the batch and the purpose. */
  uniform(count: number, batch: number, purpose: string): Float32Array {
    const { seed, index } = this.#number();
    const numbers = new Float32Array(count);
    fillUniform(numbers, purpose, 0, 1, seed, index * MOST_BATCHES + batch);
    return numbers;
  }

  #number(): { seed: Seed; index: number } {
    this.#drawn ??= { seed: currentSeed(), index: nextPass() };
    return this.#drawn;
  }
}

/** Counts the passes over data that have a seed of their own; without one the seed in force does. */
export class Passes {
  readonly #seed: Seed | null;
  #next = 0;

  constructor(seed: number | null) {
    this.#seed = seed === null ? null : seedOf(seed);
  }

  /** What a training keeps of data: how many passes a seed of their own has seen. */
  stateDict(): { readonly passes: number } {
    return { passes: this.#next };
  }

  loadStateDict(state: SavedState): void {
    this.#next = savedParts("Passes", state, { passes: COUNT }).passes;
  }

  begin(): Pass {
    return new Pass(this.#seed === null ? null : { seed: this.#seed, index: this.#next++ });
  }
}

/** What data say of passes under a seed of their own, so that a training on them can be resumed. @param inner data that they are made of */
export function remembered(passes: Passes, inner: unknown): { stateDict(): SavedState; loadStateDict(state: SavedState): void } {
  const below = inner as { stateDict?(): SavedState; loadStateDict?(state: SavedState): void } | null;
  return {
    stateDict: () => ({ ...passes.stateDict(), data: below?.stateDict?.() ?? null }),
    loadStateDict: (state) => {
      const { data, ...own } = state as { data: SavedState; passes: number };
      passes.loadStateDict(own);
      if (data !== null) below?.loadStateDict?.(data);
    },
  };
}

/** The random numbers of a transform for one batch. */
export interface Draws {
  /** `count` uniform numbers in [0, 1), others at each call. They do not depend on threads nor on what other transforms draw. */
  uniform(count: number): Float32Array;
  /** The random numbers of a part. @param name others for each name */
  part(name: string): Draws;
}

/** The random numbers of a batch. @param name a path of names, one for each level of composition */
export function drawsOf(pass: Pass, batch: number, name: string): Draws {
  let calls = 0;
  return {
    uniform: (count) => pass.uniform(count, batch, `${name} ${calls++}`),
    part: (inner) => drawsOf(pass, batch, `${name}/${inner}`),
  };
}
