import { ArgumentError } from "./errors.js";
import { didYouMean, kindText, message } from "./message.js";

/** @throws ArgumentError unless `options` is an object whose every key is known. */
export function checkOptions(op: string, options: object, known: readonly string[]): void {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new ArgumentError(
      message(op, `the options are ${kindText(options)}; expected an object`, known.length > 0 ? `Write { ${known[0]}: … }.` : undefined),
    );
  }
  const list = known.length > 0 ? `Known: ${known.join(", ")}.` : "It takes none.";
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new ArgumentError(message(op, `unknown option "${name}"`, list + didYouMean(name, known)));
    }
  }
}

/** @throws ArgumentError unless `value` is an array. The message has the argument's name and an example of it. */
export function checkArray(op: string, name: string, value: unknown, example: string): void {
  if (Array.isArray(value)) return;
  throw new ArgumentError(message(op, `${name} is ${kindText(value)}; expected an array`, `Write ${example}.`));
}

/** Whether `value` is a promise, of JavaScript or of a library: anything with a method `then`. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
