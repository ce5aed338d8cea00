import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "./arity.js";
import { type Declaration, type Declared, declare as declareChecked } from "./declare.js";
import * as kinds from "./kinds.js";
import type { Option } from "./option.js";
import { isPlain } from "./plain.js";

/**
 * Declarations of a user's own layers, losses and optimizers: those of the library with their own arguments checked. The library's
 * are checked by the compiler, and its bundles need no more.
 */

/** As the library declares: name, options, positional arguments in front of them. @throws ArgumentError for what is no declaration */
export function declare<const O extends Declared, const P extends Declared = Record<never, never>>(
  op: string,
  options: O,
  positional: P = {} as P,
): Declaration<O, P> {
  checkArity("options.declare", arguments.length, 3);
  if (typeof op !== "string") throw new ArgumentError(message("options.declare", `the name is ${kindText(op)}; expected a string`));
  checkDeclared("the options are", options);
  checkDeclared("the positional arguments are", positional);
  return declareChecked(op, options, positional);
}

function checkDeclared(subject: string, declared: unknown): void {
  const isOption = (value: unknown): boolean => typeof (value as Option<unknown> | null | undefined)?.holds === "function";
  if (isPlain(declared) && Object.values(declared).every(isOption)) return;
  const mend = "Write { momentum: options.number({ default: 0.9 }) }.";
  throw new ArgumentError(message("options.declare", `${subject} ${kindText(declared)}; expected options by name`, mend));
}

const SPEC = ["default", "required", "nullable", "aka", "formerly", "saved", "initial", "show", "mend", "error"];
const RANGE = ["min", "above", "max", "below", "whole", "infinite", "nan"];

/** A number in a range: `options.number({ default: 0.9, min: 0, below: 1, aka: ["alpha"] })`. */
export const number: typeof kinds.number = checked("number", kinds.number, RANGE);

/** A whole number ≥ 1, such as units or batch sizes. */
export const count: typeof kinds.count = checked("count", kinds.count);

/** true or false. */
export const flag: typeof kinds.flag = checked("flag", kinds.flag);

/** One of some words or numbers. */
export const choice: typeof kinds.choice = checked("choice", kinds.choice);

/** A string. */
export const text: typeof kinds.text = checked("text", kinds.text);

/** A function: `options.callable<(x: Tensor) => Tensor>()("a function of a tensor", {})`. */
export const callable: typeof kinds.callable = function callable<F extends (...args: never[]) => unknown>() {
  checkArity("options.callable", arguments.length, 0);
  return checked("callable", kinds.callable<F>());
};

/** A kind whose last argument, the specification, is checked, and so is the default in it. */
function checked<F extends (...args: never[]) => unknown>(kind: string, make: F, more: readonly string[] = []): F {
  const op = `options.${kind}`;
  const strict = (...args: unknown[]): unknown => {
    checkArity(op, args.length, make.length);
    const spec = args[make.length - 1];
    checkSpec(op, spec, more);
    const [values] = args;
    if (kind === "choice" && !(Array.isArray(values) && values.length > 0 && values.every(isWord))) {
      throw new ArgumentError(message(op, `the values are ${kindText(values)}; expected an array of words or numbers`));
    }
    if (kind === "callable" && typeof values !== "string") {
      throw new ArgumentError(message(op, `what an error calls it is ${kindText(values)}; expected a string`));
    }
    const made = (make as unknown as (...args: unknown[]) => Option<unknown>)(...args);
    const { default: standard } = spec;
    if (standard != null && !made.holds(standard)) {
      throw new ArgumentError(message(op, `the default is ${kindText(standard)}; expected ${made.expected}`));
    }
    return made;
  };
  return strict as unknown as F;
}

function isWord(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function checkSpec(op: string, spec: unknown, more: readonly string[]): asserts spec is Record<string, unknown> {
  if (!isPlain(spec)) {
    throw new ArgumentError(message(op, `the specification is ${kindText(spec)}; expected an object`, "Write { default: … }."));
  }
  for (const [name, value] of Object.entries(spec)) {
    if (!SPEC.includes(name) && !more.includes(name)) {
      throw new ArgumentError(message(op, `unknown "${name}"`, `Known: ${[...more, ...SPEC].join(", ")}.`));
    }
    if (RANGE.includes(name) && value !== undefined && value !== true && typeof value !== "number") {
      throw new ArgumentError(message(op, `${name} is ${kindText(value)}; expected a number or true`));
    }
  }
}
