import { ArgumentError, DivergedError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { isLazy } from "../nn/forward.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import { isPlain } from "../options/plain.js";
import { COUNT, listOf, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { bindOptimizer } from "./bind.js";
import { BufferCopies } from "./bufferCopies.js";
import type { Callback, Logs } from "./callbacks.js";
import type { Batch } from "./data.js";
import { badParameter } from "./diagnose.js";
import { inEvaluation } from "./evaluationStep.js";
import { type GoodState, GoodStates, isGoodState } from "./goodStates.js";
import { type Incident, listText, placeText, tell } from "./incident.js";
import { type Interval, interval, readInterval } from "./interval.js";
import type { Trainee } from "./loop.js";
import { outputsOf } from "./outputs.js";
import { scaleRates } from "./scaleRates.js";
import { type BatchFigures, NO_FIGURES } from "./stepResult.js";
import type { At, TrainingStep } from "./trainingStep.js";

const FINITE_GUARD = declare("FiniteGuard", {
  /** "skip" leaves a batch out, "rollback" goes back to the last good state at a lower learning rate. Required. */
  action: choice(["skip", "rollback"], { required: true }),
  /** What learning rates are multiplied with at each rollback, from above 0 to 1. Default 0.5. */
  factor: number({ default: 0.5, above: 0, max: 1 }),
  /** How often a good state is kept: "100 steps", "1 epoch", or a number of steps. Default "100 steps". */
  every: interval('"100 steps", "1 epoch" or a number of steps', ["step", "epoch"], { default: "100 steps" }),
  /** The most incidents in a row, a whole number ≥ 1; one more is a DivergedError. Default 10. */
  atMost: count({ default: 10, aka: ["patience"] }),
});

/** Options of `FiniteGuard`. */
export interface FiniteGuardOptions extends OptionsOf<typeof FINITE_GUARD> {}

/**
 * What `fit` does about a loss or a gradient that is not finite: `fit(data, { onNonFinite: new FiniteGuard({ action: "skip" }) })`. Where the
 * library is loaded whole, `onNonFinite: "skip"` and `onNonFinite: { action: "rollback", factor: 0.5 }` say the same.
 *
 * "skip" leaves the batch out: parameters, buffers such as running statistics, moments and the count of steps are as before it. "rollback" goes
 * back to the last state that was kept, lowers the learning rates as `ReduceLROnPlateau` does, and goes on with the next batch; a second
 * incident in a row goes back to the state before that. A batch whose data are not finite is left out in either case, since no rate helps.
 * The history names every incident. In a row are incidents without a step in between, rollbacks without a new state in between.
 *
 * Weights that an update made infinite are no matter of the batch that shows it: "skip" ends training with an error that says so, "rollback"
 * mends it. "rollback" holds two states in JS memory: parameters, buffers and moments.
 * @param options.action "skip" or "rollback"
 * @param options.factor of "rollback": what learning rates are multiplied with, from above 0 to 1; default 0.5
 * @param options.every of "rollback": how often a state is kept, "100 steps", "1 epoch" or a number of steps; default "100 steps"
 * @param options.atMost the most incidents in a row, ≥ 1; one more is a DivergedError that names them; default 10
 * @throws ArgumentError for an unknown option or one outside its range, and for options of "rollback" beside "skip"
 * @example
 * const history = await model.fit(train, { onNonFinite: new FiniteGuard({ action: "rollback", every: "1 epoch" }), verbose: 0 });
 * console.log(history.incidents);
 */
export class FiniteGuard {
  readonly #settings: ReturnType<typeof FINITE_GUARD.readOptions>;
  readonly #every: Interval;
  /** Every incident of the training; the history has the same list. */
  #incidents: Incident[] = [];
  #trainee!: Trainee;
  #step!: TrainingStep;
  #states!: GoodStates;
  /** Null before the first batch, which builds a lazy model. */
  #buffers: BufferCopies | null = null;
  /** Batches that were left out since the last step, and rollbacks since a state was kept. */
  #skips = 0;
  #rollbacks = 0;
  /** Where a state was kept last, or gone back to. */
  #mark = { epoch: 0, step: 0 };

  constructor(options: FiniteGuardOptions) {
    checkArity(FINITE_GUARD.op, arguments.length, 1);
    this.#settings = FINITE_GUARD.readOptions(options);
    this.#every = readInterval(this.#settings.every) as Interval;
    const stray =
      this.#settings.action === "skip"
        ? ["factor", "every"].find((name) => (options as Record<string, unknown>)[name] !== undefined)
        : undefined;
    if (stray !== undefined)
      throw new ArgumentError(message(FINITE_GUARD.op, `${stray} is given beside action "skip"`, 'It belongs to action "rollback".'));
  }

  /** @internal begins a training. @param incidents where they are listed */
  begin(trainee: Trainee, step: TrainingStep, { incidents, callbacks }: { incidents: Incident[]; callbacks: readonly Callback[] }): void {
    this.#trainee = trainee;
    this.#step = step;
    this.#incidents = incidents;
    this.#states = new GoodStates(trainee.model, trainee.optimizer, callbacks);
    this.#buffers = null;
    this.#skips = this.#rollbacks = 0;
    this.#mark = { epoch: 0, step: 0 };
  }

  /** @internal a step as `TrainingStep` makes it, and what is to be done where it is not finite */
  run(batch: Batch, at: At): BatchFigures {
    const { optimizer } = this.#trainee;
    this.#prepare(batch, at);
    const { stepCount } = optimizer;
    const figures = this.#guarded(() => this.#step.run(batch, at), at);
    if (optimizer.stepCount > stepCount) this.#skips = 0;
    return figures ?? NO_FIGURES;
  }

  /** @internal makes a step of the batches that wait for others, as `run` */
  endEpoch(batch: Batch, at: At): void {
    this.#buffers?.keep();
    this.#guarded(() => this.#step.endEpoch(batch, at), at);
  }

  /** Does what is to be done where a step is not finite. @returns what the step gave; null if nothing is left of it */
  #guarded<T>(step: () => T, at: At): T | null {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof DivergedError) || error.found === null) throw error;
      this.#meet(error.found, at);
      return null;
    }
  }

  /** @internal whether something was done in an epoch */
  actedIn(epoch: number): boolean {
    return this.#incidents.at(-1)?.epoch === epoch;
  }

  /** @internal the figures of an epoch of which no batch has counted */
  unknown(figures: Logs): Logs {
    return Object.fromEntries(Object.keys(figures).map((name) => [name, Number.NaN]));
  }

  /** What a checkpoint of the training keeps of the guard. */
  stateDict(): SavedState {
    checkArity("stateDict", arguments.length, 0);
    const { epoch, step } = this.#mark;
    return {
      skips: this.#skips,
      rollbacks: this.#rollbacks,
      epoch,
      step,
      incidents: this.#incidents.map((incident) => ({ ...incident })),
      states: (this.#states?.states ?? []) as unknown as readonly SavedState[],
    };
  }

  /**
   * Takes over what `stateDict` gave, when a training is resumed: after `begin`. The rates as they were lowered are in the optimizer's state.
   * @throws ArgumentError for anything else
   */
  loadStateDict(state: SavedState): void {
    checkArity("loadStateDict", arguments.length, 1);
    const { skips, rollbacks, epoch, step, incidents, states } = savedParts(FINITE_GUARD.op, state, PARTS);
    this.#skips = skips;
    this.#rollbacks = rollbacks;
    this.#mark = { epoch, step };
    this.#incidents.splice(0, Infinity, ...incidents);
    this.#states.states = states;
  }

  /** Keeps what a step may spoil. */
  #prepare(batch: Batch, at: At): void {
    const { model, optimizer } = this.#trainee;
    if (this.#buffers === null) {
      const modules = [...model.namedModules().values()];
      if (modules.some((module) => !module.built && isLazy(module))) inEvaluation(modules, () => void outputsOf("fit", model, batch));
      bindOptimizer(optimizer, model);
    }
    // Between two epochs layers may be put in or taken out.
    if (this.#buffers === null || at.batch === 0) this.#buffers = new BufferCopies(model);
    if (this.#settings.action === "rollback" && this.#isDue(at.epoch)) this.#keepState(at);
    this.#buffers.keep();
  }

  /** Whether a state is to be kept. */
  #isDue(epoch: number): boolean {
    if (this.#step.isGathering) return false;
    if (this.#states.newest === undefined) return true;
    const { unit, count } = this.#every;
    const steps = this.#trainee.optimizer.stepCount - this.#mark.step;
    return steps > 0 && (unit === "epoch" ? epoch - this.#mark.epoch : steps) >= count;
  }

  #keepState(at: At): void {
    const bad = this.#states.keep(at.epoch, at.batch);
    if (bad === null) {
      this.#rollbacks = 0;
      this.#mark = { epoch: at.epoch, step: this.#trainee.optimizer.stepCount };
      return;
    }
    const what = `${bad} is not finite: an update overflowed`;
    if (this.#states.newest === undefined) {
      const problem = `${bad} was not finite before the first step: there is no good state to go back to`;
      throw new DivergedError(message("fit", problem, "Load or initialize the weights anew."));
    }
    this.#rollBack(what, at, "Lower learningRate or set globalClipNorm.");
  }

  /** Does what is to be done about a step that is not finite. @throws DivergedError where nothing helps */
  #meet({ what, mend, ofData }: Found, at: At): void {
    const { action, atMost } = this.#settings;
    const bad = badParameter(this.#trainee.model);
    this.#buffers?.restore();
    if (action === "rollback" && (bad !== null || !ofData)) {
      this.#rollBack(what, at, mend);
      return;
    }
    this.#list(what, "left out", at, this.#trainee.optimizer.stepCount);
    if (bad !== null) {
      const problem = `${what} at ${placeText(at)}: ${bad} is not finite, since an earlier update overflowed; no batch that is left out mends it`;
      throw new DivergedError(message("fit", problem, 'Write onNonFinite: "rollback", lower learningRate, or set globalClipNorm.'));
    }
    if (++this.#skips <= atMost) return;
    throw this.#giveUp(`${this.#skips} batches in a row were left out`, this.#skips, mend);
  }

  #rollBack(what: string, at: At, mend: string): void {
    const { factor, atMost } = this.#settings;
    const { optimizer } = this.#trainee;
    const { stepCount, currentLearningRate: before } = optimizer;
    this.#step.abandon();
    const further = ++this.#rollbacks > 1;
    const state = this.#states.goBack(further);
    this.#mark = { epoch: at.epoch, step: optimizer.stepCount };
    scaleRates(optimizer, { factor, minimum: 0, epsilon: -Infinity });
    const rate = `learning rate ${rateText(before)} → ${rateText(optimizer.currentLearningRate)}`;
    this.#list(what, `rolled back to ${placeText(state)}; ${rate}`, at, stepCount);
    if (this.#rollbacks <= atMost) return;
    throw this.#giveUp(`training was rolled back ${this.#rollbacks} times in a row, to ${placeText(state)} at last`, this.#rollbacks, mend);
  }

  #list(what: string, did: string, { epoch, batch }: At, step: number): void {
    const incident = { epoch, batch, step, what, did };
    this.#incidents.push(incident);
    tell(incident, this.#incidents.length);
  }

  #giveUp(problem: string, inARow: number, mend: string): DivergedError {
    return new DivergedError(
      message("fit", `${problem}, and atMost is ${this.#settings.atMost}: ${listText(this.#incidents.slice(-inARow))}`, mend),
    );
  }
}

type Found = NonNullable<DivergedError["found"]>;

/** What `stateDict` gives. */
const PARTS = {
  skips: COUNT,
  rollbacks: COUNT,
  epoch: COUNT,
  step: COUNT,
  incidents: listOf<Incident>(["an incident", (value): value is Incident => isPlain(value) && typeof value.what === "string"]),
  states: listOf<GoodState>(["a state of model and optimizer", isGoodState]),
};

function rateText(rate: number): string {
  return String(Number(rate.toPrecision(4)));
}
