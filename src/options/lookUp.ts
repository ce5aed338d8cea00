import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isPlain } from "./plain.js";
import { meant, type Words } from "./unknown.js";

/** A thing by its name, or with options: "adam", { name: "leakyRelu", slope: 0.1 }. */
export type Named<Name extends string = string> = Name | ({ name: Name } & Record<string, unknown>);

/**
 * Looks a name up in a module's exports: the module is the registry, so that nothing has to be registered. What is exported may have
 * a property `aka`, the words of other libraries for it; an error for one of them names ours.
 * @param alternatives what may be given instead of a name, as the error says it: "a name, { name, … } or an optimizer"
 * @param elsewhere where other names may be found, as the error says it
 * @returns what is exported under that name, and the options given beside the name
 * @throws ArgumentError for anything but a known name, with the name that was meant
 */
export function lookUp<T>(
  op: string,
  what: string,
  table: Readonly<Record<string, T>>,
  spec: Named,
  alternatives = "a name or { name, … }",
  elsewhere = "",
): { found: T; name: string; options: Record<string, unknown> } {
  const { name, ...options } = typeof spec === "string" ? { name: spec } : isPlain(spec) ? spec : {};
  if (typeof name !== "string") throw new ArgumentError(message(op, `the ${what} is ${kindText(spec)}; expected ${alternatives}`));
  if (!Object.hasOwn(table, name)) {
    const known = `Known: ${Object.keys(table).join(", ")}.`;
    const hint = meant(name, table as unknown as Readonly<Record<string, Words>>);
    throw new ArgumentError(message(op, `unknown ${what} "${name}"`, [hint.trim(), known, elsewhere].filter(Boolean).join(" ")));
  }
  return { found: table[name], name, options };
}
