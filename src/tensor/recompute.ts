/**
 * A computation under `recompute` runs twice and must be the same both times. So its random decisions, such as the streams of
 * dropout's masks and of random draws, are kept in the first run and taken from there in the second.
 */

let kept: unknown[] | null = null;
/** In the second run, the position in `kept` of the next decision; −1 in the first run. */
let next = -1;

/** Runs `fn` for the first time and keeps its random decisions in `log`. */
export function keepingDraws<T>(log: unknown[], fn: () => T): T {
  return running(log, -1, fn);
}

/** Runs `fn` for the second time, with the random decisions in `log`. */
export function repeatingDraws<T>(log: unknown[], fn: () => T): T {
  return running(log, 0, fn);
}

/** Outside of a second run the result of `draw`, which a first run keeps; in a second run the result that the first run kept. */
export function drawOnce<T>(draw: () => T): T {
  if (kept === null) return draw();
  if (next >= 0) return kept[next++] as T;
  const drawn = draw();
  kept.push(drawn);
  return drawn;
}

/** Whether a second run is under way. Running statistics and counters must not change again in it. */
export function isRepeating(): boolean {
  return next >= 0;
}

function running<T>(log: unknown[], from: number, fn: () => T): T {
  const [keptBefore, nextBefore] = [kept, next];
  kept = log;
  next = from;
  try {
    return fn();
  } finally {
    kept = keptBefore;
    next = nextBefore;
  }
}
