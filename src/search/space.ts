import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isPlain } from "../options/plain.js";
import { fillUniform } from "../tensor/random.js";
import { type Seed, seedOf } from "../tensor/seed.js";
import { choice, Dimension } from "./dimension.js";

/**
 * The hyper-parameters by name: a `Dimension` each, an array of values to choose from, or a value that stays.
 * @example const space = { learningRate: logUniform(1e-4, 1e-1), units: integer(16, 128), activation: ["relu", "tanh"], epochs: 5 };
 */
export type Space = Readonly<Record<string, unknown>>;

/** What an objective is called with: a value for each name of the space. */
export type ConfigOf<S extends Space> = {
  -readonly [K in keyof S]: S[K] extends Dimension<infer T> ? T : S[K] extends readonly (infer T)[] ? T : S[K];
};

/** A space as searches see it. */
export class Axes {
  readonly #names: readonly string[];
  readonly #dimensions: readonly Dimension[];

  /** @throws ArgumentError for a space that is empty or no object */
  constructor(op: string, space: Space) {
    if (!isPlain(space)) throw new ArgumentError(message(op, `the space is ${kindText(space)}; expected { name: values, … }`));
    this.#names = Object.keys(space);
    if (this.#names.length === 0) {
      throw new ArgumentError(message(op, "the space is empty", "Write { learningRate: logUniform(1e-4, 1e-1), … }."));
    }
    this.#dimensions = Object.entries(space).map(([name, given]) => {
      if (given instanceof Dimension) return given;
      if (!Array.isArray(given)) return choice([given]);
      if (given.length === 0) throw new ArgumentError(message(op, `${name} has no values; expected at least one`));
      return choice(given);
    });
  }

  get count(): number {
    return this.#dimensions.length;
  }

  isOrdered(axis: number): boolean {
    return this.#dimensions[axis].isOrdered;
  }

  /** The values at a point of the unit cube. */
  at(units: ArrayLike<number>): Record<string, unknown> {
    return Object.fromEntries(this.#names.map((name, axis) => [name, this.#dimensions[axis].fromUnit(units[axis])]));
  }

  /** All combinations of the grid's values; the last name's change first. */
  grid(): Record<string, unknown>[] {
    return this.#dimensions.reduce<Record<string, unknown>[]>(
      (configs, dimension, axis) =>
        configs.flatMap((config) => dimension.points().map((value) => ({ ...config, [this.#names[axis]]: value }))),
      [{}],
    );
  }
}

/** The random numbers of a search: functions of its seed, of their purpose and of an index alone. */
export class SearchDraws {
  readonly #seed: Seed;

  constructor(seed: number) {
    this.#seed = seedOf(seed);
  }

  /** `count` numbers from 0 to below 1. */
  uniform(purpose: string, index: number, count: number): Float32Array {
    const numbers = new Float32Array(count);
    fillUniform(numbers, `search ${purpose}`, 0, 1, this.#seed, index);
    return numbers;
  }

  /** The seed of a trial. */
  seedOf(trial: number): number {
    const [high, low] = this.uniform("seed", trial, 2);
    return Math.floor(high * 2097152) * 16777216 + Math.floor(low * 16777216);
  }
}
