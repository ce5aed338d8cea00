/**
 * What decides, in one comparison, whether a call goes straight to its compiled kernel: it is too short to be shared among threads,
 * the kernels are compiled, and nobody observes them.
 */

/**
 * Estimated nanoseconds from which a call is shared. Sharing costs 0.5 to 1 µs; the estimates hold for data in memory, and are up to
 * three times too high for what lies in a cache.
 */
export const BREAK_EVEN = 6000;

/** Calls of fewer estimated nanoseconds stay on the calling thread; Infinity: all do. */
export let breakEven = BREAK_EVEN;
let compiled = false;
let observed = false;

/** Calls of fewer estimated nanoseconds go straight to the compiled kernel; 0: none does. */
export let direct = 0;

function decide(): void {
  direct = compiled && !observed ? breakEven : 0;
}

export function setBreakEven(nanoseconds: number): void {
  breakEven = nanoseconds;
  decide();
}

export function setCompiled(is: boolean): void {
  compiled = is;
  decide();
}

export function setObserved(is: boolean): void {
  observed = is;
  decide();
}
