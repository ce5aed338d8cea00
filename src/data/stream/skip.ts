import { derived, type Source } from "./source.js";

/** All items but the first `count`. */
export function without<T>(source: Source<T>, count: number): Source<T> {
  return derived([source], (walk) => {
    const above = source.open(walk);
    let left = count;
    const begin = async (): Promise<void> => {
      if (left === 0) return;
      await above.skip(left);
      left = 0;
    };
    return {
      async pull(most) {
        await begin();
        return above.pull(most);
      },
      async skip(wanted) {
        await begin();
        return above.skip(wanted);
      },
      close: () => above.close(),
    };
  });
}
