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
  /** Positional arguments and options. */
  readonly all: Declared;
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
    this.all = { ...positional, ...options };
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
    for (const [i, name] of names.entries()) settings[name] = givenOrDefault(this.op, name, args[i], this.positional[name]);
    return Object.assign(settings, takesOptions ? this.readOptions(args[names.length]) : undefined) as SettingsOf<Declaration<O, P>>;
  }

  #settings(given: unknown, known: Declared, op: string): Record<string, unknown> {
    if (!isPlain(given))
      throw new ArgumentError(message(op, `the options are ${kindText(given)}; expected an object`, example(known, given)));
    for (const name of Object.keys(given)) if (!Object.hasOwn(known, name)) throw unknownOption(op, name, known, this.positional);
    const settings: Record<string, unknown> = {};
    for (const name of Object.keys(known)) settings[name] = givenOrDefault(op, name, given[name], known[name]);
    return settings;
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

/** The value that was given, or the default. @throws ArgumentError for a value outside its range, or none where there is no default */
function givenOrDefault(op: string, name: string, value: unknown, declared: Option<unknown, boolean>): unknown {
  if (value === undefined && !declared.required) return declared.default;
  checkValue(op, name, value, declared);
  return value;
}
