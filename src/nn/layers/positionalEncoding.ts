import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { pow } from "../../ops/arithmetic.js";
import { cos, sin } from "../../ops/elementary.js";
import { stack } from "../../ops/joining.js";
import { checkTensor, floating } from "../../ops/operands.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { arange, full } from "../../tensor/creation.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Layer } from "../layer.js";
import { START } from "../positions.js";

const POSITIONAL_ENCODING = declare("PositionalEncoding", {
  /** Wavelengths reach from 2π to base · 2π, > 0. Default 10000. */
  base: number({ default: 10000, above: 0, aka: ["maxWavelength"] }),
});

/** Options of `PositionalEncoding`. */
export interface PositionalEncodingOptions extends OptionsOf<typeof POSITIONAL_ENCODING> {}

/**
 * Adds sines and cosines of the position to each vector of a sequence: element 2i gets sin(position · base^(−2i/size)), element 2i + 1 the
 * cosine. Vaswani et al., arXiv 1706.03762, 2017.
 * Shape:     [..., length, size] → same
 * @param options.base default 10000
 * @throws ArgumentError; at forward ShapeError for fewer than two axes
 * @example new PositionalEncoding().forward(zeros([1, 10, 8])).shape   // [1, 10, 8]
 */
export class PositionalEncoding extends Layer<typeof POSITIONAL_ENCODING> {
  static override readonly declaration = POSITIONAL_ENCODING;

  constructor(options?: PositionalEncodingOptions) {
    super(arguments.length, options);
  }

  protected override resultShape(inputShape: Shape): Shape {
    if (inputShape.length >= 2) return inputShape;
    throw new ShapeError(message("PositionalEncoding", `x has shape ${shapeText(inputShape)}; expected [..., length, size]`));
  }

  /** @param options.start position of the first vector, default 0 */
  forward(x: Tensor, options?: OptionsOf<typeof START>): Tensor {
    checkTensor("PositionalEncoding", "x", x);
    const { start } = START.readOptions(options, "PositionalEncoding.forward");
    const [length, size] = this.resultShape(x.shape).slice(-2);
    const input = floating(x);
    const { dtype } = input;
    const half = Math.ceil(size / 2);
    const frequencies = pow(full([1], this.settings.base, { dtype }), arange(0, half, 1, { dtype }).mul(-2 / size));
    const angles = arange(start, start + length, 1, { dtype })
      .unsqueeze(1)
      .mul(frequencies);
    const table = stack([sin(angles), cos(angles)], -1).reshape([length, 2 * half]);
    return input.add(size % 2 === 0 ? table : table.slice([null, [0, size]]));
  }
}
