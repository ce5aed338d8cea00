import { observer, timed } from "../kernels/observer.js";

/** The parts of a user's data as they are; somebody who observes is told how long each lets training wait. */
export function clocked<T>(parts: Iterable<T> | AsyncIterable<T>): Iterable<T> | AsyncIterable<T> {
  if (observer === null) return parts;
  if (Symbol.asyncIterator in parts) {
    return {
      [Symbol.asyncIterator]() {
        const iterator = parts[Symbol.asyncIterator]();
        return { next: () => timed("batches", () => iterator.next()), return: async () => (await iterator.return?.()) ?? END };
      },
    };
  }
  return {
    [Symbol.iterator]() {
      const iterator = parts[Symbol.iterator]();
      return { next: () => timed("batches", () => iterator.next()), return: () => iterator.return?.() ?? END };
    },
  };
}

const END = { done: true, value: undefined } as const;
