import { rehearse } from "../graph/rehearse.js";
import { DTYPES, type DType } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, text } from "../options/kinds.js";
import { SYMBOLIC } from "../tensor/check.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { mapArguments } from "./arguments.js";
import { Operation } from "./layers/operation.js";
import { operations, runOperation } from "./operations.js";
import { sampleShape } from "./options.js";
import { BATCHES, noElements, SymbolicTensor } from "./symbolic.js";

const INPUT = declare(
  "input",
  {
    /** What the input is called. Default none. */
    name: text({ default: "" }),
    /** The element type of the data, which operations on it may depend on: "int32" for indices. Default "float32". */
    dtype: choice<DType, { default: DType }>(DTYPES, { default: "float32" }),
  },
  { shape: sampleShape({ required: true }) },
);

/** Options of `input`. */
export interface InputOptions extends OptionsOf<typeof INPUT> {}

/**
 * An input of a functional model: a symbolic tensor, without elements. Layers may be applied to it, and every operation that does not
 * read elements; the results describe the model. Its shape has −1 for the samples, which are axis 0: `input([784]).shape` is [−1, 784].
 * @param shape extents of one sample, without the batch
 * @param options.name what it is called, default none
 * @param options.dtype element type of the data, default "float32"
 * @throws ArgumentError, MemoryError for more elements than can be counted
 * @example
 * const x = input([784]);
 * const scaled = x.div(255);
 * const model = new Model({ inputs: x, outputs: new Dense(10).forward(scaled) });
 */
export function input(shape: Shape, options?: InputOptions): Tensor {
  checkArity("input", arguments.length, 2);
  const { name, dtype } = INPUT.read([shape, options]);
  attachMethods();
  const shapes = BATCHES.map((batch) => checkShape("input", [batch, ...shape]));
  return new SymbolicTensor(null, shapes, dtype, name) as unknown as Tensor;
}

/** Describes the call of an operation. @returns what the operation returns, with symbolic tensors in the place of tensors */
function describe(op: string, args: readonly unknown[]): unknown {
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

let attached = false;

/** Gives symbolic tensors the methods of tensors. Once, at the first use: by then Tensor has all of them. */
function attachMethods(): void {
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
