import { DTypeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { isFloating } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";

/** Labels or indices as integers: floats are taken if all are whole. @throws DTypeError naming the first that is not */
export function wholeNumbers(op: string, what: string, x: Tensor): Tensor {
  if (x.dtype === "int32" || x.dtype === "uint8") return x;
  if (!isFloating(x.dtype)) throw new DTypeError(message(op, `${what} have dtype ${x.dtype}; expected int32 or uint8`));
  const elements = x.view();
  for (let i = 0; i < elements.length; i++) {
    if (elements[i] !== (elements[i] | 0)) {
      throw new DTypeError(
        message(
          op,
          `${what} are ${x.dtype} and element ${i} is ${elements[i]}; expected whole numbers`,
          'Convert them with cast("int32").',
        ),
      );
    }
  }
  return x.cast("int32");
}
