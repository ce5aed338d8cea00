/**
 * What a computation draws or decides while it runs for the first time, kept so that it can be carried out a second time and be the
 * same: the masks of dropout, the numbers of random draws.
 */

let kept: unknown[] | null = null;
/** Where the second time stands in what the first one kept; −1 the first time. */
let next = -1;

/** Runs `fn` and keeps in `log` what is drawn. */
export function keepingDraws<T>(log: unknown[], fn: () => T): T {
  return running(log, -1, fn);
}

/** Runs `fn` again with what was drawn the first time. */
export function repeatingDraws<T>(log: unknown[], fn: () => T): T {
  return running(log, 0, fn);
}

/** What `draw` gives, or what it gave the first time. */
export function drawOnce<T>(draw: () => T): T {
  if (kept === null) return draw();
  if (next >= 0) return kept[next++] as T;
  const drawn = draw();
  kept.push(drawn);
  return drawn;
}

/** Whether this is the second time: what counts or gathers must not do it again. */
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
