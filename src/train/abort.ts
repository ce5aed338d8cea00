/**
 * What an iterable gives, each part through `convert`. An abort does not wait for a part that is still to come, e.g. from the
 * network: the iterator is told to end, and the signal's reason is thrown.
 */
export async function* untilAborted<T, R>(
  parts: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal | undefined,
  convert: (part: T) => R,
): AsyncGenerator<R, void, undefined> {
  if (signal === undefined || !(Symbol.asyncIterator in parts)) {
    for await (const part of parts) yield convert(part);
    return;
  }
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  // Nobody may be waiting when it comes.
  aborted.catch(() => {});
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  const iterator = parts[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), aborted]);
      if (done) return;
      yield convert(value);
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Not awaited: a generator answers only after the part that it is making.
    (async () => iterator.return?.())().catch(() => {});
  }
}
