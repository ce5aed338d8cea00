import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { text } from "../options/kinds.js";
import { SYMBOLIC } from "../tensor/check.js";
import type { Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { Module } from "./module.js";
import { sampleShape } from "./options.js";

/**
 * A tensor that is not there yet: what `input()` gives and layers pass on while a functional model is described. The batch's
 * extent is left out of its shape. To users it has the type Tensor, so that layers take it; it has no elements and no methods.
 */
export class SymbolicTensor {
  readonly [SYMBOLIC] = true;

  constructor(
    /** Without the batch. */
    readonly shape: Shape,
    /** The layer that makes it; null for an input of the model. */
    readonly module: Module | null,
    readonly inputs: readonly SymbolicTensor[],
    readonly name: string = "",
  ) {
    refuseMethods();
  }
}

let refused = false;

/** Tensor's methods, said to be missing. Once, at the first use: by then all are attached. */
function refuseMethods(): void {
  if (refused) return;
  refused = true;
  for (const name of Object.getOwnPropertyNames(Tensor.prototype)) {
    if (Object.hasOwn(SymbolicTensor.prototype, name) || name === "size" || name === "rank") continue;
    const refuse = (...args: unknown[]): never => {
      const call = args.some(isSymbolic) ? `(a, b) => a.${name}(b)).forward(a, b)` : `(x) => x.${name}(…)).forward(x)`;
      const mend = `Wrap the operation in a layer: new Lambda(${call}.`;
      throw new ArgumentError(message(name, "an input of a functional model has no elements yet", mend));
    };
    Object.defineProperty(SymbolicTensor.prototype, name, { get: () => refuse, configurable: true });
  }
}

const INPUT = declare(
  "input",
  {
    /** What the input is called. Default none. */
    name: text({ default: "" }),
  },
  { shape: sampleShape({ required: true }) },
);

/** Options of `input`. */
export interface InputOptions extends OptionsOf<typeof INPUT> {}

/**
 * An input of a functional model. Layers may be applied to it; the result describes the model.
 * @param shape extents of one sample, without the batch
 * @param options.name what it is called, default none
 * @throws ArgumentError
 * @example
 * const x = input([784]);
 * const model = new Model({ inputs: x, outputs: new Dense(10).forward(x) });
 */
export function input(shape: Shape, options?: InputOptions): Tensor {
  checkArity("input", arguments.length, 2);
  const { name } = INPUT.read([shape, options]);
  return new SymbolicTensor(shape, null, [], name) as unknown as Tensor;
}

export function isSymbolic(value: unknown): value is SymbolicTensor {
  return value instanceof SymbolicTensor || (Array.isArray(value) && value[0] instanceof SymbolicTensor);
}

/** Notes that a layer is applied. */
export function trace(module: Module, inputs: unknown[]): SymbolicTensor {
  const symbols = inputs.flat() as SymbolicTensor[];
  const [first] = symbols;
  // The batch counts as 1 while shapes are told.
  const shape = module.outputShape([1, ...first.shape], ...symbols.slice(1).map((symbol) => [1, ...symbol.shape]));
  return new SymbolicTensor(shape.slice(1), module, symbols);
}
