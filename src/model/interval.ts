import { type OptionOf, type OptionSpec, option } from "../options/option.js";

/** How often something is done: "60s", "5 min", "2h", "100 steps", "1 epoch", or a number of steps. */
export type Every = string | number;

export type Interval = { readonly unit: "milliseconds" | "steps" | "epochs"; readonly count: number };

const UNITS: readonly (readonly [words: RegExp, unit: Interval["unit"], factor: number])[] = [
  [/^(ms|milliseconds?)$/, "milliseconds", 1],
  [/^(s|secs?|seconds?)$/, "milliseconds", 1000],
  [/^(m|mins?|minutes?)$/, "milliseconds", 60_000],
  [/^(h|hours?)$/, "milliseconds", 3_600_000],
  [/^(steps?|batch(es)?)$/, "steps", 1],
  [/^epochs?$/, "epochs", 1],
];

/** The interval that is meant; null for what is none. */
export function intervalOf(every: unknown): Interval | null {
  if (typeof every === "number") return isCount(every) ? { unit: "steps", count: every } : null;
  const [, digits, word] = (typeof every === "string" && every.trim().match(/^(\d+(?:\.\d+)?)\s*([a-z]+)$/i)) || [];
  if (digits === undefined) return null;
  const [, unit, factor] = UNITS.find(([words]) => words.test(word.toLowerCase())) ?? [];
  if (unit === undefined || factor === undefined) return null;
  const count = factor * Number(digits);
  return (unit === "milliseconds" ? count > 0 : isCount(count)) ? { unit, count } : null;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

/** An option that says how often something is done. */
export function everyOption<const S extends OptionSpec<Every>>(spec: S): OptionOf<Every, S> {
  const expected = '"60s", "5 min", "2h", "100 steps", "1 epoch", or a number of steps';
  return option<Every, S>(expected, (value) => intervalOf(value) !== null, spec);
}
