import { Applied, type ItemFunction } from "./apply.js";
import { derived, type Source } from "./source.js";

/** The items for which a function gives true. */
export function filtered<T>(source: Source<T>, keep: ItemFunction<T, unknown>): Source<T> {
  const collect = (out: T[], item: T, kept: unknown): void => {
    if (kept) out.push(item);
  };
  return derived([source], (walk) => new Applied("filter", source.open(walk.part("filter")), walk, keep, collect));
}
