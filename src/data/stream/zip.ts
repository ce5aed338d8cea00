import { closeAll } from "./concat.js";
import { derived, type Source } from "./source.js";

/** Lists of the first items of several sources, of the second ones, and so on up to the end of the shortest. */
export function zipped<T>(sources: readonly Source<T>[]): Source<T[]> {
  return derived(sources, (walk) => {
    const cursors = sources.map((source, i) => source.open(walk.part(`zip ${i}`)));
    let ended = false;
    return {
      async pull() {
        const items: T[] = [];
        for (const cursor of cursors) {
          const pulled = ended ? null : await cursor.pull(1);
          ended = pulled === null;
          if (pulled === null) return null;
          items.push(pulled[0]);
        }
        return [items];
      },
      async skip(count) {
        let least = ended ? 0 : count;
        for (const cursor of cursors) least = Math.min(least, await cursor.skip(count));
        ended = least < count;
        return least;
      },
      close: () => closeAll(cursors),
    };
  });
}
