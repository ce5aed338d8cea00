import { type OptionSpec, option } from "../options/option.js";

const UNITS = ["s", "m", "h", "step", "epoch"] as const;

/** What intervals are measured in: seconds, minutes, hours, steps of the optimizer, epochs. */
export type IntervalUnit = (typeof UNITS)[number];

/** An interval of a training: "60s", "5m", "100 steps", "2 epochs", or a number of steps. */
export interface Interval {
  readonly count: number;
  readonly unit: IntervalUnit;
}

/** @returns null for what is no interval */
export function readInterval(given: unknown): Interval | null {
  if (typeof given === "number") return Number.isSafeInteger(given) && given >= 1 ? { count: given, unit: "step" } : null;
  if (typeof given !== "string") return null;
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?(s|m|h|steps?|epochs?)$/.exec(given) ?? [];
  const count = Number(digits);
  const isTime = unit?.length === 1;
  if (unit === undefined || !(count > 0) || !(isTime || Number.isSafeInteger(count))) return null;
  return { count, unit: (isTime ? unit : unit.replace(/s$/, "")) as IntervalUnit };
}

/** An interval as an option. @param units those that it may be measured in */
export function interval<const S extends OptionSpec<number | string>>(expected: string, units: readonly IntervalUnit[], spec: S) {
  const holds = (value: unknown): boolean => units.includes(readInterval(value)?.unit as IntervalUnit);
  return option<number | string, S>(expected, holds, spec);
}
