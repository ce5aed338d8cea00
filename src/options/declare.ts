import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { tooMany } from "./arity.js";
import { checkValue, type Option } from "./option.js";
import { isPlain } from "./plain.js";
import { unknownOption } from "./unknown.js";

/** A declaration of any options. */
export type AnyDeclaration = Declaration<Declared, Declared>;

/** Options by name. */
export type Declared = Readonly<Record<string, Option<unknown, boolean>>>;

type RequiredKeys<O extends Declared> = { [K in keyof O]: O[K]["required"] extends true ? K : never }[keyof O];

/**
 * The type that a user gives: every option with its documentation, optional unless it is declared as required.
 *
 *     export interface DropoutOptions extends OptionsOf<typeof DROPOUT> {}
 */
export type OptionsOf<D> = D extends Declaration<infer O, infer _> ? GivenOf<O> : never;

/** Without an intersection where nothing is required: TypeScript then refuses true or 1 where the options stand. */
type GivenOf<O extends Declared> = [RequiredKeys<O>] extends [never]
  ? { [K in keyof O]?: ValueOf<O[K]> }
  : { [K in keyof O as K extends RequiredKeys<O> ? never : K]?: ValueOf<O[K]> } & { [K in RequiredKeys<O>]: ValueOf<O[K]> };

type ValueOf<X> = X extends Option<infer T, boolean> ? T : never;

/** All options with their values, defaults filled in; the positional arguments among them. */
export type SettingsOf<D> = D extends Declaration<infer O, infer P> ? { readonly [K in keyof (O & P)]: ValueOf<(O & P)[K]> } : never;

/**
 * The options of a layer, an optimizer, a loss or a function, declared once: from this one place come their type with its
 * documentation, the defaults, the known names, every check with its error, the hints for other libraries' words, and what a saved
 * model holds.
 */
export class Declaration<O extends Declared, P extends Declared = Record<never, never>> {
  readonly #all: Declared;
  readonly #defaults: Readonly<Record<string, unknown>>;
  readonly #needsOptions: boolean;

  /**
   * @param op the name in errors
   * @param options by name
   * @param positional arguments in front of the options, in their order
   */
  constructor(
    readonly op: string,
    readonly options: O,
    readonly positional: P,
  ) {
    this.#all = { ...positional, ...options };
    this.#needsOptions = Object.values(options).some(({ required }) => required);
    this.#defaults = Object.freeze(Object.fromEntries(Object.entries(options).map(([name, declared]) => [name, declared.default])));
  }

  /** The options with their defaults filled in. @throws ArgumentError for an unknown name or a value outside its range */
  readOptions(given: unknown, op: string = this.op): SettingsOf<Declaration<O>> {
    if (given === undefined && !this.#needsOptions) return this.#defaults as SettingsOf<Declaration<O>>;
    return this.#settings(given === undefined ? {} : given, this.options, op) as SettingsOf<Declaration<O>>;
  }

  /**
   * Positional arguments and options of a call, with their defaults filled in.
   * @param args `arguments` of the constructor or function
   * @throws ArgumentError for an argument too many, a missing or wrong one, and as `readOptions`
   */
  read(args: ArrayLike<unknown>): SettingsOf<Declaration<O, P>> {
    const names = Object.keys(this.positional);
    const takesOptions = Object.keys(this.options).length > 0;
    const most = names.length + Number(takesOptions);
    if (args.length > most) throw tooMany(this.op, args.length, most);
    const settings: Record<string, unknown> = {};
    for (const [i, name] of names.entries()) settings[name] = this.#value(this.op, name, args[i], this.positional[name]);
    return Object.assign(settings, takesOptions ? this.readOptions(args[names.length]) : undefined) as SettingsOf<Declaration<O, P>>;
  }

  /** Checks values that are set after the call that `read` has checked. @throws ArgumentError */
  check(values: Readonly<Record<string, unknown>>, op: string = this.op): void {
    for (const [name, value] of Object.entries(values)) {
      if (!Object.hasOwn(this.#all, name)) throw unknownOption(op, name, this.#all);
      this.#value(op, name, value, this.#all[name]);
    }
  }

  /** What a saved model holds of the settings. */
  saved(settings: object): Record<string, unknown> {
    const values = settings as Record<string, unknown>;
    return Object.fromEntries(Object.keys(this.#all).flatMap((name) => (this.#isSaved(name, values[name]) ? [[name, values[name]]] : [])));
  }

  /** Names of the settings that are functions, which no file can hold; those that only gave initial values are not among them. */
  functions(settings: object): string[] {
    const values = settings as Record<string, unknown>;
    return Object.keys(this.#all).filter((name) => typeof values[name] === "function" && !this.#all[name].initial);
  }

  /**
   * The arguments that make the same again, from what a file holds; names of earlier versions are read as today's.
   * @throws ArgumentError for a config that is no object and for a name that no version knew; values are checked by the call itself
   */
  argumentsOf(config: unknown): unknown[] {
    if (!isPlain(config)) throw new ArgumentError(message(this.op, `its config is ${kindText(config)}; expected an object`));
    const options: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(config)) options[this.#today(name)] = value;
    const positional = Object.keys(this.positional).map((name) => {
      const value = options[name];
      delete options[name];
      return value;
    });
    return Object.keys(this.options).length > 0 ? [...positional, options] : positional;
  }

  #settings(given: unknown, known: Declared, op: string): Record<string, unknown> {
    if (!isPlain(given))
      throw new ArgumentError(message(op, `the options are ${kindText(given)}; expected an object`, example(known, given)));
    for (const name of Object.keys(given)) if (!Object.hasOwn(known, name)) throw unknownOption(op, name, known);
    const settings: Record<string, unknown> = {};
    for (const name of Object.keys(known)) settings[name] = this.#value(op, name, given[name], known[name]);
    return settings;
  }

  #value(op: string, name: string, value: unknown, declared: Option<unknown, boolean>): unknown {
    if (value === undefined && !declared.required) return declared.default;
    checkValue(op, name, value, declared);
    return value;
  }

  /** Functions cannot be saved; what has no value need not be. */
  #isSaved(name: string, value: unknown): boolean {
    return this.#all[name].saved && value !== undefined && typeof value !== "function";
  }

  #today(name: string): string {
    if (Object.hasOwn(this.#all, name)) return name;
    const renamed = Object.entries(this.#all).find(([, { formerly }]) => formerly.includes(name));
    if (renamed === undefined) throw unknownOption(this.op, name, this.#all);
    return renamed[0];
  }
}

/**
 * Declares the options of a layer, an optimizer, a loss or a function.
 *
 *     const DROPOUT = declare("Dropout", {}, { p: number({ default: 0.5, min: 0, max: 1, aka: ["rate"] }) });
 *     const { p } = DROPOUT.read([0.2]);
 *
 * @param op the name in errors
 * @param options by name, each with a doc comment that ends in its default
 * @param positional arguments in front of the options, in their order
 */
export function declare<const O extends Declared, const P extends Declared = Record<never, never>>(
  op: string,
  options: O,
  positional: P = {} as P,
): Declaration<O, P> {
  return new Declaration(op, options, positional);
}

/** How options are written, with the value that stood in their place where only one of them can be meant. */
function example(known: Declared, given: unknown): string | undefined {
  const names = Object.keys(known);
  if (names.length === 0) return undefined;
  const primitive = ["string", "boolean"].includes(typeof given) || (typeof given === "number" && names.length === 1);
  const meant = primitive ? names.filter((name) => known[name].holds(given)) : [];
  return meant.length === 1 ? `Write { ${meant[0]}: ${kindText(given)} }.` : `Write { ${names[0]}: … }.`;
}
