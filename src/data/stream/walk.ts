import { fillUniform } from "../../tensor/random.js";
import { countPass, currentSeed, passesOf, type Seed, streamKey, underSeed } from "../../tensor/seed.js";
import type { BadRecords } from "./skipped.js";

/** Blocks of random numbers that a pass has for a purpose. */
const MOST_BLOCKS = 4294967296;
/** The random numbers of a block. */
const BLOCK = 256;

/** The seed in force when a pass over a stream began, and the number of the pass under it. */
interface Pass {
  readonly seed: Seed;
  readonly index: number;
}

/**
 * A pass over a stream, as one of its operators sees it. Random numbers are functions of the seed in force when the pass began, the number
 * of the pass, the operator's path and the place in the stream: they depend neither on what else is drawn nor on what was passed over.
 */
export class Walk {
  private constructor(
    private readonly pass: Pass,
    /** The operators below that have random numbers of their own, or walk several sources. */
    private readonly path: string,
    /** What becomes of records that cannot be read. */
    readonly bad: BadRecords,
  ) {}

  /** A new pass under the seed in force. */
  static begin(bad: BadRecords): Walk {
    const seed = currentSeed();
    return new Walk({ seed, index: passesOf(seed) }, "", bad);
  }

  /** The pass as the operator above sees it. @param name other random numbers for each */
  part(name: string): Walk {
    return new Walk(this.pass, `${this.path}/${name}`, this.bad);
  }

  judgedBy(bad: BadRecords): Walk {
    return new Walk(this.pass, this.path, bad);
  }

  /** Counts the pass, so that the next one has other random numbers. A pass in which nothing is random counts for nothing. */
  count(): void {
    countPass(this.pass.seed, this.pass.index);
  }

  /** Uniform numbers in [0, 1) by place: see `Walk`. @param purpose others for each */
  uniform(purpose: string): (place: number) => number {
    const { seed, index } = this.pass;
    const numbers = new Float32Array(BLOCK);
    let filled = -1;
    this.count();
    return (place) => {
      const block = Math.floor(place / BLOCK);
      if (block !== filled) fillUniform(numbers, `${this.path} ${purpose}`, 0, 1, seed, index * MOST_BLOCKS + block);
      filled = block;
      return numbers[place - block * BLOCK];
    };
  }

  /** Seeds by place, for functions that draw what they like. @param purpose others for each */
  seeds(purpose: string): (place: number) => Seed {
    const { seed, index } = this.pass;
    const [low, high] = streamKey(`${this.path} ${purpose}`, seed).map((key) => mixed(key, index));
    return (place) => {
      const upper = Math.floor(place / 4294967296);
      return { low: mixed(mixed(low, place), upper), high: mixed(mixed(high, place), upper), draws: new Map(), steps: 0 };
    };
  }

  /** Runs a function under a seed of `seeds`. */
  run<R>(seed: Seed, fn: () => R): R {
    try {
      return underSeed(seed, fn);
    } finally {
      if (seed.draws.size > 0) this.count();
    }
  }
}

/** 32 bits of which each depends on all of both numbers: the finalizer of MurmurHash3. */
function mixed(hash: number, value: number): number {
  let h = hash ^ value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
