import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { affine } from "./affine.js";

/**
 * Affine map y = x · Wᵀ + b, fused: the bias is added while the product is written.
 * Shape:     x [..., in], weight [out, in], bias [out] or null → [..., out]
 * Gradient:  dx = g · W, dW = gᵀ · x, db = Σ g over the rows
 * @throws ShapeError if the inner dimensions or the bias differ
 * @example x.linear(w, bias)
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkTensorArity("linear", arguments.length, 3);
  if (!(x instanceof Tensor)) return describeCall("linear", "x", x, [x, weight, bias]);
  if (!(weight instanceof Tensor)) return describeCall("linear", "weight", weight, [x, weight, bias]);
  if (bias !== null && !(bias instanceof Tensor)) return describeCall("linear", "bias", bias, [x, weight, bias]);
  check(x, weight, bias);
  return affine("linear", x, weight, bias);
}

function check(x: Tensor, weight: Tensor, bias: Tensor | null): void {
  const last = x.shape[x.rank - 1];
  if (weight.rank !== 2 || x.rank === 0 || last !== weight.shape[1]) {
    const stored = weight.rank === 2 && last === weight.shape[0] ? " If it is stored [in, out], use matmul(x, weight)." : "";
    throw new ShapeError(
      `${message("linear", `x ${shapeText(x.shape)} and weight ${shapeText(weight.shape)} do not fit; expected weight [out, in] whose second extent is x's last`)}${stored}`,
    );
  }
  if (bias !== null && (bias.rank !== 1 || bias.size !== weight.shape[0])) {
    throw new ShapeError(message("linear", `bias has shape ${shapeText(bias.shape)}; expected [${weight.shape[0]}]`));
  }
}
