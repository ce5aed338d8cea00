import { ArgumentError } from "../../errors/errors.js";
import { didYouMean, kindText, message } from "../../errors/message.js";
import { isPlain } from "../../options/plain.js";

/** What is to be shown: names of the library's, or functions of one's own by the names under which they are drawn. */
export type Shown<F> = string | readonly string[] | Readonly<Record<string, F>>;

/**
 * What is shown, by name.
 * @param what a word for one of them in errors
 * @param known the library's by name
 * @param own makes of a function what the library's are
 * @throws ArgumentError for an unknown name, or what is neither names nor functions
 */
export function shownOf<F, T>(
  op: string,
  what: string,
  given: Shown<F>,
  known: Readonly<Record<string, T>>,
  own: (f: F) => T,
): [name: string, shown: T][] {
  const names = typeof given === "string" ? [given] : given;
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string")) {
    return names.map((name: string) => {
      if (Object.hasOwn(known, name)) return [name, known[name]];
      const all = Object.keys(known);
      throw new ArgumentError(
        message(op, `there is no ${what} ${name}`, `${didYouMean(name, all).trim()} Known: ${all.join(", ")}.`.trim()),
      );
    });
  }
  const entries = isPlain(given) ? Object.entries(given as Readonly<Record<string, F>>) : [];
  if (entries.length > 0 && entries.every(([, f]) => typeof f === "function")) return entries.map(([name, f]) => [name, own(f)]);
  throw new ArgumentError(message(op, `what is shown is ${kindText(given)}; expected names, or functions by name`));
}
