const END = { done: true, value: undefined } as const;

/** Calls a function at once, and gives what it gave. */
export type Call = <R>(fn: () => R) => R;

/** The same parts. @param start makes the iterator @param step asks it for each part */
export function through<T>(parts: Iterable<T> | AsyncIterable<T>, start: Call, step: Call): Iterable<T> | AsyncIterable<T> {
  if (Symbol.asyncIterator in parts) {
    return {
      [Symbol.asyncIterator]() {
        const iterator = start(() => parts[Symbol.asyncIterator]());
        return { next: () => step(() => iterator.next()), return: async () => (await iterator.return?.()) ?? END };
      },
    };
  }
  return {
    [Symbol.iterator]() {
      const iterator = start(() => parts[Symbol.iterator]());
      return { next: () => step(() => iterator.next()), return: () => iterator.return?.() ?? END };
    },
  };
}
