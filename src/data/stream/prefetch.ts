import { type Cursor, derived, type Source } from "./source.js";

/** The same items, of which up to `count` are made before they are asked for. */
export function prefetched<T>(source: Source<T>, count: number): Source<T> {
  return derived([source], (walk) => new Ahead(source.open(walk), count));
}

/**
 * Pulls items in the background. It begins with the first pull, and holds at most `capacity` items, among them the one that is being made.
 * An error comes after the items before it.
 */
export class Ahead<T> implements Cursor<T> {
  readonly #items: T[] = [];
  #running = false;
  #ended = false;
  #failure: { error: unknown } | null = null;
  /** Called when there is news. */
  #wake: () => void = () => {};

  constructor(
    private readonly above: Cursor<T>,
    private readonly capacity: number,
  ) {}

  async pull(most: number): Promise<readonly T[] | null> {
    if (!(await this.ready())) return null;
    const items = this.#items.splice(0, most);
    this.#produce();
    return items;
  }

  async skip(count: number): Promise<number> {
    if (!this.begun) return this.above.skip(count);
    let done = 0;
    while (done < count && (await this.ready())) {
      done += this.#items.splice(0, count - done).length;
      this.#produce();
    }
    return done;
  }

  close(): Promise<void> {
    this.#ended = true;
    this.#items.length = 0;
    return this.above.close();
  }

  /** Waits for an item. @returns whether there is one; else this is the end @throws what the items above threw */
  async ready(): Promise<boolean> {
    this.#produce();
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#items.length > 0) return true;
    if (this.#failure !== null) throw this.#failure.error;
    return false;
  }

  /** Whether items were made before they were asked for. */
  get begun(): boolean {
    return this.#running || this.#ended || this.#items.length > 0;
  }

  /** The item that comes next, which there must be. */
  get head(): T {
    return this.#items[0];
  }

  /** Takes the item that comes next out. */
  drop(): void {
    this.#items.shift();
    this.#produce();
  }

  /** Makes items until there are enough. It never rejects: an error is kept until somebody comes to its place. */
  async #produce(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#ended && this.#items.length < this.capacity) {
        const items = await this.above.pull(1);
        if (this.#ended) break;
        if (items === null) this.#ended = true;
        else this.#items.push(...items);
        this.#wake();
      }
    } catch (error) {
      this.#failure = { error };
      this.#ended = true;
    }
    this.#running = false;
    this.#wake();
  }
}
