import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Unary } from "../../graph/define.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { normalizeAxis } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { alongAxis, composed } from "../activation.js";
import { sigmoid } from "../activations.js";
import { checkTensor, floating } from "../operands.js";
import { softmax } from "../softmax.js";

/** Activations of whole groups of elements: along an axis, or of channels. */

/**
 * Softmax of −x along an axis: the smallest element gets most. yᵢ = e^(−xᵢ) / Σⱼ e^(−xⱼ).
 * Shape:     any → same
 * Gradient:  dx = −y · (g − Σ g · y)
 * @param axis default the last
 * @throws IndexError for an axis outside the shape
 * @example softmin(tensor([0, 0]))   // [0.5, 0.5]
 */
export const softmin: (x: Tensor, axis?: number) => Tensor = alongAxis("softmin", (x, axis) => {
  checkTensor("softmin", "x", x);
  return softmax(floating(x).neg(), axis);
});

/**
 * Softmax over the channels at each place of an image, as torch.nn.Softmax2d.
 * Shape:     [n, c, h, w] or [c, h, w] → same
 * Gradient:  as softmax
 * @throws ShapeError unless x has 3 or 4 axes
 * @example softmax2d(tensor([[[0]], [[0]]]))   // [[[0.5]], [[0.5]]]
 */
export const softmax2d: Unary = composed(declare("softmax2d", {}), (x) => {
  if (x.rank === 3 || x.rank === 4) return softmax(x, -3);
  const problem = `x has shape ${shapeText(x.shape)}; expected [n, c, h, w] or [c, h, w]`;
  throw new ShapeError(message("softmax2d", problem, "Name the axis: softmax(x, axis)."));
});

/**
 * Gated linear unit: y = a · σ(b) of the two halves a, b of x along an axis. Dauphin et al., arXiv 1612.08083.
 * Shape:     [..., 2n, ...] → [..., n, ...]
 * Gradient:  da = g · σ(b), db = g · a · σ(b)(1 − σ(b))
 * @param axis default the last
 * @throws ShapeError for an odd extent, IndexError for an axis outside the shape
 * @example glu(tensor([1, 2, 0, 0]))   // [0.5, 1]
 */
export const glu: (x: Tensor, axis?: number) => Tensor = alongAxis(
  "glu",
  (x, axis) => {
    checkTensor("glu", "x", x);
    const at = normalizeAxis("glu", axis, x.shape);
    const extent = x.shape[at];
    if (extent % 2 !== 0) {
      throw new ShapeError(message("glu", `axis ${axis} of x ${shapeText(x.shape)} has extent ${extent}; expected an even one`));
    }
    const [a, b] = floating(x).split([extent / 2, extent / 2], at);
    return a.mul(sigmoid(b));
  },
  { reshapes: true },
);

const MAXOUT = declare("maxout", {
  /** How many neighbours compete for one result, whole, ≥ 1. Default 2. */
  pieces: count({ default: 2, aka: ["groups", "k", "numPieces"] }),
  /** The axis along which they lie, whole. Default −1, the last. */
  axis: number({ default: -1, whole: true, aka: ["dim"] }),
});

/** Options of `maxout`. */
export interface MaxoutOptions extends OptionsOf<typeof MAXOUT> {}

/**
 * The greatest of each group of neighbours along an axis: behind a linear layer of k · n units it is n convex functions of k pieces each.
 * Goodfellow et al., arXiv 1302.4389.
 * Shape:     [..., k · n, ...] → [..., n, ...]
 * Gradient:  dx: g at the greatest of each group, in equal parts where several are equal
 * @param options.pieces k, whole number ≥ 1, default 2
 * @param options.axis default −1, the last
 * @throws ArgumentError; ShapeError unless the extent is a multiple of pieces; IndexError for an axis outside the shape
 * @example maxout(tensor([1, 5, 7, 2]))   // [5, 7]
 */
export const maxout: (x: Tensor, options?: MaxoutOptions) => Tensor = composed(
  MAXOUT,
  (x, { pieces, axis }) => {
    const at = normalizeAxis("maxout", axis, x.shape);
    const extent = x.shape[at];
    if (extent % pieces !== 0) {
      const problem = `axis ${axis} of x ${shapeText(x.shape)} has extent ${extent}; expected a multiple of pieces, ${pieces}`;
      throw new ShapeError(message("maxout", problem));
    }
    return x.reshape([...x.shape.slice(0, at), extent / pieces, pieces, ...x.shape.slice(at + 1)]).max(at + 1);
  },
  { reshapes: true },
);
