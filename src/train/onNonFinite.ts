import { option } from "../options/option.js";
import { Plainly } from "../options/plainly.js";
import type { FiniteGuard, FiniteGuardOptions } from "./finiteGuard.js";

/** What `fit` does about a loss or a gradient that is not finite. */
export type OnNonFinite = "stop" | "skip" | "rollback" | FiniteGuardOptions | FiniteGuard;

/** The guards, by their options. */
export const FINITE_GUARDS: Plainly<FiniteGuard> = new Plainly<FiniteGuard>("FiniteGuard", "endEpoch");

const WORDS: readonly unknown[] = ["stop", "skip", "rollback"];

/** What is done about a loss or a gradient that is not finite, as an option of `fit`. */
export const onNonFinite = option<OnNonFinite, { default: "stop" }>(
  '"stop", "skip", "rollback", { action, … } or a FiniteGuard',
  (value) => WORDS.includes(value) || (typeof value === "object" && value !== null),
  { default: "stop" },
);

/** The guard that was chosen; null where a step that is not finite ends training. @throws ArgumentError */
export function guardOf(op: string, chosen: OnNonFinite): FiniteGuard | null {
  return chosen === "stop" ? null : FINITE_GUARDS.take(op, "onNonFinite", chosen);
}
