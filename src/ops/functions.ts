/**
 * The operations that are functions only, and which symbolic tensors have too. Unlike methods, which every program carries, those that a
 * program does not import are not part of its bundle.
 */
export { hypot, lerp, logAddExp } from "./combine.js";
export { corrcoef, cov, entropy } from "./covariance.js";
export { cdist, cosineSimilarity, normalize, pairwiseDistance } from "./distance.js";
export { floorDivide, remainder } from "./division.js";
export { acos, acosh, asin, asinh, atan, atan2, atanh } from "./inverses.js";
export { all, any, isClose, isFinite, isInf, isNaN, logicalAnd, logicalNot, logicalOr, logicalXor } from "./logic.js";
export { diag, kron, meshgrid, trace } from "./matrices.js";
export { median, quantile } from "./order.js";
export { cummax, cummin, cumprod, logCumSumExp } from "./running.js";
export { maskedFill, repeatInterleave } from "./selection.js";
