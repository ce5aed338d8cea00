import { cosineDecay } from "../optim/schedules/cosineDecay.js";
import type { Schedule } from "../optim/schedules/schedule.js";

/**
 * Settings for tables of some hundred to some hundred thousand rows, chosen by five folds of iris, wine, breast cancer and diabetes and by
 * synthetic tables of 500 and 5,000 rows. Few steps, dropout and a rate that falls to 0 take the place of early stopping, which needs rows
 * that a small table does not have.
 */
export const NETWORK = { hidden: [128, 64], activation: "gelu", dropout: 0.3 } as const;
export const OPTIMIZER = { name: "adamw", learningRate: 3e-3, weightDecay: 0.01 } as const;

/** Samples that a training passes at least, and at most. */
const [LEAST_SAMPLES, MOST_SAMPLES] = [10_000, 2_000_000];
const [LEAST_EPOCHS, MOST_EPOCHS] = [3, 30];

/** Epochs in proportion to the rows: many of a small table, few of a large one. */
export function usualEpochs(rows: number): number {
  const some = Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round(MOST_SAMPLES / rows)));
  return Math.max(some, Math.ceil(LEAST_SAMPLES / rows));
}

/** A power of two near a hundredth of the rows, from 32 to 256. */
export function usualBatchSize(rows: number): number {
  let size = 32;
  while (size < 256 && size < rows / 100) size *= 2;
  return size;
}

/** How long a training is. */
export interface Course {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** How the learning rate moves in a training. */
export type RateCourse = (rate: number, course: Course) => number | Schedule;

/** The rate falls to 0 along half a cosine. */
export const usualCourse: RateCourse = (rate, { epochs, stepsPerEpoch }) => cosineDecay(rate, { steps: epochs * stepsPerEpoch });
