import { declare } from "../../options/declare.js";
import { count } from "../../options/kinds.js";
import { along } from "./momentum.js";
import { SCHEDULE, type Schedule, scheduleOf } from "./schedule.js";

const PER_EPOCH = declare("perEpoch", {}, { schedule: SCHEDULE, stepsPerEpoch: count({ required: true }) });

/**
 * A schedule over epochs as one over steps: lr(t) = schedule(⌊t / stepsPerEpoch⌋).
 * @param schedule of the epochs 0, 1, 2, …, or a number for a constant rate
 * @param stepsPerEpoch batches an epoch, whole number ≥ 1
 * @throws ArgumentError
 * @example perEpoch(stepDecay(0.1, { stepSize: 30 }), Math.ceil(60_000 / 128));
 */
export function perEpoch(schedule: Schedule | number, stepsPerEpoch: number): Schedule;
export function perEpoch(...args: unknown[]): Schedule {
  const { schedule, stepsPerEpoch } = PER_EPOCH.read(args);
  return along(scheduleOf(schedule), (step) => Math.floor(step / stepsPerEpoch));
}
