import type { Seed } from "../../tensor/seed.js";
import { badRecord } from "./skipped.js";
import { type Cursor, skipByPulling } from "./source.js";
import type { Walk } from "./walk.js";

/** A function of an item and its place in the stream, from 0. */
export type ItemFunction<T, R> = (item: T, index: number) => R | Promise<R>;

/** Puts what becomes of an item to those that come out. */
export type Collect<T, R, O> = (out: O[], item: T, result: R) => void;

/**
 * Calls a function for each item in turn. It draws random numbers that depend on the item's place alone. An error comes after the items
 * before it, so that they are not lost.
 */
export class Applied<T, R, O> implements Cursor<O> {
  readonly #seeds: (place: number) => Seed;
  #place = 0;
  #failure: { error: unknown } | null = null;

  constructor(
    private readonly op: string,
    private readonly above: Cursor<T>,
    private readonly walk: Walk,
    private readonly fn: ItemFunction<T, R>,
    private readonly collect: Collect<T, R, O>,
  ) {
    this.#seeds = walk.seeds(op);
  }

  async pull(most: number): Promise<readonly O[] | null> {
    const out: O[] = [];
    while (out.length === 0) {
      if (this.#failure !== null) throw this.#failure.error;
      const items = await this.above.pull(most);
      if (items === null) return null;
      try {
        for (const item of items) {
          const place = this.#place++;
          try {
            const result = this.call(item, place);
            this.collect(out, item, isThenable(result) ? await result : result);
          } catch (error) {
            if (!this.walk.bad.lenient) throw error;
            this.walk.bad.refuse(badRecord(this.op, error, place));
          }
        }
      } catch (error) {
        this.#failure = { error };
      }
    }
    return out;
  }

  /** What the function gives for the item at a place. */
  call(item: T, place: number): R | Promise<R> {
    return this.walk.run(this.#seeds(place), () => this.fn(item, place));
  }

  /** Counts items that are passed over. @returns the place of the first */
  passOver(count: number): number {
    const place = this.#place;
    this.#place += count;
    return place;
  }

  skip(count: number): Promise<number> {
    return skipByPulling(this, count);
  }

  close(): Promise<void> {
    return this.above.close();
  }
}

export function isThenable<R>(value: R | Promise<R>): value is Promise<R> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
