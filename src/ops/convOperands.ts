import { ArgumentError, DTypeError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { isPlain } from "../options/plain.js";
import { checkTensor, operandText } from "../tensor/check.js";
import { isFloating } from "../tensor/dtype.js";
import type { Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { Fused } from "./activation.js";
import type { convolve, Geometry } from "./convolution.js";
import { inOneType } from "./operands.js";

/** The operands of convolutions and transposed convolutions: how they are checked, and brought into one form. */

/** Runs `convolve` or `convolveInput` on operands of one type; an input without a batch gets one, and gives it back. */
export function product(
  op: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  run: typeof convolve,
  geometryFor: (x: Shape) => Geometry,
  activation: Fused | null,
): Tensor {
  checkTensor(op, "x", x);
  checkFloating(op, x);
  const single = x.rank < weight.rank;
  const geometry = geometryFor(x.shape);
  const [input, w] = inOneType(single ? x.unsqueeze(0) : x, weight);
  const result = run(input, w, bias === null ? null : bias.cast(w.dtype), geometry, activation);
  return single ? result.squeeze(0) : result;
}

/** What a weight looks like. */
interface Layout {
  /** The spatial axes. */
  readonly axes: number;
  /** The names of those in front. */
  readonly channels: readonly [string, string];
}

const KERNEL = [["k"], ["kh", "kw"], ["kd", "kh", "kw"]];

/**
 * @param layer the layer that does the same
 * @throws ArgumentError unless the operands are tensors, ShapeError for a weight of other axes, DTypeError for one of integers
 */
export function checkOperands(op: string, layer: string, layout: Layout, x: Tensor, weight: Tensor, bias: Tensor | null): void {
  checkTensor(op, "x", x, layer);
  checkTensor(op, "weight", weight, layer);
  if (bias !== null && !(bias instanceof Tensor)) {
    const mend = isPlain(bias) ? `Write ${op}(x, weight, null, { … }).` : undefined;
    throw new ArgumentError(message(op, `bias is ${operandText(bias)}; expected a tensor or null`, mend));
  }
  checkFloating(op, weight, "weight");
  const { axes, channels } = layout;
  if (weight.rank === axes + 2) return;
  const expected = shapeText([...channels, ...KERNEL[axes - 1]]);
  throw new ShapeError(message(op, `weight has shape ${shapeText(weight.shape)}; expected ${axes + 2} axes, ${expected}`));
}

/** @throws ShapeError */
export function checkBias(op: string, bias: Tensor | null, size: number): void {
  if (bias === null || (bias.rank === 1 && bias.size === size)) return;
  throw new ShapeError(message(op, `bias has shape ${shapeText(bias.shape)}; expected [${size}]`));
}

/** @throws DTypeError for integers and bools, as in PyTorch: images of bytes are scaled first */
export function checkFloating(op: string, x: { readonly dtype: Tensor["dtype"] }, name = "x"): void {
  if (isFloating(x.dtype)) return;
  throw new DTypeError(
    message(
      op,
      `${name} has dtype ${x.dtype}; expected float32 or float64`,
      'Scale images of bytes with Rescaling(1 / 255), or use cast("float32").',
    ),
  );
}
