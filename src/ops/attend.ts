import type { Tensor } from "../tensor/tensor.js";
import { type Attending, attendByFormula } from "./attendFormula.js";

/**
 * Attention of several heads: out = dropout(softmax(scale · q · kᵀ + mask + padding)) · v, head by head. A row that may attend to nothing
 * becomes 0.
 * Shape:     q [batch, heads, length, dim], k [batch, heads, keys, dim], v [batch, heads, keys, width], mask broadcast to
 *            [batch, heads, length, keys], padding [batch, keys] → [batch, heads, length, width]
 *
 * With three axes the heads lie inside a row, as a projection gives them: q [batch, length, heads · dim] and so on
 * → [batch, length, heads · width]. Then k and v, or all three, may lie behind each other in one tensor: with v null, k is
 * [batch, keys, 2 · heads · dim]; with k null too, q is [batch, length, 3 · heads · dim].
 * @internal
 */
export function attend(
  q: Tensor,
  k: Tensor | null,
  v: Tensor | null,
  mask: Tensor | null,
  padding: Tensor | null,
  attending: Attending,
): Tensor {
  return attendByFormula(q, k, v, mask, padding, attending).out;
}
