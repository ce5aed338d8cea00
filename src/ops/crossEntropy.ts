import { IndexError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { defineOp } from "../graph/define.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import { BYTES } from "../memory/views.js";
import { elementText } from "../tensor/check.js";
import { ones } from "../tensor/creation.js";
import { isFloating } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";
import { oneHot } from "./creation.js";
import { softmax } from "./softmax.js";

/** How the losses of the rows become one: their (weighted) mean, their sum, or not at all. */
export type Reduction = "mean" | "sum" | "none";

interface Attributes {
  reduction: Reduction;
  /** ε */
  smoothing: number;
  /** The label that counts for nothing. */
  ignoreIndex: number;
}

/**
 * The workspace: of each row m, S, D (see the kernel), its loss and its weight, then the total weight of a mean.
 *
 *     saved [n, 3] │ loss [n] │ weight [n] │ total
 */
const sections = (n: number) => ({ loss: 3 * n, weight: 4 * n, total: 5 * n, length: 5 * n + 1 });

/**
 * Softmax cross-entropy of rows of logits, fused: loss = −Σ_c d_c · log softmax(x)_c, with d the target distribution q, smoothed by ε
 * and weighted by class: d_c = w_c((1 − ε)·q_c + ε/C). A mean divides by Σ w of labels, by n of probabilities.
 * Shape:     logits [n, C]; target labels [n] (int32 or uint8) or probabilities [n, C] (float) → [], or [n] for reduction "none"
 * Gradient:  dx_c = g · (Σd · softmax(x)_c − d_c); none for target and weights
 * @throws IndexError for a label that is neither 0 … C − 1 nor ignoreIndex
 */
export const crossEntropyRows: (logits: Tensor, target: Tensor, classWeight: Tensor | null, attributes: Attributes) => Tensor = defineOp({
  name: "crossEntropy",
  inputs: ["logits", "target", "classWeight?"],
  save: ["logits", "target", "classWeight"],
  shape: ({ logits }, { reduction }: Attributes) => (reduction === "none" ? [logits.shape[0]] : []),
  workspace: ({ logits }) => sections(logits.shape[0]).length,
  forward: ({ logits, target, classWeight, workspace, out }, { reduction, smoothing, ignoreIndex }) => {
    const [n, classes] = logits.shape;
    const { dtype } = logits;
    const at = (section: number): number => workspace.at + section * BYTES[dtype];
    const { loss, weight, total } = sections(n);
    kernels.crossEntropyRows(
      {
        logits: logits.at,
        target: target.at,
        classWeight: classWeight?.at ?? 0,
        loss: reduction === "none" ? out.at : at(loss),
        weight: at(weight),
        saved: workspace.at,
        classes,
        labelBytes: labelBytes(target),
        ignoreIndex,
        smoothing,
      },
      0,
      n,
      dtype,
    );
    checkLabels("crossEntropy", target, classes);
    if (reduction === "mean")
      kernels.meanLoss({ loss: at(loss), weight: at(weight), out: out.at, totalWeight: at(total), rows: n }, 0, 1, dtype);
    if (reduction === "sum") kernels.sum({ x: at(loss), out: out.at, reduced: n, inner: 1, divisor: 1, beta: 0 }, 0, 1, dtype);
  },
  backward: (pass, { logits, target, classWeight, workspace }, { reduction, smoothing, ignoreIndex }) => {
    if (!pass.wanted("logits")) return;
    const [n, classes] = logits.shape;
    const { at: out } = pass.whole("logits");
    kernels.crossEntropyRowsGrad(
      {
        logits: logits.at,
        target: target.at,
        classWeight: classWeight?.at ?? 0,
        saved: workspace.at,
        g: pass.g.at,
        totalWeight: reduction === "mean" ? workspace.at + sections(n).total * BYTES[logits.dtype] : 0,
        out,
        classes,
        labelBytes: labelBytes(target),
        ignoreIndex,
        smoothing,
        gradPerRow: reduction === "none" ? 1 : 0,
      },
      0,
      n,
      logits.dtype,
    );
  },
  grad: {
    logits: (g, { logits, target, classWeight }, { reduction, smoothing, ignoreIndex }) => {
      const { d, rowWeight } = distribution(logits, target, classWeight, smoothing, ignoreIndex);
      const scale = reduction === "mean" ? g.div(rowWeight.sum()) : reduction === "sum" ? g : g.unsqueeze(1);
      return softmax(logits)
        .mul(d.sum(1, { keepDims: true }))
        .sub(d)
        .mul(scale);
    },
  },
});

/** d, and what a mean divides by, in operations: needed for second derivatives only. */
function distribution(
  logits: Tensor,
  target: Tensor,
  classWeight: Tensor | null,
  smoothing: number,
  ignoreIndex: number,
): { d: Tensor; rowWeight: Tensor } {
  const classes = logits.shape[1];
  const { dtype } = logits;
  const weights = classWeight ?? onesOf(classes, dtype);
  if (isFloating(target.dtype)) {
    return {
      d: target
        .mul(1 - smoothing)
        .add(smoothing / classes)
        .mul(weights),
      rowWeight: onesOf(logits.shape[0], dtype),
    };
  }
  const counted = target.cast("int32").ne(ignoreIndex);
  const labels = counted.where(target.cast("int32"), 0);
  const q = oneHot(labels, classes).cast(dtype);
  const mask = counted.cast(dtype);
  const d = q
    .mul(1 - smoothing)
    .add(smoothing / classes)
    .mul(weights)
    .mul(mask.unsqueeze(1));
  return { d, rowWeight: weights.indexSelect(0, labels).mul(mask) };
}

/**
 * What each label weighs: the weight of its class, or 1 without weights of classes; 0 where it is ignored.
 * Shape:     target [n, …] (int32 or uint8), classWeight [C] of the type wanted → [n, …]
 * @throws IndexError for a label that is neither 0 … C − 1 nor ignoreIndex, where classes have weights
 */
export const labelWeights: (target: Tensor, classWeight: Tensor | null, attributes: LabelAttributes) => Tensor = defineOp({
  name: "labelWeights",
  inputs: ["target", "classWeight?"],
  shape: ({ target }, _: LabelAttributes) => target.shape,
  dtype: (_, { dtype }) => dtype,
  forward: ({ target, classWeight, out }, { op, ignoreIndex }) => {
    const [weights, classes] = [classWeight?.at ?? 0, classWeight?.size ?? 0];
    const record = { target: target.at, classWeight: weights, out: out.at, classes, labelBytes: labelBytes(target), ignoreIndex };
    kernels.labelWeights(record, 0, target.size, out.dtype);
    if (classWeight !== null) checkLabels(op, target, classes);
  },
});

interface LabelAttributes {
  /** Who weighs, as errors say it. */
  op: string;
  ignoreIndex: number;
  /** The type of the weights. */
  dtype: Tensor["dtype"];
}

function onesOf(n: number, dtype: Tensor["dtype"]): Tensor {
  return ones([n], { dtype });
}

/** Bytes of a label; 0: probabilities. */
function labelBytes(target: Tensor): number {
  return isFloating(target.dtype) ? 0 : BYTES[target.dtype];
}

function checkLabels(op: string, target: Tensor, classes: number): void {
  checked(({ detail }) => {
    throw new IndexError(
      message(
        op,
        `label ${elementText(target, detail)} at position ${detail} is outside 0 … ${classes - 1}`,
        "Check the labels, the number of logits, or set ignoreIndex.",
      ),
    );
  });
}
