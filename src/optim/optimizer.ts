import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import type { Parameter } from "../graph/parameter.js";
import { CELL, CELL_BYTES } from "../kernels/generated/constants.js";
import { during, observer } from "../kernels/observer.js";
import { type Recorder, recorder } from "../kernels/recorder.js";
import { views } from "../memory/memory.js";
import { clampGradient, GradientNorm } from "./clipping.js";
import {
  CLIPPING,
  checkClipping,
  checkedOptions,
  checkLearningRate,
  checkNewRate,
  isParameters,
  type OptimizerOptions,
  type OptimizerParameters,
  ParameterGroup,
  rateAt,
  readGroups,
  type Settings,
} from "./group.js";
import { type Cohort, cohortsOf, grow, Holdings, type Member, type Run, rejuvenate } from "./runs.js";
import type { Schedule } from "./schedules.js";
import { type OptimizerState, readState, writeState } from "./state.js";

const registry = new FinalizationRegistry<Holdings>((holdings) => holdings.release());
let made = 0;

/**
 * Base of all optimizers. A subclass names its state, checks its options and updates a run of parameters; groups, schedules,
 * clipping, saving and the order of things are here.
 *
 * - A parameter without a gradient is left alone: no decay, no momentum, and its state does not age. So its first update,
 *   whenever it comes, is a first step (bias correction, momentum), as in PyTorch.
 * - State lies at the parameters' offsets in sister chunks, so that neighbouring parameters are updated in one kernel call.
 *
 * @example
 * class SignSGD extends Optimizer {
 *   static type = "SignSGD";
 *   static defaults = { learningRate: 0.01 };
 *   update(run) {
 *     const { parameters, gradients, learningRate } = run;
 *     for (let i = 0; i < run.length; i++) parameters[i] -= learningRate * Math.sign(gradients[i]);
 *   }
 * }
 */
export abstract class Optimizer<O extends OptimizerOptions = OptimizerOptions> {
  /** The name in messages and saved states. */
  static readonly type: string = "Optimizer";
  /** All options but clipping, with their defaults. */
  static readonly defaults: object = { learningRate: 0.01 };

  /** Whether `update` limits the gradients to ±clipValue itself, and so leaves them as they are. */
  protected readonly clipsValues: boolean = false;

  readonly #type: string;
  readonly #options: Settings<O>;
  readonly #clipping: Pick<OptimizerOptions, (typeof CLIPPING)[number]> = {};
  readonly #holdings: Holdings;
  readonly #groups: ParameterGroup<O>[] = [];
  readonly #members: Member<O>[] = [];
  #learningRate: number | Schedule;
  #stepCount = 0;
  #cohorts: Cohort<O>[] = [];
  /** The parameters that had a gradient when the runs were made. */
  #active: Parameter[] = [];
  /** The runs must be made anew though the same parameters have gradients. */
  #stale = true;
  #disposed = false;
  /** The recording that has seen an update, which holds for one. */
  #recordedBy: Recorder | null = null;

  /** An optimizer to be bound by `compile`, or by `bind`. */
  constructor(options?: O);
  /** An optimizer of parameters, or of groups of them with options of their own. */
  constructor(params: OptimizerParameters<O>, options?: O);
  constructor(first?: O | OptimizerParameters<O>, second?: O) {
    const { type, defaults } = new.target;
    const bound = isParameters(first);
    const given = (bound ? second : (first as O)) ?? ({} as O);
    const { clipValue, clipNorm, globalClipNorm, ...options } = checkedOptions<OptimizerOptions>(type, given, defaults, CLIPPING);
    this.#type = type;
    this.#clipping = { clipValue, clipNorm, globalClipNorm };
    checkClipping(type, this.#clipping);
    const { learningRate, ...others } = { ...defaults, ...options } as Settings<OptimizerOptions>;
    checkLearningRate(type, learningRate);
    this.#learningRate = learningRate;
    this.#options = others as Settings<O>;
    this.check(this.#options, type);
    this.#holdings = new Holdings(`${type}-${++made}/`);
    registry.register(this, this.#holdings, this);
    if (bound) this.bind(first as OptimizerParameters<O>);
  }

  /** Names of the states that belong to each parameter; they are zeros before its first update. */
  protected stateNames(_options: Settings<O>): readonly string[] {
    return [];
  }

  /** Decay rates whose powers βᵗ the update needs: the first two stand in the cell as 1 − βᵗ. */
  protected decayRates(_options: Settings<O>): readonly number[] {
    return [];
  }

  /** @throws ArgumentError for options that make no sense */
  protected check(_options: Settings<O>, _op: string): void {}

  /** The learning rate in force, from the one that was set. */
  protected effectiveRate(rate: number, _options: Settings<O>, _step: number): number {
    return rate;
  }

  /** Updates parameters and states of a run from its gradients. */
  protected abstract update(run: Run, options: Settings<O>): void;

  /**
   * Binds the optimizer to the parameters that it updates.
   * @returns this
   * @throws ArgumentError if it is bound to others
   */
  bind(params: OptimizerParameters<O>): this {
    const given = readGroups(this.#type, params);
    if (this.#members.length > 0) {
      const all = given.flatMap((group) => group.params);
      if (all.length === this.#members.length && all.every((parameter, i) => parameter === this.#members[i].parameter)) return this;
      throw new ArgumentError(
        message("bind", `this ${this.#type} is bound to other parameters`, "Make a new one for each model, or add them with addGroup."),
      );
    }
    try {
      for (const group of given) this.#add(group);
    } catch (error) {
      this.#groups.length = 0;
      this.#members.length = 0;
      throw error;
    }
    return this;
  }

  /** Adds a group of parameters, such as layers that are trained from now on. @returns this @throws ArgumentError */
  addGroup(group: { params: Iterable<Parameter> | Parameter } & O): this {
    for (const one of readGroups<O>(this.#type, [group] as unknown as OptimizerParameters<O>)) this.#add(one);
    return this;
  }

  #add({ params, names, options }: { params: Parameter[]; names: string[]; options: Partial<O> }): void {
    const { learningRate, ...own } = checkedOptions(
      this.#type,
      options as OptimizerOptions,
      { learningRate: 0, ...(this.#options as object) },
      [],
    );
    if (learningRate !== undefined) checkLearningRate(this.#type, learningRate);
    const settings = { ...this.#options, ...own };
    this.check(settings, this.#type);
    for (const { parameter } of this.#members) {
      if (params.includes(parameter)) throw new ArgumentError(message(this.#type, "a parameter is in more than one group"));
    }
    const group = new ParameterGroup<O>(params, names, settings, learningRate ?? this.#learningRate, learningRate !== undefined);
    this.#groups.push(group);
    for (const [i, parameter] of params.entries()) {
      this.#members.push({ parameter, name: names[i] ?? "", group, age: { steps: 0, products: [], before: [] }, active: false });
    }
    this.#stale = true;
  }

  /** Parameters with the options that they are updated with. */
  get groups(): readonly ParameterGroup<O>[] {
    return this.#groups;
  }

  /** How many steps were made. */
  get stepCount(): number {
    return this.#stepCount;
  }

  /** Whether the optimizer has parameters. */
  get bound(): boolean {
    return this.#members.length > 0;
  }

  /** The rate in force at the next step: a schedule evaluated, a decay applied. That of the first group. */
  get currentLearningRate(): number {
    const options = this.#groups[0]?.options ?? this.#options;
    return this.effectiveRate(rateAt(this.#groups[0]?.learningRate ?? this.#learningRate, this.#stepCount), options, this.#stepCount);
  }

  /**
   * A number or a schedule, as it was set. Groups that were given a rate of their own keep it when this one is set: see
   * `groups[i].learningRate`.
   * @throws ArgumentError
   */
  get learningRate(): number | Schedule {
    return this.#learningRate;
  }

  set learningRate(value: number | Schedule) {
    checkNewRate(value);
    this.#learningRate = value;
    for (const group of this.#groups) group.follow(value);
  }

  /**
   * Updates every parameter that has a gradient.
   * @throws ArgumentError if the optimizer is not bound, or a schedule gives no number
   */
  step(): void {
    // All that can fail comes before the first change.
    this.#setRates();
    if (this.#haveChanged()) this.#regroup();
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) this.#writeCell(cohorts[i]);
    if (recorder !== null) this.#record(recorder);
    if (observer === null) this.#update();
    else during(this.#type, "update", "", () => this.#update());
    const active = this.#active;
    for (let i = 0; i < active.length; i++) active[i].storage.changed("step");
    this.#age();
  }

  #update(): void {
    this.#clip();
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) {
      const { runs, group } = cohorts[i];
      for (let j = 0; j < runs.length; j++) this.update(runs[j], group.options);
    }
  }

  /** What a captured step does in JavaScript instead of calling `step`. */
  #record(recording: Recorder): void {
    const cohorts = this.#cohorts;
    const settings = cohorts.map(({ group }) => Object.entries(group.options));
    this.#holdings.fix(recording, cohorts.length);
    for (const { parameter } of this.#members) recording.meets(parameter);
    // Both updates would find the cells of one.
    if (this.#recordedBy === recording) recording.refuse(`the ${this.#type} makes more than one update`);
    this.#recordedBy = recording;
    recording.surround({
      valid: () => this.#cohorts === cohorts && !this.#stale && hasSettings(cohorts, settings),
      before: () => {
        this.#setRates();
        for (let i = 0; i < cohorts.length; i++) this.#writeCell(cohorts[i]);
      },
      after: () => this.#age(),
      undo: () => {
        this.#stepCount--;
        for (const { age } of cohorts) rejuvenate(age);
      },
    });
  }

  #setRates(): void {
    const step = this.#stepCount;
    const groups = this.#groups;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i];
      group.rate = this.effectiveRate(rateAt(group.learningRate, step), group.options, step);
    }
  }

  /** Counts the step that was made. */
  #age(): void {
    this.#stepCount++;
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) grow(cohorts[i].age, cohorts[i].rates);
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    const members = this.#members;
    for (let i = 0; i < members.length; i++) members[i].parameter.grad = null;
  }

  /**
   * All that a later run needs to continue bit for bit: step count, options, learning rates (schedules stay code), moments,
   * running products.
   */
  stateDict(): OptimizerState {
    this.#checkUsable("stateDict");
    return readState(this.#type, this.#stepCount, this.#groups, this.#members, this.#holdings, (group) => this.stateNames(group.options));
  }

  /**
   * Takes over what `stateDict` gave. Parameters are matched by name if all have one, else by order; options and learning
   * rates are the saved ones, except that a schedule stays.
   * @throws ArgumentError, ShapeError; nothing is changed
   */
  loadStateDict(state: OptimizerState): void {
    this.#checkUsable("loadStateDict");
    writeState(this.#type, state, this.#groups, this.#members, this.#holdings, {
      check: (options) => this.check(options, "loadStateDict"),
      stateNames: (options) => this.stateNames(options),
    });
    this.#stepCount = state.stepCount;
    if (typeof this.#learningRate === "number") {
      const shared = this.#groups.find((group) => !group.ownsRate && typeof group.learningRate === "number");
      if (shared !== undefined) this.#learningRate = shared.learningRate;
    }
    this.#stale = true;
  }

  /** Gives the memory of the states back at once; without it, the garbage collector does so some day. */
  dispose(): void {
    this.#disposed = true;
    registry.unregister(this);
    this.#holdings.release();
    this.#cohorts = [];
    this.#active = [];
  }

  #checkUsable(op: string): void {
    if (this.#disposed) throw new ArgumentError(message(op, "this optimizer was disposed of", "Make a new one."));
    if (this.#members.length > 0) return;
    throw new ArgumentError(
      message(op, `this ${this.#type} has no parameters`, `Write new ${this.#type}(model.parameters(), …), or pass it to compile.`),
    );
  }

  #haveChanged(): boolean {
    if (this.#stale || this.#disposed) return true;
    const members = this.#members;
    for (let i = 0; i < members.length; i++) if (members[i].active !== members[i].parameter.hasGradient) return true;
    return false;
  }

  /** Makes the cohorts and runs of the parameters that have a gradient now. */
  #regroup(): void {
    this.#checkUsable("step");
    const active = this.#members.filter(({ parameter }) => parameter.hasGradient);
    for (const { storage } of active.map(({ parameter }) => parameter)) if (storage.lazy !== null) storage.settle();
    this.#cohorts = cohortsOf(
      active,
      this.#groups,
      this.#holdings,
      ({ options }) => this.stateNames(options),
      ({ options }) => this.decayRates(options),
    );
    this.#active = active.map(({ parameter }) => parameter);
    this.#holdings.forgetNorms();
    const { clipNorm, globalClipNorm } = this.#clipping;
    if (globalClipNorm !== undefined && active.length > 0) this.#holdings.norms = [new GradientNorm(this.#active)];
    else if (clipNorm !== undefined) this.#holdings.norms = this.#active.map((parameter) => new GradientNorm([parameter]));
    for (const member of this.#members) member.active = member.parameter.hasGradient;
    this.#stale = false;
    if (active.length === 0) {
      note("step() found no gradient and changed nothing. Call loss.backward() before step(), and zeroGrad() after it.");
    }
  }

  /** Writes what the coming step needs to a cohort's cell. */
  #writeCell({ age, cell, group, rates }: Cohort<O>): void {
    const { f64 } = views;
    const at = cell / 8;
    f64[at + CELL.learningRate] = group.rate;
    f64[at + CELL.gradientFactor] = 1;
    f64[at + CELL.biasCorrection1] = rates.length > 0 ? 1 - age.products[0] * rates[0] : 1;
    f64[at + CELL.biasCorrection2] = rates.length > 1 ? 1 - age.products[1] * rates[1] : 1;
    f64[at + CELL.first] = age.steps === 0 ? 1 : 0;
    f64[at + CELL.clipValue] = this.#clipping.clipValue ?? Infinity;
  }

  #clip(): void {
    const { clipValue, clipNorm, globalClipNorm } = this.#clipping;
    if (clipValue !== undefined && !this.clipsValues) for (const parameter of this.#active) clampGradient(parameter, clipValue, "step");
    const { norms } = this.#holdings;
    for (let i = 0; i < norms.length; i++) {
      if (globalClipNorm !== undefined) {
        const cells = this.#cohorts[0].cell;
        norms[i].measure(globalClipNorm, cells + 8 * CELL.gradientFactor, this.#cohorts.length, CELL_BYTES);
      } else if (clipNorm !== undefined) {
        norms[i].measure(clipNorm);
        norms[i].scale("step");
      }
    }
  }
}

/** Whether the groups still have the options that went into the records of kernels: anybody may set them. */
function hasSettings<O extends OptimizerOptions>(cohorts: readonly Cohort<O>[], settings: readonly [string, unknown][][]): boolean {
  for (let i = 0; i < cohorts.length; i++) {
    const options = cohorts[i].group.options as Record<string, unknown>;
    for (let j = 0; j < settings[i].length; j++) if (options[settings[i][j][0]] !== settings[i][j][1]) return false;
  }
  return true;
}
