import { logitsBehind, logitsOf } from "../../nn/logits.js";
import type { Loss } from "../../nn/losses.js";
import type { Squashing } from "../../ops/squashed.js";
import { tensor } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";

/** What makes rows of probabilities sum to 1, up to rounding. */
const NEAR = 1e-3;
/** With fewer rows logits may look like probabilities by chance. */
const ROWS = 4;

/**
 * What turned an output into probabilities that its loss takes for logits, and turns into probabilities once more; null: nothing did. A loss finds
 * the logits behind one softmax or sigmoid by itself, so that what remains was made by a second one, or out of its sight.
 */
export function squashedTwice(loss: Loss, output: Tensor, target: Tensor | undefined): Squashing | null {
  const { squashing } = loss;
  if (squashing === undefined || squashing === null || output.rank === 0 || output.size === 0) return null;
  const classAxis = output.rank < 2 ? 0 : loss.classAxis === -1 ? output.rank - 1 : 1;
  const taken = logitsBehind(output, squashing, classAxis) ?? output;
  const made = logitsOf(taken)?.name ?? (squashing === "softmax" && areDistributions(taken, classAxis) ? "softmax" : null);
  if (made === null || target === undefined || !takesLogits(loss, taken, target)) return null;
  return made;
}

/** Whether all elements are from 0 to 1 and sum to 1 along the axis. */
function areDistributions(x: Tensor, axis: number): boolean {
  const classes = x.shape[axis];
  if (classes < 2 || x.size / classes < ROWS) return false;
  const elements = x.view();
  const stride = x.shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  for (let start = 0; start < elements.length; start++) {
    if (Math.floor(start / stride) % classes !== 0) continue;
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const value = Number(elements[start + c * stride]);
      if (!(value >= 0)) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) > NEAR) return false;
  }
  return true;
}

/** Whether the loss takes numbers for logits: it then takes any, where it refuses probabilities below 0. */
function takesLogits(loss: Loss, { shape, dtype, size }: Tensor, target: Tensor): boolean {
  try {
    loss(tensor(new Float32Array(size).fill(-3)).cast(dtype).reshape(shape), target);
    return true;
  } catch {
    return false;
  }
}
