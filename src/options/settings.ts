import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { AnyDeclaration } from "./declare.js";
import { checkValue } from "./option.js";
import { isPlain } from "./plain.js";
import { unknownOption } from "./unknown.js";

/** What becomes of settings that were read: they are changed, saved and made again. Apart from `declare.ts`: most programs do neither. */

/** Checks values that are set after the call whose arguments were read. @throws ArgumentError */
export function checkSettings({ op: own, all }: AnyDeclaration, values: Readonly<Record<string, unknown>>, op: string = own): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(all, name)) throw unknownOption(op, name, all);
    if (value !== undefined || all[name].required) checkValue(op, name, value, all[name]);
  }
}

/** What a saved model holds of the settings: functions cannot be saved, and what has no value need not be. */
export function savedSettings({ all }: AnyDeclaration, settings: object): Record<string, unknown> {
  const values = Object.entries(settings).map(([name, value]) => [name, savedValue(all[name], value)] as const);
  return Object.fromEntries(values.filter(([name, value]) => all[name].saved && value !== undefined && typeof value !== "function"));
}

function savedValue({ saved }: AnyDeclaration["all"][string], value: unknown): unknown {
  return typeof saved === "function" ? saved(value) : value;
}

/** Names of the settings that are functions, which no file can hold; those that only gave initial values are not among them. */
export function functionSettings({ all }: AnyDeclaration, settings: object): string[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    typeof savedValue(all[name], value) === "function" && !all[name].initial ? [name] : [],
  );
}

/**
 * The arguments that make the same again, from what a file holds; names of earlier versions are read as today's.
 * @throws ArgumentError for a config that is no object and for a name that no version knew; values are checked by the call itself
 */
export function argumentsOf(declaration: AnyDeclaration, config: unknown): unknown[] {
  const { op, options: declared, positional } = declaration;
  if (!isPlain(config)) throw new ArgumentError(message(op, `its config is ${kindText(config)}; expected an object`));
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(config)) options[nameOfToday(declaration, name)] = value;
  const args = Object.keys(positional).map((name) => {
    const value = options[name];
    delete options[name];
    return value;
  });
  return Object.keys(declared).length > 0 ? [...args, options] : args;
}

function nameOfToday({ op, all }: AnyDeclaration, name: string): string {
  if (Object.hasOwn(all, name)) return name;
  const renamed = Object.entries(all).find(([, { formerly }]) => formerly.includes(name));
  if (renamed === undefined) throw unknownOption(op, name, all);
  return renamed[0];
}
