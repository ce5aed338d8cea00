import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { Tensor } from "./tensor.js";

/** Marks what stands for a tensor while a model is described, and has no elements yet. */
export const SYMBOLIC = Symbol("symbolic");

/** What stands for a tensor: it describes the call of an operation, where a tensor computes it. */
interface Symbolic {
  readonly [SYMBOLIC]: (op: string, args: readonly unknown[]) => unknown;
}

/**
 * @param name the name of the operand
 * @param layer the layer that does the same as an operation that no symbolic tensor has
 * @throws ArgumentError unless `x` is a tensor
 */
export function checkTensor(op: string, name: string, x: unknown, layer?: string): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw notTensor(op, name, x, layer);
}

/**
 * How an operation ends that was given something else than a tensor: a symbolic tensor describes the call.
 * @param name the operand's name
 * @param args the arguments of the operation
 * @throws ArgumentError unless `x` is a symbolic tensor
 */
export function describeCall<Result>(op: string, name: string, x: unknown, args: readonly unknown[]): Result {
  if (isSymbolic(x)) return x[SYMBOLIC](op, args) as Result;
  throw notTensor(op, name, x);
}

function notTensor(op: string, name: string, x: unknown, layer?: string): ArgumentError {
  const described =
    layer === undefined ? "It describes a Model; its elements come with fit and predict." : `Use the layer: new ${layer}(…).forward(x).`;
  const mend = isSymbolic(x) ? described : (chooseMend(x) ?? "Wrap it with tensor(…).");
  return new ArgumentError(message(op, `${name} is ${operandText(x)}; expected a tensor`, mend));
}

/** How to mend what a layer with several results returned, of which its user forgot to choose a tensor; undefined: it is no such thing. */
export function chooseMend(x: unknown): string | undefined {
  if (typeof x !== "object" || x === null || !("output" in x)) return undefined;
  return "last" in x ? "Pass its output, or its last." : "Pass its output.";
}

/** @throws ArgumentError unless `f` is a function that can be called without `new`; `example` says how the call looks. */
export function checkFunction(op: string, name: string, f: unknown, example: string): void {
  // A class says so in its source.
  const isClass = typeof f === "function" && /^class\b/.test(`${f}`);
  if (typeof f !== "function" || isClass)
    throw new ArgumentError(message(op, `${name} is ${isClass ? "a class" : operandText(f)}; expected a function`, `Write ${example}.`));
}

/** A function that reads its inputs from where it is written: nothing is handed to it. @throws ArgumentError for anything else */
export function checkClosure(op: string, name: string, f: unknown, example: string): void {
  checkFunction(op, name, f, example);
  if ((f as () => unknown).length === 0) return;
  throw new ArgumentError(message(op, `${name} has a parameter, and nothing is handed to it`, `Write ${example}.`));
}

/** One tensor or several as a list. @throws ArgumentError for anything else; `name` is the plural that the operation uses */
export function tensorList(op: string, name: string, x: unknown): readonly Tensor[] {
  if (x instanceof Tensor) return [x];
  if (!Array.isArray(x)) {
    throw new ArgumentError(message(op, `${name} is ${operandText(x)}; expected a tensor or an array of tensors`));
  }
  for (let i = 0; i < x.length; i++) checkTensor(op, `${name}[${i}]`, x[i]);
  return x;
}

/** Whether `value` stands for a tensor that is not there yet. */
export function isSymbolic(value: unknown): value is Symbolic {
  return typeof value === "object" && value !== null && SYMBOLIC in value;
}

/**
 * Refuses more arguments than an operation takes. JavaScript would ignore them, and a mistake would go unnoticed.
 * @param given `arguments.length`, which includes the tensor
 * @param most the most arguments that the operation takes, the tensor included
 * @throws ArgumentError. It counts the arguments behind the tensor, which are the same in x.op(…) and op(x, …)
 */
export function checkTensorArity(op: string, given: number, most: number): void {
  if (given <= most) return;
  const [behind, takes] = [given - 1, most - 1];
  const stand = behind === 1 ? "1 argument stands" : `${behind} arguments stand`;
  throw new ArgumentError(message(op, `${stand} behind the tensor; it takes ${takes === 0 ? "none" : `at most ${takes}`}`));
}

/** What was passed where a tensor may stand. */
export function operandText(value: unknown): string {
  return isSymbolic(value) ? "a symbolic tensor, which has no elements yet" : kindText(value);
}

/** Element i for a message, or "?" where it belongs to a captured step, which does not keep it. */
export function elementText(x: Tensor, i: number): string {
  const { storage } = x;
  return storage.at === 0 && storage.host === null ? "?" : String(storage.read(i));
}
