import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";

/**
 * An option that takes an object of a class, or plainly what the class is made of: `checkpoint: new Checkpoint({ … })`, `checkpoint: { … }`.
 *
 * Where the main door is loaded whole, it tells the class: see src/whole.ts. A bundle carries the class only where the program imports it, and
 * then takes its objects.
 */
export class Plainly<T extends object, Made = T> {
  #make: ((given: never) => Made) | null = null;

  /**
   * @param type the name of the class
   * @param method a method that tells its objects, since the class is not at hand
   */
  constructor(
    private readonly type: string,
    private readonly method: keyof T & string,
  ) {}

  /** Tells the class, or how else an object is made of what is given plainly. */
  know(make: (given: never) => Made): void {
    this.#make = make;
  }

  /** The object that is given, or made of what is given. @throws ArgumentError in a bundle, and what the class throws */
  take(op: string, option: string, given: unknown): T | Made {
    if (typeof (given as Partial<Record<string, unknown>>)[this.method] === "function") return given as T;
    if (this.#make !== null) return this.#make(given as never);
    const mend = `A bundle takes an object: import ${this.type} and write ${option}: new ${this.type}({ … }).`;
    throw new ArgumentError(message(op, `${option} is ${kindText(given)}`, mend));
  }
}
