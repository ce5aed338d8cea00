import { type Cursor, derived, type Source } from "./source.js";

/** The items of several sources, one source behind the other. */
export function concatenated<T>(sources: readonly Source<T>[]): Source<T> {
  return derived(sources, (walk) => {
    const cursors = sources.map((source, i) => source.open(walk.part(`concat ${i}`)));
    let at = 0;
    /** Closes the source that has ended. */
    const next = async (): Promise<void> => cursors[at++].close();
    return {
      async pull(most) {
        while (at < cursors.length) {
          const items = await cursors[at].pull(most);
          if (items !== null) return items;
          await next();
        }
        return null;
      },
      async skip(count) {
        let done = 0;
        while (at < cursors.length) {
          done += await cursors[at].skip(count - done);
          if (done === count) break;
          await next();
        }
        return done;
      },
      close: () => closeAll(cursors.slice(at)),
    };
  });
}

/** Closes all, even if one of them cannot be closed. @throws the first error */
export async function closeAll(cursors: readonly Cursor<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(cursors.map((cursor) => cursor.close()));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
