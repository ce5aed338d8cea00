import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { exp, ln } from "../optim/schedules/exact.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";

/** One hyper-parameter: the values that it may have, as a function of a number from 0 to below 1. */
export class Dimension<T = unknown> {
  /**
   * @param fromUnit the value at u, 0 ≤ u < 1
   * @param points the values that a grid has
   * @param isOrdered whether values of near u are near each other, so that a small change means something
   */
  constructor(
    readonly fromUnit: (u: number) => T,
    readonly points: () => readonly T[],
    readonly isOrdered: boolean,
  ) {}
}

const FINITE = number({ required: true });
const POINTS = declare("uniform", {
  /** How many values a grid takes of the range, both ends among them. Default 5. */
  points: count({ default: 5 }),
});

/** Options of `uniform` and `logUniform`. */
export interface RangeOptions extends OptionsOf<typeof POINTS> {}

/**
 * A number between two limits, each as probable as any other.
 * @param low finite
 * @param high finite, > low
 * @param options.points how many values a grid takes of the range, both ends among them; default 5
 * @throws ArgumentError unless low < high
 * @example const space = { dropout: uniform(0, 0.5) };
 */
export function uniform(low: number, high: number, options?: RangeOptions): Dimension<number> {
  checkArity("uniform", arguments.length, 3);
  const points = rangeOf("uniform", low, high, options);
  const at = (u: number): number => low + (high - low) * u;
  return new Dimension(at, () => spread(points).map(at), true);
}

/**
 * A number between two limits whose logarithm is uniform: as probable between 0.001 and 0.01 as between 0.01 and 0.1. For rates and
 * penalties.
 * @param low > 0
 * @param high finite, > low
 * @param options.points how many values a grid takes of the range, both ends among them; default 5
 * @throws ArgumentError unless 0 < low < high
 * @example const space = { learningRate: logUniform(1e-4, 1e-1) };
 */
export function logUniform(low: number, high: number, options?: RangeOptions): Dimension<number> {
  checkArity("logUniform", arguments.length, 3);
  const points = rangeOf("logUniform", low, high, options);
  if (low <= 0) throw new ArgumentError(message("logUniform", `low is ${low}; expected a number > 0`, "For a range with 0 take uniform."));
  const ratio = ln(high / low);
  const at = (u: number): number => (u === 1 ? high : low * exp(ratio * u));
  return new Dimension(at, () => spread(points).map(at), true);
}

const INTEGER = declare("integer", {
  /** The distance of the values, ≥ 1. Default 1. */
  step: count({ default: 1 }),
  /** How many values a grid takes of the range at most. Default 5. */
  points: count({ default: 5 }),
});

/** Options of `integer`. */
export interface IntegerOptions extends OptionsOf<typeof INTEGER> {}

/**
 * A whole number between two limits, which may both be taken.
 * @param low whole
 * @param high whole, ≥ low
 * @param options.step the distance of the values, default 1: integer(16, 64, { step: 16 }) is 16, 32, 48 or 64
 * @param options.points how many values a grid takes of the range at most, default 5
 * @throws ArgumentError unless low ≤ high are whole
 * @example const space = { units: integer(16, 128, { step: 16 }) };
 */
export function integer(low: number, high: number, options?: IntegerOptions): Dimension<number> {
  checkArity("integer", arguments.length, 3);
  const { step, points } = INTEGER.readOptions(options);
  const whole = number({ required: true, whole: true });
  checkValue("integer", "low", low, whole);
  checkValue("integer", "high", high, whole);
  if (low > high) throw new ArgumentError(message("integer", `low ${low}, high ${high}; expected low ≤ high`));
  const values = Math.floor((high - low) / step) + 1;
  const at = (u: number): number => low + step * Math.min(values - 1, Math.floor(u * values));
  const inGrid = (): number[] => [...new Set(spread(Math.min(points, values)).map((u) => low + step * Math.round(u * (values - 1))))];
  return new Dimension(at, inGrid, true);
}

/**
 * One of some values, of any type.
 * @param values at least one
 * @throws ArgumentError for an empty list
 * @example const space = { activation: choice(["relu", "tanh"]) };   // or shortly ["relu", "tanh"]
 */
export function choice<const T>(values: readonly T[]): Dimension<T> {
  checkArity("choice", arguments.length, 1);
  if (!Array.isArray(values) || values.length === 0) {
    throw new ArgumentError(message("choice", `the values are ${kindText(values)}; expected an array of at least one`));
  }
  return new Dimension<T>(
    (u) => values[Math.min(values.length - 1, Math.floor(u * values.length))],
    () => values,
    false,
  );
}

/** @returns the points of a grid @throws ArgumentError */
function rangeOf(op: string, low: number, high: number, options: RangeOptions | undefined): number {
  const { points } = POINTS.readOptions(options, op);
  checkValue(op, "low", low, FINITE);
  checkValue(op, "high", high, FINITE);
  if (low >= high) throw new ArgumentError(message(op, `low ${low}, high ${high}; expected low < high`));
  return points;
}

/** Numbers from 0 to 1, evenly; ½ if it is one. */
function spread(points: number): number[] {
  return points === 1 ? [0.5] : Array.from({ length: points }, (_, i) => i / (points - 1));
}
