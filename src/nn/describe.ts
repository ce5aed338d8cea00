import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { rehearse } from "../graph/rehearse.js";
import { SYMBOLIC } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { mapArguments } from "./arguments.js";
import { Operation } from "./layers/operation.js";
import { operations, runOperation } from "./operations.js";
import { noElements, SymbolicTensor } from "./symbolic.js";

/** Describes the call of an operation. @returns what the operation returns, with symbolic tensors in the place of tensors */
function describe(op: string, args: readonly unknown[]): unknown {
  if (!operations.has(op)) throw unknownOperation(op);
  // Operations count their arguments: those that were not given are left out.
  const given = [...args];
  while (given.length > 1 && given.at(-1) === undefined) given.pop();
  const symbols: SymbolicTensor[] = [];
  const withSymbols = (replace: (symbol: SymbolicTensor) => unknown): unknown[] =>
    mapArguments(given, (value, inside) => (value instanceof SymbolicTensor ? replace(value) : inside()));
  const template = withSymbols((symbol) => {
    if (!symbols.includes(symbol)) symbols.push(symbol);
    return { input: symbols.indexOf(symbol) };
  });
  // The operation itself refuses wrong arguments, and shows in which form its results come.
  const form = rehearse(
    symbols.map(({ shapes, dtype }) => ({ shape: shapes[0], dtype })),
    (...operands) =>
      runOperation(
        op,
        withSymbols((symbol) => operands[symbols.indexOf(symbol)]),
      ),
  );
  const results = [new Operation(op, template).forward(...(symbols as unknown as Tensor[]))].flat();
  if (form instanceof Tensor) return results[0];
  return Array.isArray(form) ? results : Object.fromEntries(Object.keys(form as object).map((key, i) => [key, results[i]]));
}

/** The error for an operation that is no method, and whose name a bundle does not know. */
function unknownOperation(op: string): ArgumentError {
  const mend = "Compute it in the forward of a Module, or build without a bundler.";
  return new ArgumentError(message(op, "a symbolic tensor stands for data; a bundle knows those operations only that are methods", mend));
}

let attached = false;

/** Gives symbolic tensors the methods of tensors. Once, at the first use: by then Tensor has all of them. */
export function attachMethods(): void {
  if (attached) return;
  attached = true;
  const { prototype } = SymbolicTensor;
  Object.defineProperty(prototype, SYMBOLIC, { value: describe });
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype))) {
    if (Object.hasOwn(prototype, name)) continue;
    const refuse = (): never => {
      throw noElements(name);
    };
    const method = function (this: SymbolicTensor, ...args: unknown[]): unknown {
      return describe(name, [this, ...args]);
    };
    if (get !== undefined) Object.defineProperty(prototype, name, { get: refuse, set: refuse });
    else Object.defineProperty(prototype, name, { value: operations.has(name) ? method : refuse });
  }
}
