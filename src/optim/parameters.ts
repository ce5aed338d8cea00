import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { Parameter } from "../graph/parameter.js";
import { isMap } from "../options/builtin.js";
import type { ClippingOptions } from "./declaration.js";

/** Parameters, by name if they come in a Map (`model.namedParameters()`). */
export type ParameterList = Parameter | Iterable<Parameter> | ReadonlyMap<string, Parameter>;

/** Parameters with options of their own. */
export type GroupOptions<O> = { params: ParameterList } & Omit<O, keyof ClippingOptions>;

/** What an optimizer updates: parameters, or groups of them. */
export type OptimizerParameters<O> = ParameterList | Iterable<GroupOptions<O>>;

/** A group as it was given. */
export interface GivenGroup<O> {
  readonly params: Parameter[];
  readonly names: string[];
  readonly options: Partial<O>;
}

/** Whether `value` is meant as the parameters of an optimizer, not as its options. */
export function isParameters(value: unknown): boolean {
  if (value === null || typeof value !== "object") return value !== undefined;
  // A model is neither, but it is certainly not meant as options.
  return value instanceof Parameter || Symbol.iterator in value || typeof (value as { parameters?: unknown }).parameters === "function";
}

/** Takes a list of parameters, or of groups, apart. @throws ArgumentError */
export function readGroups<O>(op: string, given: OptimizerParameters<O>): GivenGroup<O>[] {
  const list = given instanceof Parameter ? [given] : checkList(op, given);
  if (list.length === 0) throw new ArgumentError(message(op, "the list of parameters is empty"));
  if (!list.every(isGroup)) return [{ ...readParameters(op, given as ParameterList, list), options: {} }];
  return (list as GroupOptions<O>[]).map((group) => readGroup(op, group));
}

/** Takes one group apart. @throws ArgumentError */
export function readGroup<O>(op: string, given: GroupOptions<O>): GivenGroup<O> {
  if (!isGroup(given)) {
    throw new ArgumentError(
      message(op, `found ${kindText(given)}; expected a group of parameters`, "Write { params: layer.parameters() }."),
    );
  }
  const { params, ...options } = given;
  const list = params instanceof Parameter ? [params] : checkList(op, params);
  return { ...readParameters(op, params, list), options: options as Partial<O> };
}

function checkList(op: string, given: unknown): unknown[] {
  if (given !== null && typeof given === "object" && Symbol.iterator in given) return [...(given as Iterable<unknown>)];
  throw new ArgumentError(message(op, `found ${kindText(given)}; expected parameters or groups of them`, "Pass model.parameters()."));
}

function isGroup(value: unknown): boolean {
  return value !== null && typeof value === "object" && !(value instanceof Parameter) && "params" in value;
}

function readParameters(op: string, given: ParameterList, list: unknown[]): { params: Parameter[]; names: string[] } {
  const names = isMap<string, Parameter>(given) ? [...given.keys()] : [];
  const params: unknown[] = isMap(given) ? [...given.values()] : list;
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
  const checked = params as Parameter[];
  return { params: names.length > 0 ? checked : [...new Set(checked)], names };
}
