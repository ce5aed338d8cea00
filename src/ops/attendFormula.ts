import { full } from "../tensor/creation.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { gt, where } from "./compare.js";
import { triu } from "./creation.js";
import { type DropoutMask, dropout } from "./dropout.js";
import { max } from "./extremes.js";
import { gemm } from "./gemm.js";
import { permute } from "./movement.js";
import { reshape } from "./reshape.js";
import { split } from "./slicing.js";
import { softmax } from "./softmax.js";

/** How queries attend to keys. */
export interface Attending {
  readonly heads: number;
  /** What products of queries and keys are multiplied by. */
  readonly scale: number;
  /** Whether query i attends to the keys 0 … i + past only. */
  readonly causal: boolean;
  /** Keys that stand before the first query: those that a cache held already. */
  readonly past: number;
  /** Which weights fall; null: none. Weight [b, h, i, j] has the random number of its place in [batch, heads, length, keys]. */
  readonly dropout: DropoutMask | null;
}

/** Queries, keys and values as matrices [batch · heads, length, dim]. */
export interface Matrices {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

/** What is added to the products of queries and keys: see `attend`. */
export interface Masks {
  readonly mask: Tensor | null;
  readonly padding: Tensor | null;
}

/**
 * Attention as a composition of operations. It holds all weights, and can be differentiated any number of times.
 * @returns the result, and the weights [batch, heads, length, keys] that the values were multiplied by
 */
export function attendByFormula(
  q: Tensor,
  k: Tensor | null,
  v: Tensor | null,
  mask: Tensor | null,
  padding: Tensor | null,
  attending: Attending,
): { out: Tensor; weights: Tensor } {
  const matrices = matricesOf(q, k, v, attending.heads);
  const weights = dropped(probabilities(matrices, { mask, padding }, attending), attending);
  const out = joinHeads(gemm(weights, matrices.v), q, attending.heads);
  return { out, weights: reshape(weights, scoresShape(matrices, attending)) };
}

/** softmax(scale · q · kᵀ + mask + padding), [batch · heads, length, keys] */
export function probabilities({ q, k }: Matrices, { mask, padding }: Masks, attending: Attending): Tensor {
  const { scale, causal, past } = attending;
  const shape = scoresShape({ q, k }, attending);
  const [batch, , length, keys] = shape;
  let scores = reshape(gemm(q.mul(scale), k, { transposeA: false, transposeB: true }), shape);
  if (mask !== null) scores = scores.add(mask);
  if (padding !== null) scores = scores.add(reshape(padding, [batch, 1, 1, keys]));
  if (causal) scores = scores.add(triu(full([length, keys], -Infinity, { dtype: q.dtype }), past + 1));
  const rows = mask === null && padding === null ? softmax(scores) : softmaxOrZero(scores);
  return reshape(rows, [q.shape[0], length, keys]);
}

/** Softmax of rows, but 0 where a row is nothing but −∞. */
function softmaxOrZero(scores: Tensor): Tensor {
  if (scores.size === 0) return scores;
  const alive = gt(max(scores, -1, { keepDims: true }), -Infinity);
  return softmax(where(alive, scores, 0)).mul(alive.cast(scores.dtype));
}

/** The weights that are left by dropout. It is its own gradient, too. */
export function dropped(weights: Tensor, { dropout: mask }: Attending): Tensor {
  return mask === null ? weights : dropout(weights, mask);
}

/** The operands of `attend` as matrices of their own. */
export function matricesOf(q: Tensor, k: Tensor | null, v: Tensor | null, heads: number): Matrices {
  if (k === null) [q, k, v] = split(q, q.shape[2] / 3, -1);
  else if (v === null) [k, v] = split(k, k.shape[2] / 2, -1);
  return { q: splitHeads(q, heads), k: splitHeads(k, heads), v: splitHeads(v as Tensor, heads) };
}

/** [batch, length, heads · dim] or [batch, heads, length, dim] → [batch · heads, length, dim] */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const { shape } = x;
  if (shape.length === 4) return reshape(x, [shape[0] * shape[1], shape[2], shape[3]]);
  const [batch, length, width] = shape;
  const dim = width / heads;
  return reshape(permute(reshape(x, [batch, length, heads, dim]), [0, 2, 1, 3]), [batch * heads, length, dim]);
}

/** [batch · heads, length, dim] → with heads where `like` has them */
export function joinHeads(x: Tensor, like: Tensor, heads: number): Tensor {
  const [all, length, dim] = x.shape;
  const batch = all / heads;
  const apart = reshape(x, [batch, heads, length, dim]);
  return like.rank === 4 ? apart : reshape(permute(apart, [0, 2, 1, 3]), [batch, length, heads * dim]);
}

function scoresShape({ q, k }: Pick<Matrices, "q" | "k">, { heads }: Attending): Shape {
  return [q.shape[0] / heads, heads, q.shape[1], k.shape[1]];
}

/**
 * The gradients of `attend` as operations, each where the heads of its operand are: with weights P, and P′ what dropout leaves of them,
 * dv = P′ᵀ · g, dP = dropout(g · vᵀ), dS = P · (dP − Σ dP · P), dq = scale · dS · k, dk = scale · dSᵀ · q
 */
export function gradientsByFormula(
  g: Tensor,
  operands: { readonly q: Tensor; readonly k: Tensor | null; readonly v: Tensor | null } & Masks,
  attending: Attending,
): Matrices {
  const { heads, scale } = attending;
  const matrices = matricesOf(operands.q, operands.k, operands.v, heads);
  const { q, k, v } = matrices;
  const turned = { transposeA: true, transposeB: false };
  const weights = probabilities(matrices, operands, attending);
  const dOut = splitHeads(g, heads);
  const dWeights = dropped(gemm(dOut, v, { transposeA: false, transposeB: true }), attending);
  const dScores = weights.mul(dWeights.sub(dWeights.mul(weights).sum(-1, { keepDims: true }))).mul(scale);
  const joined = (x: Tensor): Tensor => joinHeads(x, operands.q, heads);
  return { q: joined(gemm(dScores, k)), k: joined(gemm(dScores, q, turned)), v: joined(gemm(dropped(weights, attending), dOut, turned)) };
}
