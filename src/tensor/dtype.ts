import { DTypeError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import { BYTES, type DType } from "../memory/views.js";
import { type OptionOf, type OptionSpec, option } from "../options/option.js";

const KNOWN = Object.keys(BYTES) as DType[];

/** The order bool < uint8 < int32 < float32 < float64: a result of two operands has the higher type. */
const RANK: Readonly<Record<DType, number>> = { bool: 0, uint8: 1, int32: 2, float32: 3, float64: 4 };

/**
 * The element type of a result of two operands, by PyTorch's rules: the higher of the two kinds (bool, integer, floating),
 * and within a kind the wider type.
 */
export function promote(a: DType, b: DType): DType {
  return RANK[a] >= RANK[b] ? a : b;
}

/** The kinds bool, integer, floating. A scalar tensor can raise the kind of a tensor with axes, but not its width within the kind. */
const KIND: Readonly<Record<DType, number>> = { bool: 0, uint8: 1, int32: 1, float32: 2, float64: 2 };

/** `promote` for two tensors. A tensor without axes counts only if its kind is higher. */
export function promoteTensors(a: { dtype: DType; rank: number }, b: { dtype: DType; rank: number }): DType {
  if (a.rank > 0 && b.rank === 0 && KIND[a.dtype] >= KIND[b.dtype]) return a.dtype;
  if (b.rank > 0 && a.rank === 0 && KIND[b.dtype] >= KIND[a.dtype]) return b.dtype;
  return promote(a.dtype, b.dtype);
}

/**
 * The element type of a result of a tensor and a JS number. The number never widens the tensor's type within its kind. A fraction,
 * NaN or ±∞ beside an integer type gives float32. JS does not distinguish 2.0 from 2: both are whole.
 */
export function numberDType(value: number, beside: DType): DType {
  if (isFloating(beside)) return beside;
  if (!Number.isInteger(value)) return "float32";
  return beside === "bool" ? "int32" : beside;
}

export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

export function isInteger(dtype: DType): boolean {
  return dtype === "int32" || dtype === "uint8";
}

/** The range of an integer type, in words. */
export function rangeText(dtype: DType): string {
  return dtype === "uint8" ? "0 … 255" : "-2147483648 … 2147483647";
}

/** Whether an element type holds a number unchanged. */
export function holds(dtype: DType, value: number): boolean {
  if (dtype === "int32") return value === (value | 0);
  return dtype === "uint8" ? value === (value & 255) : isFloating(dtype) || value === 0 || value === 1;
}

/** The name of an element type as an option. */
export function dtypeOption<const S extends OptionSpec<DType>>(spec: S): OptionOf<DType, S> {
  return option<DType, S>("the name of an element type", isDType, { error: dtypeError, ...spec });
}

/** @throws DTypeError for anything that is not the name of an element type. */
export function checkDType(op: string, dtype: unknown): DType {
  if (isDType(dtype)) return dtype;
  throw dtypeError(op, "dtype", dtype);
}

export function isDType(value: unknown): value is DType {
  return (KNOWN as unknown[]).includes(value);
}

function dtypeError(op: string, _: string, dtype: unknown): DTypeError {
  const near = typeof dtype === "string" ? didYouMean(dtype, KNOWN) : "";
  return new DTypeError(message(op, `unknown dtype ${kindText(dtype)}`, `Known: ${KNOWN.join(", ")}.${near}`));
}

/** @throws DTypeError unless the element type is a floating one. */
export function checkFloating(op: string, dtype: DType, mend?: string): void {
  if (!isFloating(dtype)) throw new DTypeError(message(op, `dtype is ${dtype}; expected float32 or float64`, mend));
}
