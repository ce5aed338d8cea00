import { ArgumentError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { type Declaration, type Declared, declare, type SettingsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { checkTensorArity } from "../tensor/check.js";

/** One axis, several, or all (undefined); an empty list reduces nothing. Negative ones count from the end. */
export type Axes = number | readonly number[];

/** Options beside which the axes stand too: `sum({ axes: [0, 1], keepDims: true })`. */
export type WithAxes<Options> = Options & {
  /** One axis or several. Default all. */
  axes?: Axes;
};

/** Options beside which the axis stands too: `sort({ axis: 0, descending: true })`. */
export type WithAxis<Options> = Options & {
  /** The axis to work along. Default as without options. */
  axis?: number;
};

/** What an operation is told: the axes, unchecked, and the options with their defaults filled in. */
export interface Told<Axis, Settings> {
  readonly axes: Axis | undefined;
  readonly options: Settings;
}

/**
 * The last arguments of an operation that works along axes: `(axes?, options?)`, or one options object that names the axes too.
 * Reductions, extremes and sorts all read theirs with it.
 */
export class AxesArguments<Axis extends Axes, O extends Declared> {
  readonly #options: Declaration<O>;
  readonly #named: Declaration<Declared>;
  readonly #standard: Told<Axis, SettingsOf<Declaration<O>>>;

  /**
   * @param op the name in errors
   * @param name what the options call the axes
   * @param options all others
   * @param before number of arguments in front of the axes, the tensor included
   * @param formerly today's arguments for two numbers of an earlier version, whose order was another
   */
  constructor(
    readonly op: string,
    readonly name: "axes" | "axis",
    options: O,
    readonly before = 1,
    readonly formerly?: (first: string, second: number) => string,
  ) {
    this.#options = declare(op, options);
    // The axes themselves are checked against the tensor's shape, later.
    this.#named = declare<Declared>(op, { [name]: option<unknown, object>("an axis", () => true, {}), ...options });
    this.#standard = { axes: undefined, options: this.#options.readOptions(undefined) };
  }

  /**
   * @param given `arguments.length` of the call
   * @throws ArgumentError for an argument too many, what is no options object, an unknown option or a wrong value
   */
  read(given: number, axes: Axis | object | undefined, options: object | undefined): Told<Axis, SettingsOf<Declaration<O>>> {
    if (options !== undefined && !isPlain(options)) throw this.#noOptions(axes, options);
    if (given > this.before + 2) checkTensorArity(this.op, given, this.before + 2);
    if (axes === undefined && options === undefined) return this.#standard;
    if (!isPlain(axes)) return { axes: axes as Axis | undefined, options: this.#options.readOptions(options) };
    if (options !== undefined) {
      const text = `an options object stands where the ${this.name} stand, and another behind it; expected one`;
      throw new ArgumentError(message(this.op, text, `Write ${this.op}(${this.name}, { … }) or ${this.op}({ ${this.name}: …, … }).`));
    }
    const { [this.name]: named, ...rest } = this.#named.readOptions(axes) as Record<string, unknown>;
    return { axes: named as Axis | undefined, options: rest as SettingsOf<Declaration<O>> };
  }

  /** Something else than an object stands where the options stand, as in earlier versions: sum(1, true). */
  #noOptions(axes: unknown, value: unknown): ArgumentError {
    const meant = Object.keys(this.#options.options).find((name) => this.#options.options[name].holds(value));
    const [name, text] = meant === undefined ? [Object.keys(this.#options.options)[0], "…"] : [meant, String(value)];
    const first = typeof axes === "number" ? String(axes) : Array.isArray(axes) ? shapeText(axes.map(kindText)) : this.name;
    const today = `${this.before > 1 ? "…, " : ""}${first}, { ${name}: ${text} }`;
    const written = typeof value === "number" ? (this.formerly?.(first, value) ?? today) : today;
    return new ArgumentError(message(this.op, `the options are ${kindText(value)}; expected an object`, `Write ${this.op}(${written}).`));
  }
}
