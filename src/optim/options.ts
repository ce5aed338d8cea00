import { flag, number } from "../options/kinds.js";
import { option } from "../options/option.js";
import type { Schedule } from "./schedules/schedule.js";

// The options that optimizers share: each optimizer adds its own default.

/** A number ≥ 0, or a schedule. @param words of other libraries beside the usual ones */
export function learningRate<const D extends number>(standard: D, ...words: string[]) {
  const holds = (value: unknown): boolean => typeof value === "function" || (typeof value === "number" && value >= 0 && value < Infinity);
  const aka = ["lr", "rate", "eta", "stepSize", ...words];
  return option<number | Schedule, { default: D }>("a number ≥ 0, or a function of the step", holds, { default: standard, aka } as {
    default: D;
  });
}

/** ε > 0, in float32 too. */
export function epsilon<const D extends number>(standard: D) {
  const holds = (value: unknown): boolean => typeof value === "number" && Math.fround(value) > 0 && value < Infinity;
  const mend = (value: unknown): string | undefined => (typeof value === "number" && value > 0 ? "It is 0 in float32." : undefined);
  return option<number, { default: D }>("a number > 0", holds, { default: standard, aka: ["eps"], mend } as { default: D });
}

/** λ ≥ 0. */
export function weightDecay<const D extends number>(standard: D) {
  return number({ default: standard, min: 0, aka: ["l2", "wd", "lambda"] });
}

/** μ ≥ 0. */
export function momentum<const D extends number>(standard: D) {
  return number({ default: standard, min: 0, aka: ["mu"] });
}

/** The decay of a running mean, from 0 to below 1. @param aka words of other libraries */
export function meanDecay<const D extends number>(standard: D, ...aka: string[]) {
  return number({ default: standard, min: 0, below: 1, aka });
}

/** Whether the weight decay is decoupled. */
export function decoupledWeightDecay() {
  return flag({ default: false });
}

/** The hyper-parameters of a kernel that has both: the decay as the one or the other. */
export function decayOf<O extends { weightDecay: number; decoupledWeightDecay: boolean }>({
  weightDecay,
  decoupledWeightDecay,
  ...options
}: O): Readonly<Record<string, unknown>> {
  return { ...options, [decoupledWeightDecay ? "decoupledDecay" : "weightDecay"]: weightDecay };
}

/** Whether a parameter's step is measured by its weights. */
export function layerwise() {
  return flag({ default: true });
}
