import { type Cursor, type Deferred, deferred, derived, type Source } from "./source.js";

/** The items in random order: each is drawn from a buffer of `size` items, which is then filled up. */
export function shuffled<T>(source: Source<T>, size: number): Source<T> {
  return derived([source], (walk) => new Shuffled(source.open(walk.part("shuffle")), walk.uniform("shuffle"), size));
}

class Shuffled<T> implements Cursor<T> {
  readonly #buffer: T[] = [];
  /** Items that came out. */
  #place = 0;
  #ended = false;

  constructor(
    private readonly above: Cursor<T>,
    private readonly uniform: (place: number) => number,
    private readonly size: number,
  ) {}

  async pull(most: number): Promise<readonly T[] | null> {
    const out = await this.#step(this.#buffer, most, (wanted) => this.above.pull(wanted));
    return out.length === 0 ? null : out;
  }

  /** Makes the same choices with functions in the place of items. Only those that are left in the buffer are called. */
  async skip(count: number): Promise<number> {
    const makers: Deferred<T>[] = this.#buffer.map((item) => () => item);
    let done = 0;
    while (done < count) {
      const passed = await this.#step(makers, count - done, (wanted) => deferred(this.above, wanted));
      if (passed.length === 0) break;
      done += passed.length;
    }
    this.#buffer.length = 0;
    for (const make of makers) this.#buffer.push(await make());
    return done;
  }

  close(): Promise<void> {
    return this.above.close();
  }

  /** Fills a buffer up, and takes items out of it. @returns at most `most`; none at the end */
  async #step<I>(buffer: I[], most: number, pull: (most: number) => Promise<readonly I[] | null>): Promise<I[]> {
    const out: I[] = [];
    while (out.length === 0 && !this.#ended) {
      const items = await pull(this.size - buffer.length + Math.min(most, MOST) - 1);
      if (items === null) this.#ended = true;
      else {
        for (const item of items) {
          buffer.push(item);
          if (buffer.length === this.size) out.push(this.#take(buffer));
        }
      }
    }
    if (this.#ended) while (out.length < most && buffer.length > 0) out.push(this.#take(buffer));
    return out;
  }

  #take<I>(buffer: I[]): I {
    const i = Math.floor(this.uniform(this.#place++) * buffer.length);
    const taken = buffer[i];
    buffer[i] = buffer[buffer.length - 1];
    buffer.pop();
    return taken;
  }
}

/** The items that are asked for at once. */
const MOST = 1024;
