import { exp, ln } from "../optim/schedules/exact.js";

/** The middle of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The mean; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The geometric mean of numbers above 0; NaN of none. */
export function geometricMean(values: readonly number[]): number {
  return exp(mean(values.map(ln)));
}

/** The later half of a list, with the one in the middle. */
export function laterHalf<T>(list: readonly T[]): readonly T[] {
  return list.slice(list.length >> 1);
}

/** The numbers that are there. */
export function known(values: readonly (number | null)[]): number[] {
  return values.filter((value): value is number => value !== null && Number.isFinite(value));
}
