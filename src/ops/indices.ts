import { DTypeError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { elementText } from "../tensor/check.js";
import { isFloating } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";

/** Labels or indices as integers: floats are taken if all are whole. @throws DTypeError naming the first that is not */
export function wholeNumbers(op: string, what: string, x: Tensor): Tensor {
  if (x.dtype === "int32" || x.dtype === "uint8") return x;
  if (!isFloating(x.dtype)) throw new DTypeError(message(op, `${what} have dtype ${x.dtype}; expected int32 or uint8`));
  return wholeNumbersOp(x, { op, what });
}

interface Place {
  op: string;
  what: string;
}

const wholeNumbersOp: (x: Tensor, attributes: Place) => Tensor = defineOp({
  name: "wholeNumbers",
  inputs: ["x"],
  shape: ({ x }, _: Place) => x.shape,
  dtype: "int32",
  forward: ({ x, out }, { op, what }) => {
    kernels.wholeNumbers({ x: x.at, out: out.at }, 0, x.size, x.dtype);
    checked(({ detail }) => {
      throw new DTypeError(
        message(
          op,
          `${what} are ${x.dtype} and element ${detail} is ${elementText(x, detail)}; expected whole numbers`,
          'Convert them with cast("int32").',
        ),
      );
    });
  },
});
