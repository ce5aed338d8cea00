import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { Tensor } from "./tensor.js";

/** @throws ArgumentError unless `x` is a tensor; `name` is what the operation calls it. */
export function checkTensor(op: string, name: string, x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor))
    throw new ArgumentError(message(op, `${name} is ${operandText(x)}; expected a tensor`, "Wrap it with tensor(…)."));
}

/**
 * Refuses an argument too many of an operation: what nobody reads would go unnoticed.
 * @param given `arguments.length`, the tensor among them @param most what the operation takes, the tensor included
 * @throws ArgumentError that counts what stands behind the tensor, as x.op(…) and op(x, …) both write it
 */
export function checkArity(op: string, given: number, most: number): void {
  if (given <= most) return;
  const [behind, takes] = [given - 1, most - 1];
  const stand = behind === 1 ? "1 argument stands" : `${behind} arguments stand`;
  throw new ArgumentError(message(op, `${stand} behind the tensor; it takes ${takes === 0 ? "none" : `at most ${takes}`}`));
}

/** What was passed, a tensor told from other objects. */
export function operandText(value: unknown): string {
  return value instanceof Tensor ? "a tensor" : kindText(value);
}

/** @throws ArgumentError unless `value` is a number for which `holds` is true; NaN is none. */
export function checkNumber(
  op: string,
  name: string,
  value: unknown,
  expected: string,
  holds: (value: number) => boolean = () => true,
): void {
  if (typeof value === "number" && !Number.isNaN(value) && holds(value)) return;
  throw new ArgumentError(message(op, `${name} is ${operandText(value)}; expected ${expected}`));
}

/** Element i for a message; "?" where a captured step has not kept it. */
export function elementText(x: Tensor, i: number): string {
  const { storage } = x;
  return storage.at === 0 && storage.host === null ? "?" : String(storage.read(i));
}
