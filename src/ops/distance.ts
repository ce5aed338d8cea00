import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { type Declaration, declare, type OptionsOf } from "../options/declare.js";
import { choice, flag, number } from "../options/kinds.js";
import { checkTensorArity, describeCall } from "../tensor/check.js";
import { normalizeAxis, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import { AxesArguments, type WithAxis } from "./axes.js";
import { where } from "./compare.js";
import { floating, inOneType } from "./operands.js";

/** Lengths of vectors, and the distances and angles between them. Integers become float32. */

/** The order of a norm: 0 counts what is not 0, ∞ takes the greatest magnitude. */
const P = number({ default: 2, min: 0, infinite: true, aka: ["ord", "norm"] });

/** The p-norms along an axis. */
function lengths(x: Tensor, p: number, axis: number, keepDims: boolean): Tensor {
  return p === 0 ? x.ne(0).cast(x.dtype).sum(axis, { keepDims }) : x.norm(axis, { p, keepDims });
}

const NORMALIZE_OPTIONS = {
  /** The order of the norm, ≥ 0, may be Infinity. Default 2. */
  p: P,
  /** The least divisor, > 0. Default 1e-12. */
  epsilon: number({ default: 1e-12, above: 0, aka: ["eps"] }),
};

/** Options of `normalize`. */
export interface NormalizeOptions extends OptionsOf<Declaration<typeof NORMALIZE_OPTIONS>> {}

const NORMALIZE = new AxesArguments<number, typeof NORMALIZE_OPTIONS>("normalize", "axis", NORMALIZE_OPTIONS);

/**
 * Vectors of length 1: y = x / max(‖x‖ₚ, ε) along an axis, as torch.nn.functional.normalize.
 * Shape:     any → same
 * Gradient:  dx = g / ‖x‖ − x · Σ(g · x) / ‖x‖³ for p = 2; g / ε where the norm is below ε
 * @param axis default 1, as in PyTorch
 * @param options.p order of the norm ≥ 0, may be Infinity, default 2
 * @param options.epsilon the least divisor, default 1e-12
 * @throws IndexError for an axis outside the shape, ArgumentError for an option
 * @example normalize(tensor([[3, 4], [0, 2]]))   // [[0.6, 0.8], [0, 1]]
 */
export function normalize(x: Tensor, axis?: number | WithAxis<NormalizeOptions>, options?: NormalizeOptions): Tensor {
  const { axes = 1, options: settings } = NORMALIZE.read(arguments.length, axis, options);
  if (!(x instanceof Tensor)) return describeCall("normalize", "x", x, [x, axis, options]);
  return unit(floating(x), settings.p, normalizeAxis("normalize", axes, x.shape), settings.epsilon);
}

function unit(x: Tensor, p: number, axis: number, epsilon: number): Tensor {
  return x.div(lengths(x, p, axis, true).clamp(epsilon));
}

const COSINE_OPTIONS = {
  /** The least length that is divided by, > 0. Default 1e-8. */
  epsilon: number({ default: 1e-8, above: 0, aka: ["eps"] }),
};

/** Options of `cosineSimilarity`. */
export interface CosineSimilarityOptions extends OptionsOf<Declaration<typeof COSINE_OPTIONS>> {}

const COSINE = new AxesArguments<number, typeof COSINE_OPTIONS>("cosineSimilarity", "axis", COSINE_OPTIONS, 2);

/**
 * The cosine of the angle between vectors: Σ a·b / (max(‖a‖, ε) · max(‖b‖, ε)) along an axis, as torch.nn.CosineSimilarity.
 * Shape:     a, b that broadcast → without the axis
 * Gradient:  of both; below ε, that of a · b/ε (PyTorch there still takes away what lengthens the vector)
 * @param axis default 1, as in PyTorch
 * @param options.epsilon the least length, default 1e-8
 * @throws ShapeError, IndexError for an axis outside the shape, ArgumentError for an option
 * @example cosineSimilarity(tensor([[1, 0], [3, 4]]), tensor([[1, 1], [6, 8]]))   // [0.7071, 1]
 */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  axis?: number | WithAxis<CosineSimilarityOptions>,
  options?: CosineSimilarityOptions,
): Tensor {
  const { axes = 1, options: settings } = COSINE.read(arguments.length, axis, options);
  if (!(a instanceof Tensor)) return describeCall("cosineSimilarity", "a", a, [a, b, axis, options]);
  if (!(b instanceof Tensor)) return describeCall("cosineSimilarity", "b", b, [a, b, axis, options]);
  const [x, y] = sameRank(a, b);
  const shape = x.rank >= y.rank ? x.shape : y.shape;
  const at = normalizeAxis("cosineSimilarity", axes, shape);
  return unit(x, 2, at, settings.epsilon)
    .mul(unit(y, 2, at, settings.epsilon))
    .sum(at);
}

/** Both in one floating type, with leading axes of extent 1 where one has fewer axes. */
function sameRank(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const pair = inOneType(floating(a), floating(b));
  const rank = Math.max(a.rank, b.rank);
  const [x, y] = pair.map((each) => each.reshape([...new Array<number>(rank - each.rank).fill(1), ...each.shape]));
  return [x, y];
}

const PAIRWISE = declare("pairwiseDistance", {
  /** The order of the norm, ≥ 0, may be Infinity. Default 2. */
  p: P,
  /** What is added to each difference, so that no distance is 0. Default 1e-6. */
  epsilon: number({ default: 1e-6, aka: ["eps"] }),
  /** Keep the last axis with extent 1. Default false. */
  keepDims: flag({ default: false, aka: ["keepdim"] }),
});

/** Options of `pairwiseDistance`. */
export interface PairwiseDistanceOptions extends OptionsOf<typeof PAIRWISE> {}

/**
 * The distances of vectors, one by one: ‖a − b + ε‖ₚ along the last axis, as torch.nn.PairwiseDistance; p < 0 is left out.
 * Shape:     a [..., n], b [..., n] that broadcast → [...]
 * Gradient:  of both, as that of `norm`
 * @param options.p order of the norm ≥ 0, may be Infinity, default 2
 * @param options.epsilon added to each difference, default 1e-6
 * @param options.keepDims keep the last axis with extent 1, default false
 * @throws ShapeError, ArgumentError for an option
 * @example pairwiseDistance(tensor([[0, 0], [1, 1]]), tensor([[3, 4], [1, 1]]), { epsilon: 0 })   // [5, 0]
 */
export function pairwiseDistance(a: Tensor, b: Tensor, options?: PairwiseDistanceOptions): Tensor {
  checkTensorArity("pairwiseDistance", arguments.length, 3);
  const { p, epsilon, keepDims } = PAIRWISE.readOptions(options);
  if (!(a instanceof Tensor)) return describeCall("pairwiseDistance", "a", a, [a, b, options]);
  if (!(b instanceof Tensor)) return describeCall("pairwiseDistance", "b", b, [a, b, options]);
  const difference = floating(a).sub(floating(b)).add(epsilon);
  normalizeAxis("pairwiseDistance", -1, difference.shape);
  return lengths(difference, p, -1, keepDims);
}

/** Differences up to which distances are computed one by one, 16 MiB of float32. */
const DIRECT_UP_TO = 1 << 22;

const CDIST = declare("cdist", {
  /** The order of the norm, ≥ 0, may be Infinity. Default 2. */
  p: P,
  /** How distances of p = 2 are computed. Default "auto": directly, unless the differences would take more than 16 MiB. */
  computeMode: choice(["auto", "direct", "matmul"], { default: "auto" }),
});

/** Options of `cdist`. */
export interface CdistOptions extends OptionsOf<typeof CDIST> {}

/**
 * The distances of all vectors of a from all of b: zᵢⱼ = ‖aᵢ − bⱼ‖ₚ, as torch.cdist.
 *
 * For p = 2 and many vectors the differences would take much memory: √(‖a‖² + ‖b‖² − 2a·b) takes none, but loses digits where vectors are
 * much closer to each other than to their mean, which is subtracted first. PyTorch does so from 25 vectors on, and does not subtract it.
 * Shape:     a [..., m, n], b [..., k, n] → [..., m, k], leading axes broadcast
 * Gradient:  of both, as that of `norm`: 0 where a distance is 0
 * @param options.p order of the norm ≥ 0, may be Infinity, default 2
 * @param options.computeMode "direct", "matmul", or "auto": by matmul where p = 2 and more than 2²² differences are to be computed
 * @throws ShapeError, ArgumentError for an option
 * @example cdist(tensor([[0, 0], [3, 0]]), tensor([[0, 4]]))   // [[4], [5]]
 */
export function cdist(a: Tensor, b: Tensor, options?: CdistOptions): Tensor {
  checkTensorArity("cdist", arguments.length, 3);
  const { p, computeMode } = CDIST.readOptions(options);
  if (!(a instanceof Tensor)) return describeCall("cdist", "a", a, [a, b, options]);
  if (!(b instanceof Tensor)) return describeCall("cdist", "b", b, [a, b, options]);
  if (a.rank < 2 || b.rank < 2 || a.shape[a.rank - 1] !== b.shape[b.rank - 1]) {
    const text = `a ${shapeText(a.shape)} and b ${shapeText(b.shape)}; expected two or more axes, the last of one extent`;
    throw new ShapeError(message("cdist", text));
  }
  const [x, y] = sameRank(a, b);
  const differences = sizeOf(x.shape) * y.shape[y.rank - 2];
  const byMatmul = computeMode === "matmul" || (computeMode === "auto" && differences > DIRECT_UP_TO);
  if (p === 2 && byMatmul) return euclidean(x, y);
  return lengths(x.unsqueeze(-2).sub(y.unsqueeze(-3)), p, -1, false);
}

function euclidean(a: Tensor, b: Tensor): Tensor {
  // Distances do not change where both are moved, but their squares lose fewer digits near the origin.
  const mean = noGrad(() => b.mean(-2, { keepDims: true }));
  const [x, y] = [a.sub(mean), b.sub(mean)];
  const squares = [x, y].map((each) => each.square().sum(-1, { keepDims: true }));
  const d2 = squares[0].add(squares[1].transpose()).sub(x.matmul(y.transpose()).mul(2));
  const none = d2.le(0);
  return where(none, 0, where(none, 1, d2).sqrt());
}
