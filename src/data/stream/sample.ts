import { closeAll } from "./concat.js";
import { type Cursor, derived, type Source } from "./source.js";

/** When a sample of several streams ends: with the first of them that ends, or with the last. */
export type SampleEnd = "first" | "last";

/** Items each of which comes from a source drawn by its weight. A source that has ended is drawn no more. */
export function sampled<T>(sources: readonly Source<T>[], weights: readonly number[], end: SampleEnd): Source<T> {
  return derived(sources, (walk) => {
    const cursors = sources.map((source, i) => source.open(walk.part(`sample ${i}`)));
    const left = [...weights];
    const uniform = walk.uniform("sample");
    let place = 0;
    /** Asks the source that is drawn for this place, until one has an answer. */
    const draw = async (ask: (cursor: Cursor<T>) => Promise<boolean>): Promise<boolean> => {
      for (let i = chosen(left, uniform(place)); i !== null; i = chosen(left, uniform(place))) {
        if (await ask(cursors[i])) {
          place++;
          return true;
        }
        if (end === "first") left.fill(0);
        left[i] = 0;
      }
      return false;
    };
    return {
      async pull() {
        let items: readonly T[] | null = null;
        await draw(async (cursor) => {
          items = await cursor.pull(1);
          return items !== null;
        });
        return items;
      },
      async skip(count) {
        let done = 0;
        while (done < count && (await draw(async (cursor) => (await cursor.skip(1)) === 1))) done++;
        return done;
      },
      close: () => closeAll(cursors),
    };
  });
}

/** The number of the weight in which a number in [0, 1) falls; null if all are 0. */
function chosen(weights: readonly number[], u: number): number | null {
  const sum = weights.reduce((a, b) => a + b, 0);
  let found: number | null = null;
  let rest = u * sum;
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    // Rounding may leave a little over: it falls to the last one.
    found = i;
    rest -= weight;
    if (rest < 0) break;
  }
  return found;
}
