import { DTypeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checked } from "../kernels/recorder.js";
import type { DType } from "../memory/views.js";
import { isInteger, rangeText } from "../tensor/dtype.js";

/** Call it after the kernel of an operation. @throws DTypeError if an integer result did not fit: integers never wrap around */
export function checkOverflow(op: string, dtype: DType): void {
  if (isInteger(dtype)) {
    checked(() => {
      throw overflow(op, dtype);
    });
  }
}

/** The error for results that their integer type does not hold. */
export function overflow(op: string, dtype: DType): DTypeError {
  const wider = dtype === "uint8" ? 'cast("int32") or cast("float64")' : 'cast("float64")';
  return new DTypeError(message(op, `a result is outside ${dtype} (${rangeText(dtype)})`, `Convert the operands with ${wider}.`));
}
