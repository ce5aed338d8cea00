import { checkOptions } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import { recorder } from "../kernels/recorder.js";
import { checkNumber } from "../tensor/check.js";
import type { Schedule } from "./schedules.js";

/** What every optimizer takes. At most one of the three ways to clip. */
export interface OptimizerOptions {
  /** A finite number ≥ 0, or a function of the optimizer's step 0, 1, 2, … */
  learningRate?: number | Schedule;
  /**
   * Limits every element of the gradients to [−clipValue, clipValue] as the update reads them. `grad` keeps the whole ones; to
   * see them limited, as after PyTorch's clip_grad_value_, call `clipGradValue` before step().
   */
  clipValue?: number;
  /** Scales each tensor's gradient so that its norm is at most this. */
  clipNorm?: number;
  /** Scales all gradients by one factor so that their common norm is at most this, as `clipGradNorm` does. */
  globalClipNorm?: number;
}

export const CLIPPING = ["clipValue", "clipNorm", "globalClipNorm"] as const;
type Clipping = (typeof CLIPPING)[number];

/** Options with their defaults filled in. */
export type Settings<O> = Required<Omit<O, Clipping>>;

/** Parameters, by name if they come in a Map (`model.namedParameters()`). */
export type ParameterList = Parameter | Iterable<Parameter> | ReadonlyMap<string, Parameter>;

/** Parameters with options of their own. */
export type GroupOptions<O> = { params: ParameterList } & Omit<O, Clipping>;

/** What an optimizer updates: parameters, or groups of them. */
export type OptimizerParameters<O> = ParameterList | Iterable<GroupOptions<O>>;

/** Parameters that are updated with the same options. */
export class ParameterGroup<O extends OptimizerOptions = OptimizerOptions> {
  #learningRate: number | Schedule;
  /** @internal whether the rate is the group's own, not the optimizer's */
  ownsRate: boolean;
  /** @internal the rate of the step under way */
  rate = 0;

  /** @internal */
  constructor(
    readonly params: readonly Parameter[],
    /** Names as given in a Map, else empty. */
    readonly names: readonly string[],
    public options: Settings<O>,
    learningRate: number | Schedule,
    ownsRate: boolean,
  ) {
    this.#learningRate = learningRate;
    this.ownsRate = ownsRate;
  }

  /** A number or a schedule; setting it gives the group a rate of its own. */
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
}

/** Whether `value` is meant as the parameters of an optimizer, not as its options. */
export function isParameters(value: unknown): boolean {
  if (value === null || typeof value !== "object") return value !== undefined;
  // A model is neither, but it is certainly not meant as options.
  return value instanceof Parameter || Symbol.iterator in value || typeof (value as { parameters?: unknown }).parameters === "function";
}

/** Takes a list of parameters, or of groups, apart. @throws ArgumentError */
export function readGroups<O>(op: string, given: OptimizerParameters<O>): { params: Parameter[]; names: string[]; options: Partial<O> }[] {
  const list = given instanceof Parameter ? [given] : checkList(op, given);
  if (list.length === 0) throw new ArgumentError(message(op, "the list of parameters is empty"));
  if (!list.every(isGroup)) return [{ ...readParameters(op, given as ParameterList, list), options: {} }];
  return (list as GroupOptions<O>[]).map(({ params, ...options }) => {
    const inner = params instanceof Parameter ? [params] : checkList(op, params);
    return { ...readParameters(op, params, inner), options: options as Partial<O> };
  });
}

function checkList(op: string, given: unknown): unknown[] {
  if (given !== null && typeof given === "object" && Symbol.iterator in given) return [...(given as Iterable<unknown>)];
  throw new ArgumentError(message(op, `found ${kindText(given)}; expected parameters or groups of them`, "Pass model.parameters()."));
}

function isGroup(value: unknown): boolean {
  return value !== null && typeof value === "object" && !(value instanceof Parameter) && "params" in value;
}

function readParameters(op: string, given: ParameterList, list: unknown[]): { params: Parameter[]; names: string[] } {
  const names = given instanceof Map ? [...given.keys()] : [];
  const params = given instanceof Map ? [...given.values()] : list;
  for (const parameter of params) {
    if (!(parameter instanceof Parameter)) {
      throw new ArgumentError(
        message(
          op,
          `found ${kindText(parameter)} among the parameters`,
          "Pass model.parameters(), or wrap a tensor: new Parameter(tensor).",
        ),
      );
    }
  }
  // A tied parameter may be listed twice.
  return names.length > 0 ? { params, names } : { params: [...new Set(params as Parameter[])], names };
}

export function checkLearningRate(op: string, value: unknown): void {
  if (typeof value === "function") return;
  checkNumber(op, "learningRate", value, "a number ≥ 0, or a function of the step", (rate) => rate >= 0 && rate < Infinity);
}

/** As above, for a rate that is set later: a step that sets it would have to do so in every replay. */
export function checkNewRate(value: unknown): void {
  checkLearningRate("learningRate", value);
  recorder?.refuse("it sets a learning rate; use a schedule, or set it outside of the step");
}

/** The rate at a step. @throws ArgumentError for a schedule that does not give a number */
export function rateAt(rate: number | Schedule, step: number): number {
  if (typeof rate === "number") return rate;
  const value = rate(step);
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new ArgumentError(message("step", `the learning rate's schedule gave ${kindText(value)} at step ${step}; expected a number ≥ 0`));
}

/** The options that are set. @throws ArgumentError for an unknown one, or for a flag that is none */
export function checkedOptions<O extends object>(op: string, options: O, defaults: object, others: readonly string[]): O {
  checkOptions(op, options, [...Object.keys(defaults), ...others]);
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of set) {
    const flag = typeof (defaults as Record<string, unknown>)[name] === "boolean";
    if (flag && typeof value !== "boolean") throw new ArgumentError(message(op, `${name} is ${kindText(value)}; expected true or false`));
  }
  return Object.fromEntries(set) as O;
}

export function checkClipping(op: string, clipping: Pick<OptimizerOptions, Clipping>): void {
  const given = CLIPPING.filter((name) => clipping[name] !== undefined);
  for (const name of given) checkNumber(op, name, clipping[name], "a number above 0", (value) => value > 0);
  if (given.length > 1) throw new ArgumentError(message(op, `${given.join(" and ")} are both set; expected at most one way to clip`));
}
