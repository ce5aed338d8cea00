import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isMap } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";
import { Tensor } from "./tensor.js";

/** What a part of a saved state must be: as an error says it, and as it is asked of a value. */
export type Part<T> = readonly [expected: string, holds: (value: unknown) => value is T];

type ValueOf<P> = P extends Part<infer T> ? T : never;

export const NUMBER: Part<number> = ["a number", (value) => typeof value === "number"];
export const COUNT: Part<number> = [
  "a whole number ≥ 0",
  (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
];
export const FLAG: Part<boolean> = ["true or false", (value) => typeof value === "boolean"];
export const NUMBERS: Part<ArrayLike<number>> = [
  "a list of numbers",
  (value): value is ArrayLike<number> => (Array.isArray(value) ? value.every(NUMBER[1]) : ArrayBuffer.isView(value) && "length" in value),
];
export const TENSOR: Part<Tensor> = ["a tensor", (value): value is Tensor => value instanceof Tensor];

/** A part that may be null. */
export function orNull<T>([expected, holds]: Part<T>): Part<T | null> {
  return [`${expected}, or null`, (value): value is T | null => value === null || holds(value)];
}

/** A list whose every element is such a part. */
export function listOf<T>([expected, holds]: Part<T>): Part<readonly T[]> {
  return [`a list, each element of which is ${expected}`, (value): value is readonly T[] => Array.isArray(value) && value.every(holds)];
}

/** A Map whose every value is such a part. */
export function mapOf<T>([expected, holds]: Part<T>): Part<ReadonlyMap<string, T>> {
  return [
    `a Map, each value of which is ${expected}`,
    (value): value is ReadonlyMap<string, T> => isMap(value) && [...value.values()].every(holds),
  ];
}

/**
 * The parts of a saved state, which may come from a file, or from another version: an object with these parts, and no others.
 * @param owner whose state it is, with which errors begin
 * @throws ArgumentError that names the part that is missing, unknown, or of another kind
 */
export function savedParts<P extends Readonly<Record<string, Part<unknown>>>>(
  owner: string,
  state: unknown,
  parts: P,
): { readonly [K in keyof P]: ValueOf<P[K]> } {
  const names = Object.keys(parts);
  if (!isPlain(state)) throw wrongState(owner, `is ${kindText(state)}; expected an object with ${names.join(", ")}`);
  const unknown = Object.keys(state).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrongState(owner, `has a part "${unknown}"; expected ${names.join(", ")}`);
  for (const [name, [expected, holds]] of Object.entries(parts)) {
    if (!holds(state[name])) throw wrongState(owner, `has ${kindText(state[name])} as "${name}"; expected ${expected}`);
  }
  return state as never;
}

/** The error for a state that cannot be taken over. @param problem as it goes on after "the saved state" */
export function wrongState(owner: string, problem: string): ArgumentError {
  return new ArgumentError(message(owner, `the saved state ${problem}`, "Give what stateDict() of the same class and version gave."));
}
