import { DTYPES, type DType } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, text } from "../options/kinds.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { attachMethods } from "./describe.js";
import { sampleShape } from "./options.js";
import { BATCHES, SymbolicTensor } from "./symbolic.js";

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
