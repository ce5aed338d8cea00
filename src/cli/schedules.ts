import type { Schedule } from "../optim/schedules/schedule.js";
import { cosineDecay, exponentialDecay, linearWarmup, perEpoch, stepDecay } from "../optim/schedules.js";

/** How long training is. */
export interface Course {
  epochs: number;
  stepsPerEpoch: number;
}

/** Schedules by their names on the command line, each over the whole course. */
export const SCHEDULES: Readonly<Record<string, (rate: number, course: Course) => number | Schedule>> = {
  constant: (rate) => rate,
  cosine: (rate, { epochs, stepsPerEpoch }) => cosineDecay(rate, { steps: epochs * stepsPerEpoch }),
  /** A tenth at each third. */
  step: (rate, { epochs, stepsPerEpoch }) => stepDecay(rate, { stepSize: Math.ceil((epochs * stepsPerEpoch) / 3) }),
  /** A tenth less an epoch. */
  exponential: (rate, { stepsPerEpoch }) => perEpoch(exponentialDecay(rate, { gamma: 0.9 }), stepsPerEpoch),
  /** Up over the first tenth, then half a cosine down. */
  warmup: (rate, { epochs, stepsPerEpoch }) => {
    const all = epochs * stepsPerEpoch;
    const steps = Math.ceil(all / 10);
    return linearWarmup(cosineDecay(rate, { steps: Math.max(1, all - steps) }), { steps });
  },
};
