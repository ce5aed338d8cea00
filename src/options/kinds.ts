import { type OptionOf, type OptionSpec, option } from "./option.js";

/** The range of a number. ±Infinity and NaN are in it only where `infinite` or `nan` says so. */
export interface NumberRange {
  /** Smallest value. */
  readonly min?: number;
  /** The value must be larger than this. */
  readonly above?: number;
  /** Greatest value. */
  readonly max?: number;
  /** The value must be smaller than this. */
  readonly below?: number;
  /** Whole numbers only. */
  readonly whole?: true;
  readonly infinite?: true;
  /** Whatever JavaScript calls a number, NaN and ±Infinity too. */
  readonly nan?: true;
}

/** A number in a range: `number({ default: 0.9, min: 0, below: 1, aka: ["alpha"] })`. */
export function number<const S extends OptionSpec<number> & NumberRange>(spec: S): OptionOf<number, S> {
  return option<number, S>(rangeText(spec), (value) => isInRange(value, spec), spec);
}

/** A whole number ≥ 1, such as units or batch sizes. */
export function count<const S extends OptionSpec<number>>(spec: S): OptionOf<number, S> {
  const range = { min: 1, whole: true } as const;
  return option<number, S>(rangeText(range), (value) => Number.isSafeInteger(value) && (value as number) >= 1, spec);
}

/** true or false. */
export function flag<const S extends OptionSpec<boolean>>(spec: S): OptionOf<boolean, S> {
  return option<boolean, S>("true or false", (value) => typeof value === "boolean", spec);
}

/** One of some words or numbers. */
export function choice<const V extends string | number | boolean, const S extends OptionSpec<V>>(
  values: readonly V[],
  spec: S,
): OptionOf<V, S> {
  const texts = values.map((value) => JSON.stringify(value));
  const last = texts.pop() as string;
  const expected = texts.length === 0 ? last : `${texts.join(", ")} or ${last}`;
  return option<V, S>(expected, (value) => (values as readonly unknown[]).includes(value), spec);
}

/** A string. */
export function text<const S extends OptionSpec<string>>(spec: S): OptionOf<string, S> {
  return option<string, S>("a string", (value) => typeof value === "string", spec);
}

/** A function. @param expected what an error calls it, such as "a function of a tensor" */
export function callable<F extends (...args: never[]) => unknown>() {
  return <const S extends OptionSpec<F>>(expected: string, spec: S): OptionOf<F, S> =>
    option<F, S>(expected, (value) => typeof value === "function", spec);
}

/** What aborts: told by its shape, since neither ECMAScript's types nor those of every realm know AbortSignal. */
export function abortSignal<const S extends OptionSpec<AbortSignal>>(spec: S): OptionOf<AbortSignal, S> {
  const methods = ["throwIfAborted", "addEventListener", "removeEventListener"];
  const isSignal = (value: unknown): boolean =>
    typeof value === "object" && value !== null && methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
  const mend = (value: unknown): string | undefined =>
    isSignal((value as { signal?: unknown } | null)?.signal) ? "Write controller.signal." : undefined;
  return option<AbortSignal, S>("an AbortSignal", isSignal, { mend, ...spec });
}

/** "a whole number ≥ 1", "a number from 0 to below 1", "a finite number": the words of a range in errors. */
export function rangeText({ min, above, max, below, whole, infinite, nan }: NumberRange): string {
  const noun = whole ? "a whole number" : "a number";
  const [low, high] = [min ?? above, max ?? below];
  if (low === undefined && high === undefined) return whole || infinite || nan ? noun : "a finite number";
  if (high === undefined) return `${noun} ${min === undefined ? ">" : "≥"} ${low}`;
  const upper = `${max === undefined ? "below " : ""}${high}`;
  if (low === undefined) return `${noun} ${max === undefined ? "<" : "≤"} ${high}`;
  return `${noun} from ${min === undefined ? "above " : ""}${low} to ${upper}`;
}

/** Whether a value is a number of the range. */
export function isInRange(value: unknown, { min, above, max, below, whole, infinite, nan }: NumberRange): value is number {
  if (nan) return typeof value === "number";
  if (typeof value !== "number" || Number.isNaN(value)) return false;
  if (whole ? !Number.isSafeInteger(value) : !infinite && !Number.isFinite(value)) return false;
  if (min !== undefined && value < min) return false;
  if (above !== undefined && value <= above) return false;
  if (max !== undefined && value > max) return false;
  return below === undefined || value < below;
}
