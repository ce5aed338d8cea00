import { ArgumentError, DTypeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { DType } from "../memory/views.js";
import { describeCall, isSymbolic, operandText } from "../tensor/check.js";
import { full } from "../tensor/creation.js";
import { holds, isFloating, numberDType, promoteTensors } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";
import { cast } from "./cast.js";

export { checkTensor } from "../tensor/check.js";

/** What an elementwise operation takes beside a tensor. */
export type Operand = Tensor | number;

/** Constants stay in linear memory: `x.mul(2)` in a loop uploads nothing. */
const CONSTANTS_KEPT = 1024;
const constants: Record<DType, Map<number, Tensor>> = {
  float32: new Map(),
  float64: new Map(),
  int32: new Map(),
  uint8: new Map(),
  bool: new Map(),
};

/** A scalar tensor for a JS number. */
export function constant(value: number, dtype: DType): Tensor {
  const known = constants[dtype].get(value);
  // A Map does not tell −0 from 0.
  if (known !== undefined && (value !== 0 || 1 / value > 0)) return known;
  const made = full([], value, { dtype });
  if (constants[dtype].size < CONSTANTS_KEPT && !Object.is(value, -0)) constants[dtype].set(value, made.pin());
  return made;
}

/**
 * Both operands as tensors of one element type, PyTorch's promotion applied; null unless one is a tensor and the other a tensor or a
 * number.
 * @param typeOf type of a result of a tensor and a JS number
 */
export function promoted(op: string, a: Operand, b: Operand, typeOf: NumberRule = fitting): [Tensor, Tensor] | null {
  if (a instanceof Tensor && b instanceof Tensor) return inOneType(a, b);
  if (a instanceof Tensor && typeof b === "number") {
    const dtype = typeOf(b, a.dtype, op);
    return [cast(a, dtype), constant(b, dtype)];
  }
  if (b instanceof Tensor && typeof a === "number") {
    const dtype = typeOf(a, b.dtype, op);
    return [constant(a, dtype), cast(b, dtype)];
  }
  return null;
}

/** Two tensors in the element type that both are promoted to. */
export function inOneType(a: Tensor, b: Tensor): [Tensor, Tensor] {
  if (a.dtype === b.dtype) return [a, b];
  const dtype = promoteTensors(a, b);
  return [cast(a, dtype), cast(b, dtype)];
}

/** The element type in which a JS number and a tensor of type `beside` meet. */
export type NumberRule = (value: number, beside: DType, op: string) => DType;

/** For results in floating point: integers become float32, whether they could hold the number or not. */
export const asFloating: NumberRule = (_, beside) => (isFloating(beside) ? beside : "float32");

/** For comparisons: a whole number outside the tensor's type is compared as it is. */
export const unwrapped: NumberRule = (value, beside) => {
  const dtype = numberDType(value, beside);
  if (holds(dtype, value)) return dtype;
  return holds("int32", value) ? "int32" : "float64";
};

/** For all else: a number that the type does not hold would be another number there. */
export const fitting: NumberRule = (value, beside, op) => {
  const dtype = numberDType(value, beside);
  if (holds(dtype, value)) return dtype;
  const wider = holds("int32", value) ? "int32" : "float32";
  throw new DTypeError(message(op, `${value} does not fit into the tensor's type ${dtype}`, `Convert the tensor with cast("${wider}").`));
};

/**
 * How an operation of two operands ends that `promoted` finds none for: a symbolic tensor among them describes the call.
 * @param args the arguments of the operation
 * @throws ArgumentError unless one is a symbolic tensor
 */
export function describeOperands(op: string, a: unknown, b: unknown, args: readonly unknown[]): Tensor {
  for (const operand of [a, b]) if (isSymbolic(operand)) return describeCall(op, "an operand", operand, args);
  throw new ArgumentError(
    message(op, `the operands are ${operandText(a)} and ${operandText(b)}; expected tensors or numbers, at least one a tensor`),
  );
}

/** The operand of an operation that needs floating point: integers and bools become float32, as in PyTorch. */
export function floating(x: Tensor): Tensor {
  return isFloating(x.dtype) ? x : cast(x, "float32");
}

/** @throws DTypeError unless `x` has one of the element types. */
export function checkOperandDType(op: string, name: string, x: Tensor, allowed: readonly DType[]): void {
  if (!allowed.includes(x.dtype)) {
    throw new DTypeError(
      message(op, `${name} has dtype ${x.dtype}; expected ${allowed.join(" or ")}`, `Convert it with cast("${allowed[0]}").`),
    );
  }
}
