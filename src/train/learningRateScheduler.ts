import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { rateAt } from "../optim/group.js";
import type { Optimizer } from "../optim/optimizer.js";
import { moving } from "../optim/schedules/momentum.js";
import type { Schedule } from "../optim/schedules/schedule.js";
import { declare } from "../options/declare.js";
import { callable } from "../options/kinds.js";
import { NUMBER, orNull, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback, type Logs, type TrainingContext } from "./callbacks.js";

/** The rate of an epoch, from its number and the rate in force before it. */
type RateOfEpoch = (epoch: number, rate: number) => number;

const schedule = callable<RateOfEpoch>()("a function of the epoch", { required: true });
const LEARNING_RATE_SCHEDULER = declare("LearningRateScheduler", {}, { schedule });

/**
 * Sets the learning rate at the beginning of every epoch. The schedules are functions of an epoch as well as of a step; one that moves the
 * momentum moves it epoch by epoch. Groups with a rate of their own keep it.
 *
 * Keras' callback. It adds the figure `learningRate`, that of the first group at the end of the epoch. A schedule that needs no callback is
 * `perEpoch(schedule, stepsPerEpoch)`, as the optimizer's learning rate.
 * @param schedule the rate of epoch 0, 1, …; it is told the rate in force, too
 * @throws ArgumentError for anything but a function, and at the beginning of an epoch for a rate that is no number ≥ 0
 * @example
 * const decay = new LearningRateScheduler(exponentialDecay(0.01, { gamma: 0.1, steps: 20 }));
 * await model.fit(train, { epochs: 40, callbacks: [decay], verbose: 0 });
 */
export class LearningRateScheduler extends Callback {
  override readonly addsFigures: readonly string[] = ["learningRate"];
  readonly #schedule: RateOfEpoch & Pick<Schedule, "momentum">;
  #optimizer!: Optimizer;
  /** The epoch whose rate was set last; −1 before the first. */
  #epoch = -1;

  constructor(schedule: Schedule | ((epoch: number, rate: number) => number));
  constructor(...args: unknown[]) {
    super();
    this.#schedule = LEARNING_RATE_SCHEDULER.read(args).schedule;
  }

  override onTrainBegin({ optimizer }: TrainingContext): void {
    this.#optimizer = optimizer;
    this.#epoch = -1;
  }

  override onEpochBegin(epoch: number): void {
    // A training that is resumed within the epoch: its rate is a function of the rate before, which is over.
    if (epoch === this.#epoch) return;
    const rate = this.#schedule(epoch, this.#optimizer.currentLearningRate);
    if (!(Number.isFinite(rate) && rate >= 0)) {
      throw new ArgumentError(message("LearningRateScheduler", `the rate of epoch ${epoch} is ${kindText(rate)}; expected a number ≥ 0`));
    }
    this.#set(epoch, rate);
  }

  #set(epoch: number, rate: number): void {
    this.#epoch = epoch;
    const momentum = this.#schedule.momentum?.(epoch);
    this.#optimizer.learningRate =
      momentum === undefined
        ? rate
        : moving(
            () => rate,
            () => momentum,
          );
  }

  override stateDict(): SavedState {
    const { learningRate, stepCount } = this.#optimizer;
    return { epoch: this.#epoch, rate: this.#epoch < 0 ? null : rateAt(learningRate, stepCount) };
  }

  /** Sets the rate and the momentum of the epoch under way, which may be code, and is then no part of the optimizer's state. */
  override loadStateDict(state: SavedState): void {
    const { epoch, rate } = savedParts(LEARNING_RATE_SCHEDULER.op, state, { epoch: NUMBER, rate: orNull(NUMBER) });
    if (rate !== null) this.#set(epoch, rate);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    logs.learningRate ??= this.#optimizer.currentLearningRate;
  }
}
