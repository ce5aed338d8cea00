import { type Tensor, tensor } from "../../src/index.js";
import type { LossName } from "../../src/nn/lossNamed.js";
import { normals } from "./kernels.js";

/** What a loss is called with in front of its options, the prediction [4, 3] first; and the shape of its losses. */
export interface Operands {
  readonly prediction: Tensor;
  readonly targets: Readonly<Record<string, Tensor>>;
  readonly each: readonly number[];
}

const numbers = (seed: number, requiresGrad = false): Tensor =>
  tensor(normals(12, seed), { shape: [4, 3], dtype: "float64", requiresGrad });

const LABELS = { labels: tensor([0, 2, 1, 1], { dtype: "int32" }) };
const CLASSES = { ...LABELS, probabilities: tensor(normals(12, 5), { shape: [4, 3], dtype: "float64" }).softmax() };
const SIGNS = { signs: tensor([1, -1, 1, 1, -1, -1, 1, -1, 1, 1, -1, 1], { shape: [4, 3], dtype: "float64" }) };
const VALUES = {
  values: tensor(normals(12, 5), { shape: [4, 3], dtype: "float64" }).sigmoid(),
  "whole values": tensor([0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 1], { shape: [4, 3], dtype: "uint8" }),
};

/** Losses of one number a sample. */
const A_SAMPLE = [4];

/** What a loss takes beside [4, 3] where that is not a value for each element; losses of three tensors have a test of their own. */
const OTHERS: Partial<Record<LossName, Partial<Operands>>> = {
  crossEntropy: { targets: CLASSES, each: A_SAMPLE },
  focal: { targets: CLASSES, each: A_SAMPLE },
  earthMover: { targets: CLASSES, each: A_SAMPLE },
  nll: { targets: LABELS, each: A_SAMPLE },
  multiclassHinge: { targets: LABELS, each: A_SAMPLE },
  squaredMulticlassHinge: { targets: LABELS, each: A_SAMPLE },
  multiMargin: { targets: LABELS, each: A_SAMPLE },
  softMargin: { targets: SIGNS },
  hingeEmbedding: { targets: SIGNS },
  multiLabelSoftMargin: { each: A_SAMPLE },
  multiLabelMargin: {
    targets: { lists: tensor([1, 0, -1, -1, 0, 1, 2, -1, 0, 0, 1, 2], { shape: [4, 3], dtype: "int32" }) },
    each: A_SAMPLE,
  },
  ntXent: { targets: { views: numbers(5) }, each: A_SAMPLE },
};

/** What a loss of a prediction and a target is called with. */
export function operandsOf(name: string): Operands {
  return { prediction: numbers(7, true), targets: VALUES, each: [4, 3], ...OTHERS[name as LossName] };
}
