import { COPY } from "../errors/copy.js";
import { ArgumentError, ShapeError, SimdgradError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import type { TensorSpec } from "../graph/rehearse.js";
import type { DType } from "../memory/views.js";
import { isSymbolic as isOne, SYMBOLIC } from "../tensor/check.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { nameOf } from "./architecture.js";
import type { Module } from "./module.js";

/**
 * The numbers of samples for which shapes are told while a model is described. An extent that is equal for both does not depend on the
 * batch. One sample is among them, since extents of 1 broadcast and squeeze.
 */
export const BATCHES = [1, 3] as const;

/** The application of a module to symbolic tensors. */
export interface Call {
  readonly module: Module;
  readonly inputs: readonly SymbolicTensor[];
  readonly results: readonly SymbolicTensor[];
}

/**
 * A tensor that is not there yet: what `input()` gives, and layers and operations pass on while a functional model is described. To
 * users it has the type Tensor; its methods, which `input` attaches, describe operations.
 */
export class SymbolicTensor {
  declare readonly [SYMBOLIC]: (op: string, args: readonly unknown[]) => unknown;
  /** −1 stands for an extent that depends on the number of samples. */
  readonly shape: Shape;

  constructor(
    /** What makes it; null for an input of the model. */
    readonly call: Call | null,
    /** Its shape for each of `BATCHES`. */
    readonly shapes: readonly Shape[],
    readonly dtype: DType = "float32",
    readonly name: string = "",
  ) {
    const [one, several] = shapes;
    this.shape = one.map((extent, axis) => (extent === several[axis] ? extent : -1));
  }

  /** Errors tell it from a tensor. */
  get [Symbol.toStringTag](): string {
    return "SymbolicTensor";
  }

  get rank(): number {
    return this.shape.length;
  }

  get size(): never {
    throw noElements("size");
  }

  toString(): string {
    return `symbolic tensor ${shapeText(this.shape)}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** @internal tells this copy of the library from another one that is loaded too */
  get simdgradCopy(): object {
    return COPY;
  }
}

/** The error for what a tensor can and a symbolic tensor cannot. */
export function noElements(name: string): ArgumentError {
  return new ArgumentError(message(name, "a symbolic tensor has no elements", "It describes a Model; elements come with fit and predict."));
}

/** Whether a layer is given symbolic tensors, one or a list. */
export function isSymbolic(value: unknown): boolean {
  return isOne(value) || (Array.isArray(value) && value.some(isOne));
}

/** Notes that a layer is applied. @returns what its forward returns, of symbolic tensors @throws ArgumentError, ShapeError for operands that do not fit */
export function trace(module: Module, args: readonly unknown[]): unknown {
  const symbols = module.operandsIn(args).map((input) => {
    if (input instanceof SymbolicTensor) return input;
    const mend = "An operation takes both: x.add(tensor). For a layer it may be another input of the model.";
    throw new ArgumentError(message(nameOf(module), `an operand beside symbolic tensors is ${kindText(input)}; expected symbolic`, mend));
  });
  const [one, several] = BATCHES.map((batch, i) => {
    const told = () => module.resultSpecs(symbols.map(({ shapes, dtype }) => ({ shape: shapes[i], dtype })));
    return batch === 1 ? told() : forBatch(batch, told);
  });
  const call = { module, inputs: symbols, results: [] as SymbolicTensor[] };
  for (const [i, { shape, dtype }] of one.entries()) {
    checkShape(nameOf(module), shape);
    const { shape: other } = several[i];
    if (shape.length !== other.length) {
      const problem = `the result has shape ${shapeText(shape)} for one sample and ${shapeText(other)} for ${BATCHES[1]}`;
      throw new ShapeError(message(nameOf(module), `${problem}; expected one number of axes`, "Name the axes, as in squeeze(1)."));
    }
    call.results.push(new SymbolicTensor(call, [shape, other], dtype));
  }
  return module.resultOf(call.results as readonly unknown[] as readonly Tensor[]);
}

/** What does not fit any number of samples shows with several. */
function forBatch(batch: number, told: () => TensorSpec[]): TensorSpec[] {
  try {
    return told();
  } catch (error) {
    if (error instanceof SimdgradError) error.message += ` (One sample fits; here the batch has ${batch}.)`;
    throw error;
  }
}
