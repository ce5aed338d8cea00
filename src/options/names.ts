import type { Named } from "./lookUp.js";
import { lookUp } from "./lookUp.js";

/**
 * What strings stand for: "adam", { name: "huber", delta: 0.5 }. Each family has a table of names.
 *
 * It begins with the common ones, which every program carries that looks a name up. Where the main door is loaded whole, it gets all
 * the others: see src/whole.ts. A bundle leaves them out, so that a program holds no losses, optimizers and layers that it never names.
 */
export class Names<T> {
  #table: Readonly<Record<string, T>>;
  #whole = false;
  #others: Readonly<Record<string, string>> = {};

  /**
   * @param what one of the family, as errors call it: "loss"
   * @param common what is known in every bundle, by name
   * @param alternatives what may be given instead of a name, as the error says it
   */
  constructor(
    private readonly what: string,
    common: Readonly<Record<string, T>>,
    private readonly alternatives?: string,
  ) {
    this.#table = common;
  }

  /** Everything that is known now. */
  get table(): Readonly<Record<string, T>> {
    return this.#table;
  }

  /** Makes more known. @param whole whether it is the whole family, which is the default */
  add(more: Readonly<Record<string, T>>, whole = true): void {
    this.#table = { ...this.#table, ...more };
    this.#whole ||= whole;
  }

  /** Tells what names stand for that are none of the family: in lower case, with a sentence each for the error. */
  explain(others: Readonly<Record<string, string>>): void {
    this.#others = others;
  }

  /** What the family's names have in a bundle to be told by their error; nothing where all are known. */
  get elsewhere(): string {
    return this.#whole ? "" : `A bundle knows the common ones only: import another ${this.what} and pass it itself.`;
  }

  /** The thing of that name, and the options given beside the name. @throws ArgumentError for anything but a known name */
  lookUp(op: string, spec: Named, what: string = this.what): { found: T; name: string; options: Record<string, unknown> } {
    const name = String(typeof spec === "string" ? spec : spec?.name).toLowerCase();
    return lookUp(op, what, this.#table, spec, this.alternatives, this.#others[name] ?? this.elsewhere);
  }
}
