import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Parameter } from "../graph/parameter.js";
import { checkArity } from "../options/arity.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { ParameterGroup } from "./group.js";
import { type OptimizerSpec, optimizerNamed } from "./named.js";
import { Optimizer } from "./optimizer.js";
import { type GroupOptions, isParameters, type OptimizerParameters } from "./parameters.js";
import type { Schedule } from "./schedules/schedule.js";
import type { OptimizerState } from "./state.js";

/** The optimizer that another one wraps. */
export const WRAPPED = {
  /** "sgd", { name: "adam", learningRate: 1e-3 }, or an optimizer. Default "sgd". */
  optimizer: option<OptimizerSpec, { default: "sgd" }>("an optimizer", () => true, {
    default: "sgd",
    aka: ["baseOptimizer", "base"],
  } as { default: "sgd" }),
};

/**
 * Base of the optimizers that do something around the steps of another one. Parameters, groups, rates, clipping, the count of steps and the
 * state are those of the wrapped optimizer.
 */
// biome-ignore lint/suspicious/noExplicitAny: its groups have the options of whatever is wrapped.
export abstract class WrappingOptimizer<O extends { optimizer?: OptimizerSpec }> extends Optimizer<any> {
  readonly wrapped: Optimizer;
  protected readonly settings: Readonly<O>;

  /** @throws ArgumentError for parameters in the place of an optimizer, and for one that searches for its step */
  constructor(first?: OptimizerSpec | O, second?: object) {
    const given = optionsOf(new.target, first, second);
    super(given);
    this.settings = new.target.options.readOptions(given) as unknown as O;
    const { type } = new.target;
    this.wrapped = optimizerNamed(type, this.settings.optimizer as OptimizerSpec);
    if (!this.wrapped.searches) return;
    const found = (this.wrapped.constructor as typeof Optimizer).type;
    throw new ArgumentError(message(type, `the optimizer is ${found}, which searches for its step`, 'Wrap one such as "sgd" or "adam".'));
  }

  /** All parameters with their names. */
  protected get members(): { readonly parameter: Parameter; readonly name: string }[] {
    return this.groups.flatMap(({ params, names }) => params.map((parameter, i) => ({ parameter, name: names[i] ?? "" })));
  }

  override get groups(): readonly ParameterGroup<Record<string, unknown>>[] {
    return this.wrapped.groups as never;
  }

  override get stepCount(): number {
    return this.wrapped.stepCount;
  }

  override get bound(): boolean {
    return this.wrapped.bound;
  }

  override get currentLearningRate(): number {
    return this.wrapped.currentLearningRate;
  }

  override get learningRate(): number | Schedule {
    return this.wrapped.learningRate;
  }

  override set learningRate(value: number | Schedule) {
    this.wrapped.learningRate = value;
  }

  override bind(params: OptimizerParameters<never>): this {
    checkArity("bind", arguments.length, 1);
    this.wrapped.bind(params as never);
    return this;
  }

  override addGroup(group: GroupOptions<never>): this {
    checkArity("addGroup", arguments.length, 1);
    this.wrapped.addGroup(group as never);
    return this;
  }

  override zeroGrad(): void {
    checkArity("zeroGrad", arguments.length, 0);
    this.wrapped.zeroGrad();
  }

  override stateDict(): OptimizerState {
    checkArity("stateDict", arguments.length, 0);
    const state = this.wrapped.stateDict();
    return { ...state, optimizer: `${(this.constructor as typeof Optimizer).type}(${state.optimizer})` };
  }

  override loadStateDict(state: OptimizerState): void {
    checkArity("loadStateDict", arguments.length, 1);
    const { type } = this.constructor as typeof Optimizer;
    const inner = new RegExp(`^${type}\\((.*)\\)$`).exec(String(state?.optimizer))?.[1];
    if (inner === undefined)
      throw new ArgumentError(
        message("loadStateDict", `the state is of ${kindText(state?.optimizer)}; this optimizer is ${kindText(type)}`),
      );
    this.wrapped.loadStateDict({ ...state, optimizer: inner });
  }

  /** @internal */
  override rest(): void {
    this.wrapped.rest();
  }

  override dispose(): void {
    checkArity("dispose", arguments.length, 0);
    super.dispose();
    this.wrapped.dispose();
  }
}

/** What was given, as options: the optimizer by itself, or among them where a name was looked up. */
function optionsOf(wrapper: typeof Optimizer, first: unknown, second: unknown): Record<string, unknown> {
  const { type } = wrapper;
  const write = `Write new ${type}(new SGD(model.parameters(), { learningRate: 0.1 })), or new ${type}("sgd") for compile.`;
  if (typeof first !== "string" && isParameters(first) && !(first instanceof Optimizer))
    throw new ArgumentError(message(type, "parameters were given; expected an optimizer", write));
  const whole = second === undefined && (first === undefined || (isPlain(first) && !("name" in first)));
  if (!whole && second !== undefined && !isPlain(second))
    throw new ArgumentError(message(type, `the options are ${kindText(second)}; expected an object`));
  if (!whole && second !== undefined && "optimizer" in (second as object))
    throw new ArgumentError(
      message(type, "the optimizer is given twice", `Write new ${type}("sgd", { … }), without optimizer among the options.`),
    );
  const given: Record<string, unknown> = whole
    ? { ...(first as object | undefined) }
    : { ...(second as object | undefined), optimizer: first };
  const stray = Object.keys(given).find((name) => !Object.hasOwn(wrapper.options.options, name) && name in OF_THE_WRAPPED);
  if (stray === undefined) return given;
  throw new ArgumentError(
    message(type, `${stray} belongs to the optimizer that is wrapped`, `Write new ${type}({ name: "sgd", ${stray}: … }).`),
  );
}

/** What every optimizer takes, and a wrapper leaves to the one that it wraps. */
const OF_THE_WRAPPED = { learningRate: 1, lr: 1, clipValue: 1, clipNorm: 1, globalClipNorm: 1 };
