import { ArgumentError } from "../errors/errors.js";
import { didYouMean, message } from "../errors/message.js";

/** What is known of a name: the words that others have for it, and the names that it had. */
export interface Words {
  readonly aka?: readonly string[];
  readonly formerly?: readonly string[];
}

/** The error for an option that nobody declared, with the one that was meant. */
export function unknownOption(op: string, name: string, known: Readonly<Record<string, Words>>): ArgumentError {
  const names = Object.keys(known);
  const list = names.length === 0 ? "It takes none." : `Known: ${names.join(", ")}.`;
  return new ArgumentError(message(op, `unknown option "${name}"`, list + meant(name, known)));
}

/**
 * ` Did you mean "epsilon"?`, for another library's word, another spelling, or a name that is close; ` It is called "bias" now.` for
 * a name of an earlier version; nothing where no known name is near.
 */
export function meant(name: string, known: Readonly<Record<string, Words>>): string {
  const names = Object.keys(known);
  const renamed = names.find((candidate) => known[candidate].formerly?.includes(name));
  if (renamed !== undefined) return ` It is called "${renamed}" now.`;
  const word = plainWord(name);
  const spellings = (candidate: string): string[] => [candidate, ...(known[candidate].aka ?? []), ...(known[candidate].formerly ?? [])];
  const same = names.find((candidate) => spellings(candidate).some((spelling) => plainWord(spelling) === word));
  return same === undefined ? didYouMean(name, names) : ` Did you mean "${same}"?`;
}

/** A name without the marks of a style: weight_decay, weightDecay and WeightDecay are one word. */
function plainWord(name: string): string {
  return name.replace(/[_\- ]/g, "").toLowerCase();
}
