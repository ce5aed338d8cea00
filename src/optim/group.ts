import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Parameter } from "../graph/parameter.js";
import { recorder } from "../kernels/recorder.js";
import type { Declaration, Declared } from "../options/declare.js";
import { checkValue } from "../options/option.js";
import { checkSettings } from "../options/settings.js";
import type { ClippingOptions } from "./declaration.js";
import { learningRate } from "./options.js";
import { type Lowering, loweredAnew, loweringsOf } from "./schedules/lowered.js";
import type { Schedule } from "./schedules/schedule.js";

/** What every optimizer takes. */
export interface OptimizerOptions extends ClippingOptions {
  /** A finite number ≥ 0, or a function of the optimizer's step 0, 1, 2, … */
  learningRate?: number | Schedule;
}

/** An optimizer's own options with their defaults filled in: without the learning rate and the ways to clip. */
export type Settings<O> = { -readonly [K in Exclude<keyof O, keyof OptimizerOptions>]-?: Exclude<O[K], undefined> };

/** What is saved of a group's rate. */
export interface SavedRate {
  /** Null where it is a schedule, which is code. */
  learningRate: number | null;
  /** Whether the group has a rate of its own, which stays where the optimizer's is set. */
  ownsRate?: boolean;
  /** How a schedule was lowered, time after time. */
  lowerings?: Lowering[];
}

/** What a group needs to know of its optimizer. */
export interface GroupRules<O> {
  readonly type: string;
  /** The options that a group may have. */
  readonly declaration: Declaration<Declared>;
  /** @throws ArgumentError for options that do not go together */
  check(settings: Settings<O>, op: string): void;
}

/** Parameters that are updated with the same options. */
export class ParameterGroup<O extends OptimizerOptions = OptimizerOptions> {
  /** @internal whether the rate is the group's own, not the optimizer's */
  ownsRate: boolean;
  /** @internal the rate of the step under way */
  rate = 0;
  /** @internal the options as the steps read them */
  settings: Settings<O>;
  /** @internal counts the changes of the options */
  version = 0;
  #learningRate: number | Schedule;
  readonly #rules: GroupRules<O>;
  readonly #options: Settings<O>;

  /** @internal */
  constructor(
    readonly params: readonly Parameter[],
    /** Names as given in a Map, else empty. */
    readonly names: readonly string[],
    settings: Settings<O>,
    rate: number | Schedule,
    ownsRate: boolean,
    rules: GroupRules<O>,
  ) {
    this.settings = settings;
    this.#learningRate = rate;
    this.ownsRate = ownsRate;
    this.#rules = rules;
    this.#options = this.#checked(rules);
  }

  /**
   * The group's options but the learning rate: weightDecay, momentum, … Each may be set between two steps, captured or not.
   * @throws ArgumentError for one that the optimizer does not have, or outside its range
   */
  get options(): Settings<O> {
    return this.#options;
  }

  /** A number or a schedule; setting it gives the group a rate of its own. @throws ArgumentError */
  get learningRate(): number | Schedule {
    return this.#learningRate;
  }

  set learningRate(value: number | Schedule) {
    checkNewRate(value);
    this.#learningRate = value;
    this.ownsRate = true;
  }

  /** @internal takes over the optimizer's rate */
  follow(value: number | Schedule): void {
    if (!this.ownsRate) this.#learningRate = value;
  }

  /** @internal sets an option. @throws ArgumentError for one that the optimizer does not have, or outside its range */
  change(name: string, value: unknown): void {
    const { type, declaration, check } = this.#rules;
    checkSettings(declaration, { [name]: value ?? null }, type);
    const settings = { ...this.settings, [name]: value };
    check(settings, type);
    this.restoreSettings(settings);
  }

  /** @internal takes over a saved rate; a schedule, which is code, stays, lowered as the saved one was */
  restoreRate({ learningRate, ownsRate = this.ownsRate, lowerings = [] }: SavedRate): void {
    this.ownsRate = ownsRate;
    if (typeof this.#learningRate === "function") this.#learningRate = loweredAnew(this.#learningRate, lowerings);
    else if (learningRate !== null) this.#learningRate = learningRate;
  }

  /** @internal what `restoreRate` takes */
  get savedRate(): SavedRate {
    const { ownsRate } = this;
    const rate = this.#learningRate;
    return typeof rate === "number" ? { learningRate: rate, ownsRate } : { learningRate: null, ownsRate, lowerings: loweringsOf(rate) };
  }

  /** @internal takes over options that were checked */
  restoreSettings(settings: Settings<O>): void {
    this.settings = settings;
    this.version++;
  }

  /** The options as users see them: every assignment is checked. */
  #checked({ type }: GroupRules<O>): Settings<O> {
    const current = (): Settings<O> => this.settings;
    return new Proxy({} as Settings<O>, {
      get: (_, name) => Reflect.get(current(), name),
      has: (_, name) => Reflect.has(current(), name),
      ownKeys: () => Reflect.ownKeys(current()),
      getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(current(), name),
      deleteProperty: (_, name) => {
        throw new ArgumentError(message(type, `the option ${String(name)} cannot be deleted`, "Set it to its default."));
      },
      set: (_, name, value) => {
        if (name === "learningRate") throw new ArgumentError(message(type, "the learning rate is not among a group's options", INSTEAD));
        this.change(String(name), value);
        recorder?.refuse(`it sets ${String(name)}; set it outside of the step`);
        return true;
      },
    });
  }
}

const INSTEAD = "Set optimizer.learningRate, or groups[i].learningRate for one group.";

const RATE = learningRate(0.01);

/** Checks a rate that is set later: a recorded step that sets it would have to do so in every replay. */
export function checkNewRate(value: unknown): void {
  checkValue("learningRate", "learningRate", value, RATE);
  recorder?.refuse("it sets a learning rate; use a schedule, or set it outside of the step");
}

/** @throws ArgumentError unless a saved rate is a number ≥ 0, or null for a schedule */
export function checkSavedRate(op: string, value: unknown): void {
  if (value !== null) checkValue(op, "learningRate", typeof value === "function" ? String(value) : value, RATE);
}

/** The rate at a step. @throws ArgumentError for a schedule that does not give a number */
export function rateAt(rate: number | Schedule, step: number): number {
  if (typeof rate === "number") return rate;
  const value = rate(step);
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new ArgumentError(message("step", `the learning rate's schedule gave ${kindText(value)} at step ${step}; expected a number ≥ 0`));
}
