/** A sample lasts at least so many milliseconds: many turns of the clock. */
const SAMPLE = 0.5;
const FEWEST_SAMPLES = 3;
/** A captured step is carried out once, recorded twice, and replayed from then on. */
const FEWEST_WARM_UPS = 4;
/** Share of the time that is spent before samples are taken: the engine compiles, caches fill, workers wake. */
const WARM_UP = 0.25;

/** The median time of a call in milliseconds, from samples taken for some `budget` milliseconds. */
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

/** The middle value, of an even number the mean of both. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
