import { Applied, type ItemFunction } from "./apply.js";
import { Ahead } from "./prefetch.js";
import { badRecord } from "./skipped.js";
import { type Cursor, type Deferred, deferred, derived, type Source, skipByPulling } from "./source.js";
import type { Walk } from "./walk.js";

/** What a function makes of each item, in their order. @param concurrency the calls that may run at once */
export function mapped<T, R>(source: Source<T>, fn: ItemFunction<T, R>, concurrency: number): Source<R> {
  return derived([source], (walk) => {
    const inTurn = new Mapped(source.open(walk.part("map")), walk, fn);
    return concurrency === 1 ? inTurn : new Concurrent(inTurn, walk, concurrency);
  });
}

/** Items that are passed over are not made, unless they may turn out to be bad records, which do not count. */
class Mapped<T, R> extends Applied<T, R, R> {
  readonly #lenient: boolean;

  constructor(
    readonly source: Cursor<T>,
    walk: Walk,
    fn: ItemFunction<T, R>,
  ) {
    super("map", source, walk, fn, (out, _, result) => out.push(result));
    this.#lenient = walk.bad.lenient;
  }

  override async skip(count: number): Promise<number> {
    if (this.#lenient) return super.skip(count);
    const done = await this.source.skip(count);
    this.passOver(done);
    return done;
  }

  async defer(most: number): Promise<readonly Deferred<R>[] | null> {
    if (this.#lenient) return (await this.pull(most))?.map((item) => () => item) ?? null;
    const items = await deferred(this.source, most);
    if (items === null) return null;
    const first = this.passOver(items.length);
    return items.map((make, i) => async () => this.call(await make(), first + i));
  }

  /** Calls the function for the next items, and does not wait for what it promises. */
  async begin(most: number): Promise<readonly Call<R>[] | null> {
    const items = await this.source.pull(most);
    if (items === null) return null;
    const first = this.passOver(items.length);
    return items.map((item, i) => {
      const result = (async () => this.call(item, first + i))();
      // An error waits for somebody to come to its place.
      result.catch(() => {});
      return { place: first + i, result };
    });
  }
}

/** A call that is under way. */
interface Call<R> {
  readonly place: number;
  readonly result: Promise<R>;
}

/** Several calls at once, whose results come in the order of the items. */
class Concurrent<T, R> implements Cursor<R> {
  readonly #calls: Ahead<Call<R>>;

  constructor(
    private readonly inTurn: Mapped<T, R>,
    private readonly walk: Walk,
    concurrency: number,
  ) {
    this.#calls = new Ahead(
      { pull: (most) => inTurn.begin(most), skip: (count) => inTurn.skip(count), close: () => inTurn.close() },
      concurrency,
    );
  }

  async pull(most: number): Promise<readonly R[] | null> {
    const out: R[] = [];
    try {
      while (out.length < most && (await this.#calls.ready())) {
        const { place, result } = this.#calls.head;
        try {
          out.push(await result);
        } catch (error) {
          if (!this.walk.bad.lenient) throw error;
          this.walk.bad.refuse(badRecord("map", error, place));
        }
        this.#calls.drop();
      }
    } catch (error) {
      // What failed stays in its place, and throws again at the next pull.
      if (out.length === 0) throw error;
    }
    return out.length === 0 ? null : out;
  }

  skip(count: number): Promise<number> {
    return this.walk.bad.lenient ? skipByPulling(this, count) : this.#calls.skip(count);
  }

  async defer(most: number): Promise<readonly Deferred<R>[] | null> {
    if (!this.#calls.begun) return this.inTurn.defer(most);
    return (await this.pull(most))?.map((item) => () => item) ?? null;
  }

  close(): Promise<void> {
    return this.#calls.close();
  }
}
