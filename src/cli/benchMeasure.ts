/** The fewest milliseconds of a sample: much longer than the resolution of the clock. */
const SAMPLE = 0.5;
const FEWEST_SAMPLES = 3;
/** The fewest calls before samples are taken. A captured step runs once eagerly, is recorded twice, and is replayed from then on. */
const FEWEST_WARM_UPS = 4;
/** Share of the time that is spent before samples are taken, while the engine compiles, caches fill and workers wake. */
const WARM_UP = 0.25;

/** The median time of a call in milliseconds. Samples are taken for about `budget` milliseconds. */
export function measure(fn: () => void, budget: number): number {
  const begin = performance.now();
  let calls = 0;
  do {
    fn();
    calls++;
  } while (calls < FEWEST_WARM_UPS || performance.now() - begin < WARM_UP * budget);
  const once = (performance.now() - begin) / calls;
  const repeats = Math.max(1, Math.ceil(SAMPLE / Math.max(once, 1e-6)));
  const samples: number[] = [];
  while (samples.length < FEWEST_SAMPLES || performance.now() - begin < budget) {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) fn();
    samples.push((performance.now() - start) / repeats);
  }
  return median(samples);
}

/** The middle one of the sorted values; for an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
