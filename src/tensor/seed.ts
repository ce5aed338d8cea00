import { recorder } from "../kernels/recorder.js";
import { checkArity } from "../options/arity.js";
import { checkValue, option } from "../options/option.js";

/**
 * Random numbers are counter-based (Philox 4×32-10). Number i of a stream is a function of seed, purpose, draw and i. It does not
 * depend on threads, on the machine, or on what is drawn for other purposes.
 */

/** A seed and what was drawn under it. Each is an object of its own, so that identity shows whether another is in force. */
export interface Seed {
  readonly low: number;
  readonly high: number;
  /** The number of draws for each purpose. */
  readonly draws: Map<string, number>;
  /** Steps of training that ran before the first draw: where a stream that draws once a step begins. */
  readonly steps: number;
}

let current: Seed = { low: 0, high: 0, draws: new Map(), steps: 0 };

/** @internal the seed in force; a parameter that is drawn later keeps the seed of its birth with it */
export function currentSeed(): Seed {
  return current;
}

/** @internal the number of the next draw for a purpose, counted from 0 */
export function nextDraw(purpose: string, seed: Seed = current): number {
  const index = seed.draws.get(purpose) ?? 0;
  seed.draws.set(purpose, index + 1);
  return index;
}

/** @internal the number of the next pass over samples, counted from 0 */
export function nextPass(): number {
  return nextDraw(PASSES);
}

/** @internal sets how many passes over samples a seed has seen */
export function setPasses(seed: Seed, passes: number): void {
  seed.draws.set(PASSES, passes);
}

/** @internal how many passes over samples a seed has seen */
export function passesOf(seed: Seed): number {
  return seed.draws.get(PASSES) ?? 0;
}

/** @internal counts pass number `index`, unless it is counted already */
export function countPass(seed: Seed, index: number): void {
  if (passesOf(seed) === index) setPasses(seed, index + 1);
}

const PASSES = "passes";

/** @internal the key of a stream: the seed mixed with the purpose by FNV-1a */
export function streamKey(purpose: string, seed: Seed = current): [number, number] {
  let hash = 0x811c9dc5;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  return [(seed.low ^ hash) >>> 0, (seed.high ^ Math.imul(hash, 0x9e3779b1)) >>> 0];
}

const SEED = option<number, { required: true }>(
  "a whole number from 0 to 2⁵³ − 1",
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  { required: true },
);

/**
 * Starts all random streams anew. The same seed gives the same numbers. Until the first call the seed is 0, so that, unlike in
 * PyTorch, every run of a program draws the same numbers. A `fit` that runs already keeps the seed that it began with.
 * @param seed whole number from 0 to 2⁵³ − 1
 * @throws ArgumentError
 * @example manualSeed(1);
 */
export function manualSeed(seed: number): void {
  checkArity("manualSeed", arguments.length, 1);
  checkValue("manualSeed", "the seed", seed, SEED);
  recorder?.refuse("manualSeed starts the random numbers afresh in every step");
  current = seedOf(seed);
}

/** @internal a seed under which nothing was drawn yet. @param number whole, from 0 to 2⁵³ − 1 */
export function seedOf(number: number): Seed {
  return { low: number >>> 0, high: Math.floor(number / 4294967296) >>> 0, draws: new Map(), steps: 0 };
}

/**
 * @internal the seed in force for somebody who draws on his own from now on: neither notices the other's draws. Draws go on where
 * they stand, so that nobody gets numbers that were drawn before; passes over samples begin with the first.
 * @param steps what the new seed says of steps
 */
export function forkSeed(steps = 0): Seed {
  const draws = new Map(current.draws);
  draws.delete(PASSES);
  return { ...current, draws, steps };
}

/** @internal a seed from which that much was drawn already */
export function seedFrom(drawn: Omit<Seed, "draws"> & { draws: ReadonlyMap<string, number> }): Seed {
  return { low: drawn.low, high: drawn.high, steps: drawn.steps, draws: new Map(drawn.draws) };
}

/** @internal sets how much was drawn under a seed */
export function setDraws(seed: Seed, draws: ReadonlyMap<string, number>): void {
  seed.draws.clear();
  for (const [purpose, count] of draws) seed.draws.set(purpose, count);
}

/** @internal goes on under a seed that was in force before */
export function resumeSeed(seed: Seed): void {
  current = seed;
}

/** @internal runs `fn` with random numbers of `seed`. A `manualSeed` in it holds for the rest of `fn` and after it */
export function underSeed<T>(seed: Seed, fn: () => T): T {
  const before = current;
  current = seed;
  try {
    return fn();
  } finally {
    if (current === seed) current = before;
  }
}
