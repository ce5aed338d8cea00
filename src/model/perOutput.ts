import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { outputName } from "../train/figureNames.js";

/** Something for each output of a model: a list in their order, or an object by their names. */
export type PerOutput<T> = readonly T[] | Readonly<Record<string, T>>;

/**
 * What is given for each output, in their order; undefined where nothing is.
 * @param what the option, as errors say it
 * @param names the names of the outputs; null if the model does not tell them, nor how many there are
 * @throws ArgumentError for an output that there is not
 */
export function inOrder<T>(what: string, given: PerOutput<T>, names: readonly string[] | null): (T | undefined)[] {
  if (isList(given)) {
    if (names === null || given.length === names.length) return [...given];
    const counts = `${given.length} given, ${names.length} expected`;
    throw new ArgumentError(message("compile", `${what} is not one for each output (${names.join(", ")}): ${counts}`));
  }
  const found: (T | undefined)[] = new Array(names?.length ?? 0).fill(undefined);
  for (const [name, one] of Object.entries(given)) found[positionOf(what, name, names)] = one;
  return Array.from(found);
}

function positionOf(what: string, name: string, names: readonly string[] | null): number {
  const position = names === null ? Number(/^out([1-9]\d{0,3})$/.exec(name)?.[1] ?? 0) - 1 : names.indexOf(name);
  if (position >= 0) return position;
  const known = names === null ? `${outputName(null, 0)}, ${outputName(null, 1)}, …` : names.join(", ");
  throw new ArgumentError(message("compile", `${what} is given for output "${name}"; the model's outputs are ${known}`));
}

function isList<T>(given: PerOutput<T>): given is readonly T[] {
  return Array.isArray(given);
}
