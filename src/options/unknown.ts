import { ArgumentError } from "../errors/errors.js";
import { didYouMean, message } from "../errors/message.js";

/** What is known of a name: the words that others have for it, and the names that it had. */
export interface Words {
  readonly aka?: readonly string[];
  readonly formerly?: readonly string[];
}

/**
 * The error for an option that nobody declared, with the one that was meant, or the argument in front of the options that was.
 * @param positional those arguments, by name
 */
export function unknownOption(
  op: string,
  name: string,
  known: Readonly<Record<string, Words>>,
  positional: Readonly<Record<string, Words>> = {},
): ArgumentError {
  const names = Object.keys(known);
  const list = names.length === 0 ? "It takes none." : `Known: ${names.join(", ")}.`;
  const ahead = called(name, known) ?? called(name, positional);
  const mend = ahead !== undefined && ahead in positional ? ` Pass ${ahead} in front of the options.` : meant(name, known);
  const silent = name === "verbose" ? " Leave it out: it shows nothing." : "";
  return new ArgumentError(message(op, `unknown option "${name}"`, list + mend + silent));
}

/**
 * ` Did you mean "epsilon"?`, for another library's word, another spelling, or a name that is close; ` It is called "bias" now.` for
 * a name of an earlier version; nothing where no known name is near.
 */
export function meant(name: string, known: Readonly<Record<string, Words>>): string {
  const names = Object.keys(known);
  const renamed = names.find((candidate) => known[candidate].formerly?.includes(name));
  if (renamed !== undefined) return ` It is called "${renamed}" now.`;
  const same = called(name, known);
  return same === undefined ? didYouMean(name, names) : ` Did you mean "${same}"?`;
}

/** The name for which a word stands, or undefined. */
function called(name: string, known: Readonly<Record<string, Words>>): string | undefined {
  const word = plainWord(name);
  const spellings = (candidate: string): string[] => [candidate, ...(known[candidate].aka ?? []), ...(known[candidate].formerly ?? [])];
  return Object.keys(known).find((candidate) => spellings(candidate).some((spelling) => plainWord(spelling) === word));
}

/** A name without the marks of a style: weight_decay, weightDecay and WeightDecay are one word. */
function plainWord(name: string): string {
  return name.replace(/[_\- ]/g, "").toLowerCase();
}
