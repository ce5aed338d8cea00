/**
 * The vocabulary of workloads. A network is a list of layers, which every library gets, Python too, as JSON.
 *
 * @typedef {{ type: "linear", in: number, out: number } | { type: "batchNorm", features: number }
 *   | { type: "conv", in: number, out: number, kernel: number, padding: number } | { type: "avgPool" | "maxPool", size: number }
 *   | { type: "lstm", in: number, hidden: number } | { type: "transformerBlock", dim: number, heads: number, feedForward: number }
 *   | { type: "relu" | "tanh" | "sigmoid" | "softmax" | "flatten" | "sequenceMean" }} Layer
 *
 * @typedef {{ name: "sgd", learningRate: number, momentum?: number } | { name: "adam", learningRate: number }
 *   | { name: "adamW", learningRate: number, weightDecay: number }} Optimizer
 *
 * A tensor of the workload: literal values or how they are drawn.
 * @typedef {{ shape: number[], values?: number[], draw?: "normal" | "label" }} Source
 *
 * A step of each kind:
 * - train: forward, backward, update, the loss read back as a number
 * - inference: forward of new numbers in each step, the result read back
 * - elementwise, gemm: the operation on tensors that are ready, with a new result
 * - limit: the limits of the machine (by simdgrad's kernels), with which the others are compared
 *
 * @typedef {{ name: string, kind: "train", layers: Layer[], loss: "mse" | "crossEntropy", optimizer: Optimizer, x: Source, y: Source }} Training
 * @typedef {{ name: string, kind: "inference", layers: Layer[], x: Source }} Inference
 * @typedef {{ name: string, kind: "elementwise", op: "relu" | "gelu" | "tanh" | "sigmoid" | "softmax" | "sum", x: Source }} Elementwise
 * @typedef {{ name: string, kind: "gemm", form: "NN" | "TN" | "NT", x: Source, y: Source }} Gemm
 * @typedef {{ name: string, kind: "limit", limit: "multiplyAdd" | "copy" }} Limit
 * @typedef {Training | Inference | Elementwise | Gemm | Limit} Workload
 */

/** @returns {Layer} y = x · weightᵀ + bias */
export const linear = (inFeatures, outFeatures) => ({ type: "linear", in: inFeatures, out: outFeatures });

/** @returns {Layer} in training: by the statistics of the batch, with scale and shift */
export const batchNorm = (features) => ({ type: "batchNorm", features });

/** @returns {Layer} of images [n, c, h, w] with a square kernel, stride 1, and bias */
export const conv = (inChannels, outChannels, kernel, padding = 0) => ({ type: "conv", in: inChannels, out: outChannels, kernel, padding });
/** @returns {Layer} of squares that do not overlap */
export const avgPool = (size) => ({ type: "avgPool", size });
/** @returns {Layer} of squares that do not overlap */
export const maxPool = (size) => ({ type: "maxPool", size });
/** @returns {Layer} [n, steps, in] → the last state [n, hidden], from a state of zeros */
export const lstm = (inputs, hidden) => ({ type: "lstm", in: inputs, hidden });
/** @returns {Layer} an encoder block of a Transformer with the norms in front, gelu (erf), no dropout: [n, length, dim] → same */
export const transformerBlock = (dim, heads, feedForward) => ({ type: "transformerBlock", dim, heads, feedForward });

/** @type {Layer} */
export const relu = { type: "relu" };
/** @type {Layer} */
export const tanh = { type: "tanh" };
/** @type {Layer} */
export const sigmoid = { type: "sigmoid" };
/** @type {Layer} over the last axis */
export const softmax = { type: "softmax" };
/** @type {Layer} [n, ...] → [n, all of them] */
export const flatten = { type: "flatten" };
/** @type {Layer} [n, length, dim] → its mean over the length */
export const sequenceMean = { type: "sequenceMean" };

const uniform = (fanIn, shapes) => Object.entries(shapes).map(([name, shape]) => ({ name, shape, limit: 1 / Math.sqrt(fanIn) }));
const norm = (features, prefix = "") => [
  { name: `${prefix}weight`, shape: [features], constant: 1 },
  { name: `${prefix}bias`, shape: [features], constant: 0 },
];

/** The parameters of the layers that have some, under the names and in the order of PyTorch. They are uniform in ±`limit`. */
const PARAMETERS = {
  linear: ({ in: inputs, out }) => uniform(inputs, { weight: [out, inputs], bias: [out] }),
  conv: ({ in: inputs, out, kernel }) => uniform(inputs * kernel * kernel, { weight: [out, inputs, kernel, kernel], bias: [out] }),
  batchNorm: ({ features }) => norm(features),
  lstm: ({ in: inputs, hidden }) => {
    const gates = 4 * hidden;
    return uniform(hidden, { weight_ih_l0: [gates, inputs], weight_hh_l0: [gates, hidden], bias_ih_l0: [gates], bias_hh_l0: [gates] });
  },
  transformerBlock: ({ dim, feedForward }) => [
    ...uniform(dim, { "self_attn.in_proj_weight": [3 * dim, dim], "self_attn.in_proj_bias": [3 * dim] }),
    ...uniform(dim, { "self_attn.out_proj.weight": [dim, dim], "self_attn.out_proj.bias": [dim] }),
    ...uniform(dim, { "linear1.weight": [feedForward, dim], "linear1.bias": [feedForward] }),
    ...uniform(feedForward, { "linear2.weight": [dim, feedForward], "linear2.bias": [dim] }),
    ...norm(dim, "norm1."),
    ...norm(dim, "norm2."),
  ],
};

/** The parameters of a network in the order of its layers, each with the number of its layer and its name there. */
export function parametersOf(layers) {
  return layers.flatMap((layer, i) => (PARAMETERS[layer.type]?.(layer) ?? []).map((parameter) => ({ ...parameter, layer: i })));
}

/** The shape of a layer's result for one sample. */
const RESULTS = {
  linear: (shape, { out }) => [...shape.slice(0, -1), out],
  conv: ([_, h, w], { out, kernel, padding }) => [out, h + 2 * padding - kernel + 1, w + 2 * padding - kernel + 1],
  avgPool: ([c, h, w], { size }) => [c, Math.floor(h / size), Math.floor(w / size)],
  maxPool: ([c, h, w], { size }) => [c, Math.floor(h / size), Math.floor(w / size)],
  flatten: (shape) => [sizeOf(shape)],
  lstm: (_, { hidden }) => [hidden],
  sequenceMean: ([_, dim]) => [dim],
};

/** Multiply-adds of a layer's forward for one sample: of products with the layer's input, and of products with results of its own. */
const PRODUCTS = {
  linear: (_, { in: inputs, out }) => [inputs * out, 0],
  conv: (_, { in: inputs, kernel }, result) => [inputs * kernel * kernel * sizeOf(result), 0],
  lstm: ([steps], { in: inputs, hidden }) => [steps * 4 * hidden * inputs, steps * 4 * hidden * hidden],
  // All of a block stands behind its first norm, whose weights need the gradient of its result.
  transformerBlock: ([length, dim], { feedForward }) => [0, length * (4 * dim * dim + 2 * dim * feedForward + 2 * length * dim)],
};

/**
 * Floating-point operations of the products in a step, counted as direct sums. Training has three products for each of the forward, but
 * no gradient of the network's input.
 */
export function flopsOf(workload) {
  if (workload.kind === "gemm") {
    const [m, k] = workload.form === "TN" ? workload.x.shape.toReversed() : workload.x.shape;
    return 2 * m * k * workload.y.shape[workload.form === "NT" ? 0 : 1];
  }
  const [batch, ...sample] = workload.x?.shape ?? [];
  const products = workload.kind === "train" ? 3 : 1;
  let shape = sample;
  let sum = 0;
  for (const [i, layer] of (workload.layers ?? []).entries()) {
    const result = RESULTS[layer.type]?.(shape, layer) ?? shape;
    const [ofInput, own] = PRODUCTS[layer.type]?.(shape, layer, result) ?? [0, 0];
    sum += 2 * batch * (ofInput * (i === 0 ? Math.min(2, products) : products) + own * products);
    shape = result;
  }
  return sum;
}

function sizeOf(shape) {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Bytes that an elementwise step reads and writes. */
export function bytesOf({ kind, op, x }) {
  return kind === "elementwise" ? (op === "sum" ? 4 : 8) * x.shape[0] * x.shape[1] : 0;
}
