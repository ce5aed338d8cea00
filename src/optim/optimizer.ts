import { COPY } from "../errors/copy.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { type Declaration, type Declared, declare } from "../options/declare.js";
import { checkSettings } from "../options/settings.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Age } from "./cohorts.js";
import { type ClippingOptions, declarationsOf, takeClipping } from "./declaration.js";
import type { ReportGradient } from "./finiteGradients.js";
import type { UpdateKernel } from "./formula.js";
import { checkNewRate, type OptimizerOptions, ParameterGroup, rateAt, type Settings } from "./group.js";
import { refuseOldForm, refuseStrayProperties } from "./guard.js";
import { type GivenGroup, type GroupOptions, isParameters, type OptimizerParameters, readGroup, readGroups } from "./parameters.js";
import type { Schedule } from "./schedules/schedule.js";
import type { StateNames } from "./segment.js";
import { type OptimizerState, readState, writeState } from "./state.js";
import { Stepper } from "./stepper.js";
import type { Update } from "./update.js";

/** @internal The loss where the parameters are, whose gradients they have, and how to evaluate it where a step moves them. */
export interface Evaluation {
  readonly loss: Tensor;
  /** Evaluates loss and gradients anew. */
  again(): Tensor;
  /** Evaluates the loss anew, with its graph. */
  graph(): Tensor;
}

/**
 * Base of all optimizers: groups, schedules, clipping, saving and the order of things. A subclass declares its options, names its
 * states, and updates one parameter with the operations of tensors. Such an update can be captured. What it reads of the options is
 * a number that is recorded; the learning rate and the count of updates are tensors, since they change from step to step.
 *
 * A parameter without a gradient is left alone: no decay, no momentum, and its state does not age. So its first update, whenever
 * it comes, is a first step (bias correction, momentum), as in PyTorch.
 *
 * @example
 * class Momentum extends Optimizer {
 *   static options = options.declare("Momentum", { momentum: options.number({ default: 0.9, min: 0 }) });
 *   stateNames() {
 *     return ["velocity"];
 *   }
 *   update({ parameter, gradient, states: { velocity }, learningRate, options: { momentum } }) {
 *     velocity.assign(velocity.mul(momentum).add(gradient));
 *     parameter.assign(parameter.sub(velocity.mul(learningRate)));
 *   }
 * }
 * const optimizer = new Momentum(model.parameters(), { learningRate: 0.1, momentum: 0.8 });
 */
export abstract class Optimizer<O extends OptimizerOptions = OptimizerOptions> {
  /** The declared options. Every optimizer takes a learning rate, 0.01 by default, and the ways to clip besides. */
  static readonly options: Declaration<Declared> = declare("Optimizer", {});

  /** @internal the kernel that updates in place of `update` */
  static readonly kernel: UpdateKernel | null = null;

  /** The name in messages and saved states. */
  static get type(): string {
    // biome-ignore lint/complexity/noThisInStatic: a subclass has options of its own.
    return Object.hasOwn(this, "options") ? this.options.op : this.name;
  }

  readonly #type: string;
  readonly #settings: Settings<O>;
  readonly #groupDeclaration: Declaration<Declared>;
  readonly #groups: ParameterGroup<O>[] = [];
  readonly #stepper: Stepper<O>;
  #learningRate: number | Schedule;
  #disposed = false;

  /** @internal tells this copy of the library from another one that is loaded too */
  get simdgradCopy(): object {
    return COPY;
  }

  /** An optimizer to be bound by `compile`, or by `bind`. */
  constructor(options?: O);
  /** An optimizer of parameters, or of groups of them with options of their own. */
  constructor(params: OptimizerParameters<O>, options?: O);
  constructor(first?: O | OptimizerParameters<O>, second?: O) {
    const { type } = new.target;
    refuseOldForm(new.target);
    checkArity(type, arguments.length, 2);
    const { whole, group } = declarationsOf(new.target);
    const bound = isParameters(first);
    if (!bound && second !== undefined)
      throw new ArgumentError(
        message(type, "two arguments were given without parameters", "Pass the options alone, or the parameters first."),
      );
    const { learningRate, ...settings } = { ...whole.readOptions(bound ? second : first) } as Record<string, unknown>;
    const clipping = takeClipping(type, settings);
    this.#type = type;
    this.#learningRate = learningRate as number | Schedule;
    this.#settings = settings as Settings<O>;
    this.#groupDeclaration = group;
    this.check(this.#settings, type, clipping);
    this.#stepper = new Stepper<O>(
      {
        type,
        kernel: new.target.kernel,
        stateNames: (own) => this.stateNames(own),
        stateShape: (state, parameter, own) => this.stateShape(state, parameter, own),
        decayRates: (own, products) => this.decayRates(own, products),
        coefficients: (own, rate, age) => this.coefficients(own, rate, age),
        effectiveRate: (rate, own, step) => this.effectiveRate(rate, own, step),
        hyperparameters: (own) => this.hyperparameters(own),
        update: (update) => this.update(update),
      },
      this.#groups,
      clipping,
    );
    refuseStrayProperties(new.target, whole);
    if (bound) this.bind(first as OptimizerParameters<O>);
  }

  /** Names of the states that belong to each parameter, null for one that the options leave out; they are zeros before its first update. */
  protected stateNames(_options: Settings<O>): StateNames {
    return [];
  }

  /** The shape of a state for a parameter of some shape: its own, unless a subclass says otherwise; null where it has no such state. */
  protected stateShape(_state: string, parameter: Shape, _options: Settings<O>): Shape | null {
    return parameter;
  }

  /**
   * Updates one parameter and its states in place, with `assign` and `addScaled`. What else is computed is released afterwards.
   */
  protected update(_update: Update<O>): void {
    throw new ArgumentError(message(this.#type, "it has no method update", "Write update({ parameter, gradient, states, learningRate })."));
  }

  /**
   * Decay rates whose powers βᵗ the update needs, as running products: `biasCorrection1` and `biasCorrection2` are 1 − βᵗ of the first two.
   * @param _products of the updates before; a rate may depend on them
   */
  protected decayRates(_options: Settings<O>, _products: readonly number[]): readonly number[] {
    return [];
  }

  /** Refuses options that do not go together; each by itself was checked. @throws ArgumentError */
  protected check(_options: Settings<O>, _op: string, _clipping?: ClippingOptions): void {}

  /** @internal what the kernel finds in its cell, by the names of the cell's fields */
  protected hyperparameters(options: Settings<O>): Readonly<Record<string, unknown>> {
    return options;
  }

  /** @internal what else the kernel finds there, which changes from step to step */
  protected coefficients(_options: Settings<O>, _rate: number, _age: Age): Readonly<Record<string, number>> {
    return {};
  }

  /** @internal the learning rate in force, from the one that was set */
  protected effectiveRate(rate: number, _options: Settings<O>, _step: number): number {
    return rate;
  }

  /**
   * Binds the optimizer to the parameters that it updates.
   * @returns this
   * @throws ArgumentError if it is bound to others
   */
  bind(params: OptimizerParameters<O>): this {
    checkArity("bind", arguments.length, 1);
    const given = readGroups(this.#type, params);
    const { members } = this.#stepper;
    if (members.length > 0) {
      const all = given.flatMap((group) => group.params);
      if (all.length === members.length && all.every((parameter, i) => parameter === members[i].parameter)) return this;
      throw new ArgumentError(
        message("bind", `this ${this.#type} is bound to other parameters`, "Make a new one for each model, or add them with addGroup."),
      );
    }
    try {
      for (const group of given) this.#add(group);
    } catch (error) {
      this.#groups.length = 0;
      members.length = 0;
      throw error;
    }
    return this;
  }

  /** Adds a group of parameters, such as layers that are trained from now on. @returns this @throws ArgumentError */
  addGroup(group: GroupOptions<O>): this {
    checkArity("addGroup", arguments.length, 1);
    this.#add(readGroup<O>(this.#type, group));
    return this;
  }

  #add({ params, names, options }: GivenGroup<O>): void {
    const declaration = this.#groupDeclaration;
    checkSettings(declaration, options as Record<string, unknown>);
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as OptimizerOptions;
    const { learningRate, ...own } = given;
    const settings = { ...this.#settings, ...own };
    this.check(settings, this.#type);
    for (const { parameter } of this.#stepper.members) {
      if (params.includes(parameter)) throw new ArgumentError(message(this.#type, "a parameter is in more than one group"));
    }
    const rules = { type: this.#type, declaration, check: (changed: Settings<O>, op: string) => this.check(changed, op) };
    const group = new ParameterGroup<O>(params, names, settings, learningRate ?? this.#learningRate, learningRate !== undefined, rules);
    this.#groups.push(group);
    this.#stepper.add(group);
  }

  /** Parameters with the options that they are updated with. */
  get groups(): readonly ParameterGroup<O>[] {
    return this.#groups;
  }

  /** How many steps were made. */
  get stepCount(): number {
    return this.#stepper.stepCount;
  }

  /** Whether the optimizer has parameters. */
  get bound(): boolean {
    return this.#stepper.members.length > 0;
  }

  /** The rate in force at the next step: a schedule evaluated, a decay applied. That of the first group. */
  get currentLearningRate(): number {
    const group = this.#groups[0];
    const rate = rateAt(group?.learningRate ?? this.#learningRate, this.stepCount);
    return this.effectiveRate(rate, group?.settings ?? this.#settings, this.stepCount);
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
   * Updates every parameter that has a gradient. Whether a gradient is finite it does not ask, as PyTorch's: `fit` does, and in a loop of
   * your own `clipGradNorm` with `errorIfNonFinite`.
   * @throws ArgumentError if the optimizer is not bound, or a schedule gives no number
   */
  step(): void {
    checkArity("step", arguments.length, 0);
    if (this.#disposed || this.#stepper.members.length === 0) this.checkUsable("step");
    this.#stepper.step();
  }

  /**
   * @internal of an optimizer whose step goes by the numbers that it finds, what it advises where batches differ; else null. Such a step cannot
   * be captured, only its evaluations can
   */
  get searches(): string | null {
    return null;
  }

  /**
   * @internal as `step`, except that a gradient that is not finite ends it before anything changes: `report` throws the error
   * @param _evaluation for optimizers that evaluate the loss more than once
   */
  stepIfFinite(report: ReportGradient, _evaluation?: Evaluation): void {
    const stepper = this.#stepper;
    stepper.report = report;
    try {
      // A subclass may have a step of its own.
      this.step();
    } finally {
      stepper.report = null;
    }
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    checkArity("zeroGrad", arguments.length, 0);
    const { members } = this.#stepper;
    for (let i = 0; i < members.length; i++) members[i].parameter.grad = null;
  }

  /**
   * All that a later run needs to continue bit for bit: step count, options, learning rates (schedules stay code), moments,
   * running products.
   * @throws ArgumentError before the optimizer is bound
   */
  stateDict(): OptimizerState {
    checkArity("stateDict", arguments.length, 0);
    this.checkUsable("stateDict");
    return readState(this.#type, this.#stepper, this.#groups);
  }

  /**
   * Takes over what `stateDict` gave. Parameters are matched by name if all have one, else by order; options and learning
   * rates are the saved ones, except that a schedule stays; where the saved one was lowered as a whole, so is it.
   * @throws ArgumentError, ShapeError; nothing is changed
   */
  loadStateDict(state: OptimizerState): void {
    checkArity("loadStateDict", arguments.length, 1);
    this.checkUsable("loadStateDict");
    const declaration = this.#groupDeclaration;
    writeState(this.#type, state, this.#stepper, this.#groups, (settings) => {
      checkSettings(declaration, settings as Record<string, unknown>, "loadStateDict");
      this.check(settings, "loadStateDict");
    });
    const shared = this.#groups.find((group) => !group.ownsRate && typeof group.learningRate === typeof this.#learningRate);
    if (shared !== undefined) this.#learningRate = shared.learningRate;
  }

  /**
   * @internal Gives linear memory back until the next step: the states move to JS memory, where the garbage collector finds those of an
   * optimizer that nobody uses any more. The next step brings them back, bit for bit.
   */
  rest(): void {
    this.#stepper.holdings.rest();
  }

  /** Gives the memory of the states back at once. It goes back by itself when nobody uses the optimizer any more. */
  dispose(): void {
    checkArity("dispose", arguments.length, 0);
    this.#disposed = true;
    this.#stepper.states.dispose();
    this.#stepper.reset();
  }

  /** @internal @throws ArgumentError if the optimizer was disposed of or has no parameters */
  protected checkUsable(op: string): void {
    if (this.#disposed) throw new ArgumentError(message(op, "this optimizer was disposed of", "Make a new one."));
    if (this.bound) return;
    throw new ArgumentError(
      message(
        op,
        `this ${this.#type} has no parameters yet`,
        `Write new ${this.#type}(model.parameters(), …), or bind(model.parameters()). One that was passed to compile is bound when fit begins.`,
      ),
    );
  }
}
