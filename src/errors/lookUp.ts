import { ArgumentError } from "./errors.js";
import { didYouMean, message } from "./message.js";

/** A thing by its name, or with options: "adam", { name: "leakyRelu", slope: 0.1 }. */
export type Named<Name extends string = string> = Name | ({ name: Name } & Record<string, unknown>);

/**
 * Looks a name up in a module's exports: the module is the registry, so that nothing has to be registered.
 * @returns what is exported under that name, and the options given beside the name
 * @throws ArgumentError with the nearest known name
 */
export function lookUp<T>(op: string, what: string, table: Record<string, T>, spec: Named): { found: T; options: Record<string, unknown> } {
  const { name, ...options } = typeof spec === "string" ? { name: spec } : spec;
  const known = Object.keys(table);
  if (typeof name !== "string" || !Object.hasOwn(table, name)) {
    throw new ArgumentError(
      message(op, `unknown ${what} "${String(name)}"`, `${didYouMean(String(name), known).trim()} Known: ${known.join(", ")}.`.trim()),
    );
  }
  return { found: table[name], options };
}
