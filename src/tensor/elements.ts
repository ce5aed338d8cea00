import { DTypeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { DType, NumberArray } from "../memory/views.js";
import { isInteger, rangeText } from "./dtype.js";

/**
 * How JS numbers become elements, by PyTorch's rules: integer types cut fractions towards 0 and refuse NaN and what is outside their
 * range; as a bool, 0 is false and every other number true, NaN too.
 */

/** A number as an element. @throws DTypeError naming a number that the type does not hold */
export function elementOf(op: string, dtype: DType, value: number): number {
  if (dtype === "bool") return value !== 0 ? 1 : 0;
  if (isInteger(dtype) && !fits(dtype, value)) throw misfit(op, dtype, value, "");
  return value;
}

/** Writes numbers as the elements of an array. @throws DTypeError naming the first number that the type does not hold */
export function writeElements(op: string, dtype: DType, array: NumberArray, values: ArrayLike<number | boolean>): void {
  if (dtype === "bool") for (let i = 0; i < values.length; i++) array[i] = Number(values[i]) !== 0 ? 1 : 0;
  else {
    if (isInteger(dtype)) checkElements(op, dtype, values);
    array.set(values as ArrayLike<number>);
  }
}

/** @throws DTypeError naming the first of some numbers that an integer type does not hold */
export function checkElements(op: string, dtype: DType, values: ArrayLike<number | boolean>): void {
  for (let i = 0; i < values.length; i++) {
    if (!fits(dtype, values[i] as number)) throw misfit(op, dtype, values[i] as number, ` at position ${i}`);
  }
}

/** Whether an integer type holds a number whose fraction is cut. */
function fits(dtype: DType, value: number): boolean {
  return dtype === "uint8" ? value > -1 && value < 256 : value > -2147483649 && value < 2147483648;
}

/** The error for a number that an integer type does not hold. */
export function misfit(op: string, dtype: DType, value: number | string, where: string): DTypeError {
  const wider = dtype === "uint8" ? "int32 or float32" : "float32 or float64";
  return new DTypeError(message(op, `${value}${where} is outside ${dtype} (${rangeText(dtype)})`, `Use ${wider}, or clamp before.`));
}
