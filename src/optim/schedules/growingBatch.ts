import { declare, type OptionsOf } from "../../options/declare.js";
import { count } from "../../options/kinds.js";
import { SCHEDULE, type Schedule, scheduleOf } from "./schedule.js";

const GROWING_BATCH = declare(
  "growingBatch",
  {
    /** The rates of the epochs 0, 1, … that the batch takes the place of. */
    schedule: SCHEDULE,
    /** The greatest batch, a whole number ≥ 1. Default: none. */
    maximum: count({ aka: ["maxBatchSize", "max"] }),
  },
  { batchSize: count({ required: true }) },
);

export interface GrowingBatchOptions extends OptionsOf<typeof GROWING_BATCH> {}

/** The number of samples in a step of an epoch. */
export interface BatchSchedule {
  (epoch: number): number;
  /** The learning rate of an epoch, for `LearningRateScheduler`: constant until the batch is as great as it may be. */
  readonly rate: Schedule;
}

/**
 * Batches that grow where a schedule would lower the learning rate: B(e) = min(maximum, round(batchSize · s(0) / s(e))) samples in epoch e.
 * The rate that is left to lower is s(e) · B(e) / batchSize, so that rate / B is that of the schedule in every epoch. Updates become fewer.
 *
 * Smith, Kindermans, Ying, Le: Don't Decay the Learning Rate, Increase the Batch Size (arXiv 1711.00489).
 * @param batchSize samples in a step of epoch 0
 * @throws ArgumentError
 * @example
 * const grown = growingBatch(16, { schedule: stepDecay(0.1, { stepSize: 10, gamma: 0.2 }), maximum: 512 });
 * await model.fit(train, { epochs: 40, batchSize: grown, callbacks: [new LearningRateScheduler(grown.rate)], verbose: 0 });
 */
export function growingBatch(batchSize: number, options: GrowingBatchOptions): BatchSchedule;
export function growingBatch(...args: unknown[]): BatchSchedule {
  const { batchSize, schedule, maximum = Infinity } = GROWING_BATCH.read(args);
  const rate = scheduleOf(schedule);
  const size = (epoch: number): number => Math.min(maximum, Math.round((batchSize * rate(0)) / rate(epoch)));
  return Object.assign(size, { rate: (epoch: number) => (rate(epoch) * size(epoch)) / batchSize });
}
