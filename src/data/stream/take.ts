import { derived, type Source } from "./source.js";

/** The first `count` items. */
export function taken<T>(source: Source<T>, count: number): Source<T> {
  return derived([source], (walk) => {
    const above = source.open(walk);
    let left = count;
    return {
      async pull(most) {
        if (left === 0) return null;
        const items = await above.pull(Math.min(most, left));
        left = items === null ? 0 : left - items.length;
        return items;
      },
      async skip(wanted) {
        const done = await above.skip(Math.min(wanted, left));
        left -= done;
        return done;
      },
      close: () => above.close(),
    };
  });
}
