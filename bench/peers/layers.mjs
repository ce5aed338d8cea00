/**
 * The vocabulary of workloads. A network is a list of layers, which every library gets, Python too, as JSON.
 *
 * @typedef {{ type: "linear", in: number, out: number } | { type: "batchNorm", features: number }
 *   | { type: "relu" | "tanh" | "sigmoid" | "softmax" }} Layer
 *
 * @typedef {{ name: "sgd", learningRate: number, momentum?: number } | { name: "adam", learningRate: number }} Optimizer
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

/** @type {Layer} */
export const relu = { type: "relu" };
/** @type {Layer} */
export const tanh = { type: "tanh" };
/** @type {Layer} */
export const sigmoid = { type: "sigmoid" };
/** @type {Layer} over the last axis */
export const softmax = { type: "softmax" };

/** The parameters of a network in the order of its layers: weight [out, in], bias; scale, shift. They are uniform in ±`limit`. */
export function parametersOf(layers) {
  return layers.flatMap((layer) => {
    if (layer.type === "batchNorm") {
      const shape = [layer.features];
      return [
        { shape, constant: 1 },
        { shape, constant: 0 },
      ];
    }
    if (layer.type !== "linear") return [];
    const limit = 1 / Math.sqrt(layer.in);
    return [
      { shape: [layer.out, layer.in], limit },
      { shape: [layer.out], limit },
    ];
  });
}

/** Floating-point operations of the products in a step. A linear layer has three products in training, the first one only two. */
export function flopsOf(workload) {
  if (workload.kind === "gemm") {
    const [m, k] = workload.form === "TN" ? workload.x.shape.toReversed() : workload.x.shape;
    return 2 * m * k * workload.y.shape[workload.form === "NT" ? 0 : 1];
  }
  const batch = workload.x?.shape[0];
  const products = workload.kind === "train" ? 3 : 1;
  return (workload.layers ?? [])
    .filter(({ type }) => type === "linear")
    .reduce((sum, layer, i) => sum + 2 * batch * layer.in * layer.out * (products === 3 && i === 0 ? 2 : products), 0);
}

/** Bytes that an elementwise step reads and writes. */
export function bytesOf({ kind, op, x }) {
  return kind === "elementwise" ? (op === "sum" ? 4 : 8) * x.shape[0] * x.shape[1] : 0;
}
