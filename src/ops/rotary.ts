import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import { checkTensor, checkTensorArity } from "../tensor/check.js";
import { arange, full } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { pow } from "./arithmetic.js";
import { cos, sin } from "./elementary.js";
import { stack } from "./joining.js";
import { floating } from "./operands.js";
import { reshape } from "./reshape.js";
import { flip } from "./slicing.js";

const ROTARY = declare("rotary", {
  /** The position of the first element along the length, ≥ 0: how many a cache held already. Default 0. */
  start: number({ default: 0, min: 0, whole: true }),
  /** Frequencies are base^(−2i/dim), > 0. Default 10000. */
  base: number({ default: 10000, above: 0, aka: ["theta", "ropeTheta"] }),
  /** Whether elements 2i and 2i + 1 are a pair; if not, i and i + dim/2. Default true. */
  interleaved: flag({ default: true }),
});

/** Options of `rotary`. */
export interface RotaryOptions extends OptionsOf<typeof ROTARY> {}

/**
 * Rotary position embedding: each pair of elements is turned by an angle that grows with the position, so that products of two vectors
 * depend on their distance. With φ = position · base^(−2i/dim): (a, b) → (a cos φ − b sin φ, a sin φ + b cos φ). Su et al., arXiv
 * 2104.09864, 2021.
 * Shape:     [..., length, dim] → same
 * Gradient:  g, turned back
 * @param options.start position of the first element, default 0
 * @param options.base default 10000
 * @param options.interleaved whether neighbours are a pair, as in the paper, default true; false: the first half and the second, as in
 *        GPT-NeoX and Llama
 * @throws ShapeError unless the last extent is even, ArgumentError
 * @example rotary(randn([2, 4, 10, 8])).shape   // [2, 4, 10, 8]
 */
export function rotary(x: Tensor, options?: RotaryOptions): Tensor {
  checkTensorArity("rotary", arguments.length, 2);
  checkTensor("rotary", "x", x);
  const { start, base, interleaved } = ROTARY.readOptions(options);
  const dim = x.shape[x.rank - 1];
  if (x.rank < 2 || dim % 2 !== 0) {
    throw new ShapeError(message("rotary", `x has shape ${shapeText(x.shape)}; expected [..., length, dim] with an even dim`));
  }
  return turned(floating(x), false, { start, base, interleaved });
}

/** Where vectors begin, and how they are turned. */
export interface Turning {
  readonly start: number;
  readonly base: number;
  readonly interleaved: boolean;
}

/**
 * Vectors [..., length, dim], turned by their positions.
 * @param apart whether they are [..., length, heads, dim]
 * @internal
 */
export function turned(x: Tensor, apart: boolean, { start, base, interleaved }: Turning): Tensor {
  const { shape, dtype } = x;
  const dim = shape[shape.length - 1];
  const length = shape[shape.length - (apart ? 3 : 2)];
  const half = dim / 2;
  const positions = reshape(arange(start, start + length, 1, { dtype }), [length, 1]);
  const frequencies = pow(full([1], base, { dtype }), arange(0, half, 1, { dtype }).mul(-2 / dim));
  const angles = positions.mul(frequencies);
  // A pair (a, b) is multiplied by cos φ, its reverse (b, a) by (−sin φ, sin φ).
  const axis = interleaved ? -1 : -2;
  const sines = sin(angles);
  const across = (table: Tensor): Tensor => reshape(table, [length, ...(apart ? [1] : []), ...table.shape.slice(1)]);
  const pairs = reshape(x, [...shape.slice(0, -1), ...(interleaved ? [half, 2] : [2, half])]);
  const direct = pairs.mul(across(cos(angles).unsqueeze(axis)));
  const crossed = flip(pairs, axis).mul(across(stack([sines.neg(), sines], axis)));
  return reshape(direct.add(crossed), shape);
}
