import { mode } from "../graph/mode.js";
import { einsum } from "../ops/einsum.js";
import { concat, stack } from "../ops/joining.js";
import { families } from "../ops/methods.js";

type Run = (...args: never[]) => unknown;

/**
 * The operations by name: the functions that are methods of a tensor, and those that take several tensors alike. Where the main door is
 * loaded whole, all others are added.
 */
export const operations: Map<string, Run> = new Map<string, Run>([
  ...families.flatMap((family) => Object.entries(family) as [string, Run][]),
  ["concat", concat],
  ["stack", stack],
  ["einsum", einsum],
]);

/** Makes more operations known. @param all by name */
export function knowOperations(all: object): void {
  for (const [name, run] of Object.entries(all)) operations.set(name, run);
}

/** Operations that no rehearsal can run, since they read or make data: the result has the shape and the type of the operand. */
const ALIKE: ReadonlySet<string> = new Set(["detach", "clone", "zerosLike", "onesLike"]);

/** The result of an operation: a tensor, an array of tensors, or an object of tensors. */
export function runOperation(name: string, args: readonly unknown[]): unknown {
  if (mode.rehearsal !== null && ALIKE.has(name) && args.length === 1) return args[0];
  return (operations.get(name) as (...args: unknown[]) => unknown)(...args);
}
