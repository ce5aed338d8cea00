import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { BYTES } from "../memory/views.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { broadcastShapes, type Shape, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { gemm } from "./gemm.js";
import { inOneType } from "./operands.js";

/**
 * Matrix product c = a · b. A vector counts as a row on the left and as a column on the right, and its axis is dropped from
 * the result; leading axes broadcast; bool and uint8 multiply in int32. Integers never wrap around.
 * Shape:     a [..., m, k], b [..., k, n] → [..., m, n]
 * Gradient:  dA = g · Bᵀ, dB = Aᵀ · g, summed over broadcast axes
 * @throws ShapeError if the inner extents differ, the leading axes do not broadcast, or an operand is a scalar; DTypeError where a
 * result is outside int32
 * @example tensor([[1, 2], [3, 4]]).matmul(tensor([5, 6]))   // [17, 39]
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensorArity("matmul", arguments.length, 2);
  if (!(a instanceof Tensor)) return describeCall("matmul", "a", a, [a, b]);
  if (!(b instanceof Tensor)) return describeCall("matmul", "b", b, [a, b]);
  const [x, y] = inOneType(a, b).map((operand) => (BYTES[operand.dtype] === 1 ? operand.cast("int32") : operand));
  if (x.rank === 0 || y.rank === 0) {
    throw new ShapeError(
      message("matmul", `a ${shapeText(a.shape)} and b ${shapeText(b.shape)}; expected at least one axis each`, "Use mul for scalars."),
    );
  }
  const row = x.rank === 1 ? x.unsqueeze(0) : x;
  const column = y.rank === 1 ? y.unsqueeze(1) : y;
  checkInner(a, b, row.shape[row.rank - 1], column.shape[column.rank - 2]);
  const product = multiply(row, column);
  if (x.rank === 1 && y.rank === 1) return product.reshape(product.shape.slice(0, -2));
  if (x.rank === 1) return product.squeeze(-2);
  return y.rank === 1 ? product.squeeze(-1) : product;
}

/**
 * Inner product of two vectors: Σ aᵢbᵢ.
 * Shape:     a [n], b [n] → []
 * Gradient:  dA = g · b, dB = g · a
 * @throws ShapeError unless both are vectors of one length
 * @example tensor([1, 2]).dot(tensor([3, 4]))   // 11
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  checkTensorArity("dot", arguments.length, 2);
  if (!(a instanceof Tensor)) return describeCall("dot", "a", a, [a, b]);
  if (!(b instanceof Tensor)) return describeCall("dot", "b", b, [a, b]);
  checkVectors("dot", a, b, "Use matmul.");
  if (a.size !== b.size) throw new ShapeError(message("dot", `a ${shapeText(a.shape)} and b ${shapeText(b.shape)}; expected one length`));
  return matmul(a, b);
}

/**
 * Outer product of two vectors: cᵢⱼ = aᵢbⱼ.
 * Shape:     a [m], b [n] → [m, n]
 * Gradient:  dA = g · b, dB = gᵀ · a
 * @throws ShapeError unless both are vectors
 * @example tensor([1, 2]).outer(tensor([3, 4]))   // [[3, 4], [6, 8]]
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkTensorArity("outer", arguments.length, 2);
  if (!(a instanceof Tensor)) return describeCall("outer", "a", a, [a, b]);
  if (!(b instanceof Tensor)) return describeCall("outer", "b", b, [a, b]);
  checkVectors("outer", a, b, "Use einsum.");
  return a.unsqueeze(1).mul(b);
}

function checkVectors(op: string, a: Tensor, b: Tensor, instead: string): void {
  if (a.rank !== 1 || b.rank !== 1) {
    throw new ShapeError(message(op, `a ${shapeText(a.shape)} and b ${shapeText(b.shape)}; expected two vectors`, instead));
  }
}

/** Chooses the cheapest form: one product where only a has leading axes, else a batch. */
function multiply(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.rank - 1];
  const leadA = a.shape.slice(0, -2);
  const leadB = b.shape.slice(0, -2);
  if (b.rank === 2) return gemm(a.reshape([sizeOf(leadA) * m, k]), b).reshape([...leadA, m, n]);
  const lead = broadcastShapes("matmul", leadA, leadB);
  return gemm(batched(a, lead), batched(b, lead)).reshape([...lead, m, n]);
}

/** [batch, rows, columns]; one matrix for all stays one. */
function batched(x: Tensor, lead: Shape): Tensor {
  const matrix = x.shape.slice(-2);
  if (sizeOf(x.shape.slice(0, -2)) === 1) return x.reshape(matrix);
  return x.expand([...lead, ...matrix]).reshape([sizeOf(lead), ...matrix]);
}

function checkInner(a: Tensor, b: Tensor, last: number, first: number): void {
  if (last === first) return;
  const transposed = b.rank >= 2 && b.shape[b.rank - 1] === last;
  throw new ShapeError(
    message(
      "matmul",
      `inner dimensions differ: a ${shapeText(a.shape)} · b ${shapeText(b.shape)}; a's last (${last}) must equal b's first (${first})`,
      transposed ? "If b is stored [out, in], use linear(a, b)." : undefined,
    ),
  );
}
