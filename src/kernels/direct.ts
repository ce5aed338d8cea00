/**
 * The number that decides, in one comparison, whether a call goes straight to its compiled kernel. It does if the call is too short to
 * be shared among threads, the kernels are compiled, and there is no observer.
 */

/**
 * The fewest estimated nanoseconds of a call that is shared. Sharing costs 0.5 to 1 µs. The estimates hold for data in memory, and are
 * up to three times too high for data in a cache.
 */
export const BREAK_EVEN = 6000;

/** Calls of fewer estimated nanoseconds stay on the calling thread. Infinity keeps all calls there. */
export let breakEven = BREAK_EVEN;
let compiled = false;
let observed = false;
let widens = false;

/** Calls of fewer estimated nanoseconds go straight to the compiled kernel. 0 lets none do so. */
export let direct = 0;

function decide(): void {
  direct = !compiled || observed ? 0 : widens ? Math.min(breakEven, BREAK_EVEN) : breakEven;
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

/** @param is whether a call that is not short compiles its kernel wide */
export function setWidens(is: boolean): void {
  widens = is;
  decide();
}
