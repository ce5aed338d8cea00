import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";

/** What every declaration of an option may say beside its range. */
export interface OptionSpec<T> {
  /** The value where none is given. `null` as a default makes null a value that may be given, too. */
  readonly default?: T | null;
  /** There is no default: the option must be given. */
  readonly required?: true;
  /** null may be given though it is not the default. */
  readonly nullable?: true;
  /** The words of PyTorch and Keras for it, such as "eps" for epsilon. The error for one of them names ours. */
  readonly aka?: readonly string[];
  /** The option's names in earlier versions: refused in a call, with the name of today; read in saved files. */
  readonly formerly?: readonly string[];
  /** Whether a saved model holds it, or what it holds in its place. Default true. */
  readonly saved?: false | ((value: unknown) => unknown);
  /** Only initial values come of it: a function is left out of a saved model, which holds the values, and hinders nothing. */
  readonly initial?: true;
  /** How an error shows a wrong value, where its kind ("an array of length 1") says too little. */
  readonly show?: (value: unknown) => string;
  /** How to mend a wrong value, where more can be said than what was expected. */
  readonly mend?: (value: unknown) => string | undefined;
  /** The error for a wrong value, where it is of another class than ArgumentError. */
  readonly error?: (op: string, name: string, value: unknown) => Error;
}

/**
 * One option, declared once: its type, its default, its check with the error's text, and the names that others give it.
 * `Required` options have no default.
 */
export interface Option<T, Required extends boolean = false> {
  readonly default: T;
  readonly required: Required;
  /** What a value must be, as an error says it: "a number > 0". */
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  readonly show: (value: unknown) => string;
  readonly mend: ((value: unknown) => string | undefined) | undefined;
  readonly error: ((op: string, name: string, value: unknown) => Error) | undefined;
  readonly aka: readonly string[];
  readonly formerly: readonly string[];
  readonly saved: boolean | ((value: unknown) => unknown);
  readonly initial: boolean;
}

/** The option that a specification declares: null and undefined are values of it where the specification says so. */
export type OptionOf<T, S> = S extends { required: true }
  ? Option<T | NullOf<S>, true>
  : S extends { default: infer D }
    ? Option<T | NullOf<S> | (D extends null ? null : never)>
    : Option<T | NullOf<S> | undefined>;

type NullOf<S> = S extends { nullable: true } ? null : never;

/** An option of any kind. The kinds of `kinds.ts` are made with it. @param expected what an error calls a right value */
export function option<T, const S extends OptionSpec<T>>(expected: string, holds: (value: unknown) => boolean, spec: S): OptionOf<T, S> {
  const nullable = spec.nullable === true || spec.default === null;
  const made: Option<T | null | undefined, boolean> = {
    default: spec.default,
    required: spec.required === true,
    expected: nullable ? `${expected}, or null` : expected,
    holds: nullable ? (value) => value === null || holds(value) : holds,
    show: spec.show ?? kindText,
    mend: spec.mend,
    error: spec.error,
    aka: spec.aka ?? [],
    formerly: spec.formerly ?? [],
    saved: spec.saved ?? true,
    initial: spec.initial === true,
  };
  return made as OptionOf<T, S>;
}

/** @throws ArgumentError unless `value` is one that the option takes; `name` is what the user calls it */
export function checkValue(op: string, name: string, value: unknown, declared: Option<unknown, boolean>): void {
  const { expected, holds, show, mend, error } = declared;
  if (holds(value)) return;
  if (error !== undefined) throw error(op, name, value);
  throw new ArgumentError(message(op, `${name} is ${show(value)}; expected ${expected}`, mend?.(value)));
}
