import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import type { AnyDeclaration, SettingsOf } from "../options/declare.js";
import { isPlain } from "../options/plain.js";
import { argumentsOf, savedSettings } from "../options/settings.js";

/** What a preprocessor is saved as: plain JSON. */
export interface PreprocessorJson {
  /** The name of the class. */
  readonly type: string;
  /** What the constructor is called with. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What `fit` has learned; null before. */
  readonly state: unknown;
}

/** Makes a preprocessor of its JSON. */
export type Revive = (json: unknown) => Step;

/** What a `Pipeline` may consist of: preprocessors, and those that learn asynchronously, such as `PCA`. */
export interface Step {
  fit(x: never): unknown;
  transform(x: never): unknown;
  inverse(z: never): unknown;
  toJSON(): { readonly type: string };
  readonly fitted?: boolean;
}

/** A class of preprocessors. */
export interface PreprocessorClass {
  readonly declaration: AnyDeclaration;
  // biome-ignore lint/suspicious/noExplicitAny: classes take data of their own kinds
  fromJSON(json: any, revive: Revive): Step;
}

/**
 * What turns data into numbers that a model likes: it learns of the training data in `fit`, and does the same to any other data in `transform`.
 * What it has learned is saved as JSON, by itself or with a model: `model.metadata.preprocessing = JSON.stringify(scaler)`; `preprocessorFrom`
 * makes the same of it again.
 *
 * @example
 * const scaler = new StandardScaler().fit(x);
 * const again = preprocessorFrom(JSON.stringify(scaler));
 */
export abstract class Preprocessor<In = unknown, Out = unknown, D extends AnyDeclaration = AnyDeclaration> {
  static readonly declaration: AnyDeclaration;
  readonly #settings: SettingsOf<D>;

  /** @param given `arguments.length` of the constructor @param args its arguments @throws ArgumentError */
  constructor(given: number, ...args: unknown[]) {
    const { declaration } = new.target as unknown as { declaration?: D };
    if (declaration === undefined)
      throw new ArgumentError(
        message(new.target.name, "it declares no options", "Write static declaration = options.declare(name, {…}) in your class."),
      );
    checkArity(declaration.op, given, args.length);
    this.#settings = Object.freeze(declaration.read(args)) as SettingsOf<D>;
  }

  /** The preprocessor of what `toJSON` gave. @throws ArgumentError */
  static fromJSON(json: PreprocessorJson, _revive: Revive): Preprocessor {
    // biome-ignore-start lint/complexity/noThisInStatic: a class that inherits this makes its own
    const { declaration } = this as unknown as PreprocessorClass;
    const Class = this as unknown as new (...args: unknown[]) => Preprocessor;
    // biome-ignore-end lint/complexity/noThisInStatic: until here
    const made = new Class(...argumentsOf(declaration, json.config));
    if (json.state !== null && !isPlain(json.state)) throw made.damaged(`the state is ${kindText(json.state)}; expected an object`);
    if (json.state !== null) made.restore(json.state as Record<string, unknown>);
    return made;
  }

  /** Learns of training data; what was learned before is forgotten. @returns this @throws ArgumentError, ShapeError; nothing is changed */
  abstract fit(x: In): this;

  /** Does to data what was learned. @throws ArgumentError before `fit`, and for data of another kind */
  abstract transform(x: In): Out;

  /** Whether `fit` has run. */
  abstract get fitted(): boolean;

  /** `fit`, and `transform` of the same data. */
  fitTransform(x: In): Out {
    checkArity("fitTransform", arguments.length, 1);
    return this.fit(x).transform(x);
  }

  /** Takes `transform` back. @throws ArgumentError where that cannot be done */
  inverse(_z: Out): In {
    throw new ArgumentError(message(`${this.op}.inverse`, "what it does cannot be taken back"));
  }

  /** What `preprocessorFrom` makes the same of. */
  toJSON(): PreprocessorJson {
    return { type: this.op, config: this.config(), state: this.fitted ? this.state() : null };
  }

  /** What `fit` has learned, as JSON. */
  protected abstract state(): Record<string, unknown>;

  /** Takes over what `state` gave. @throws ArgumentError if it is damaged */
  protected abstract restore(state: Readonly<Record<string, unknown>>): void;

  protected get op(): string {
    return this.#declaration.op;
  }

  protected get settings(): SettingsOf<D> {
    return this.#settings;
  }

  protected config(): Record<string, unknown> {
    return savedSettings(this.#declaration, this.#settings);
  }

  /** @throws ArgumentError before `fit` */
  protected needFit(method: string): void {
    if (this.fitted) return;
    throw new ArgumentError(message(`${this.op}.${method}`, "it has not learned anything yet", "Call fit(trainingData) first."));
  }

  protected damaged(problem: string): ArgumentError {
    return new ArgumentError(message(`${this.op}.fromJSON`, problem, "Pass what toJSON gave."));
  }

  get #declaration(): AnyDeclaration {
    return (this.constructor as unknown as PreprocessorClass).declaration;
  }
}
