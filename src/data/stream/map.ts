import { Applied, type ItemFunction } from "./apply.js";
import { type Cursor, type Deferred, deferred, derived, type Source } from "./source.js";
import type { Walk } from "./walk.js";

/** What a function makes of each item, one after the other. */
export function mapped<T, R>(source: Source<T>, fn: ItemFunction<T, R>): Source<R> {
  return derived([source], (walk) => new Mapped(source.open(walk.part("map")), walk, fn));
}

/** Items that are passed over are not made, unless they may turn out to be bad records, which do not count. */
export class Mapped<T, R> extends Applied<T, R, R> {
  readonly #above: Cursor<T>;
  readonly #lenient: boolean;

  constructor(above: Cursor<T>, walk: Walk, fn: ItemFunction<T, R>) {
    super("map", above, walk, fn, (out, _, result) => out.push(result));
    this.#above = above;
    this.#lenient = walk.bad.lenient;
  }

  override async skip(count: number): Promise<number> {
    if (this.#lenient) return super.skip(count);
    const done = await this.#above.skip(count);
    this.passOver(done);
    return done;
  }

  async defer(most: number): Promise<readonly Deferred<R>[] | null> {
    if (this.#lenient) return (await this.pull(most))?.map((item) => () => item) ?? null;
    const items = await deferred(this.#above, most);
    if (items === null) return null;
    const first = this.passOver(items.length);
    return items.map((make, i) => async () => this.call(await make(), first + i));
  }
}
