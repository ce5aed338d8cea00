import type { Cursor } from "./source.js";

const END = { done: true, value: undefined } as const;

/** Gives the items of a walk one by one. However it ends, what the walk has opened is closed. */
export class Iteration<T> implements AsyncIterableIterator<T> {
  #ended = false;
  /** The call of `next` that came last, as long as it waits. */
  #waiting: Promise<unknown> | null = null;

  /** @param left items that are passed over first */
  constructor(
    private readonly cursor: Cursor<T>,
    private left = 0,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const step = (): Promise<IteratorResult<T, undefined>> => this.#step();
    const result = this.#waiting === null ? step() : this.#waiting.then(step, step);
    this.#waiting = result;
    const rest = (): void => {
      if (this.#waiting === result) this.#waiting = null;
    };
    result.then(rest, rest);
    return result;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    if (!this.#ended) {
      this.#ended = true;
      await this.cursor.close();
    }
    return END;
  }

  async #step(): Promise<IteratorResult<T, undefined>> {
    if (this.#ended) return END;
    try {
      if (this.left > 0) await this.cursor.skip(this.left);
      this.left = 0;
      const items = await this.cursor.pull(1);
      if (items !== null) return { done: false, value: items[0] };
    } catch (error) {
      this.#ended = true;
      // What went wrong first is told.
      await this.cursor.close().catch(() => {});
      throw error;
    }
    return this.return();
  }
}
