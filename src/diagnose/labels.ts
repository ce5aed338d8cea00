import { isFloating } from "../tensor/dtype.js";
import type { Tensor } from "../tensor/tensor.js";

/** Labels that are counted at most. */
const MOST = 1 << 20;
/** A number above it is no label. */
const GREATEST = 1 << 16;

/**
 * How often each label occurs, by class; null where targets are no labels.
 * @param areClasses whether the loss is of classes: rows [n, classes] then count as their greatest
 */
export function labelsOf(target: Tensor, areClasses: boolean): number[] | null {
  if (isFloating(target.dtype) && !areClasses) return null;
  return isFloating(target.dtype) && target.rank === 2 && target.shape[1] > 1 ? greatestOfRows(target) : counted(target);
}

function counted(target: Tensor): number[] | null {
  const counts: number[] = [];
  const elements = target.view();
  for (let i = 0; i < elements.length && i < MOST; i++) {
    const label = elements[i];
    // What is ignored has a label below 0.
    if (label < 0) continue;
    if (label > GREATEST || !Number.isInteger(label)) return null;
    while (counts.length <= label) counts.push(0);
    counts[label]++;
  }
  return counts;
}

function greatestOfRows(target: Tensor): number[] {
  const elements = target.view();
  const classes = target.shape[1];
  const counts = new Array<number>(classes).fill(0);
  for (let at = 0; at < elements.length && at < MOST; at += classes) {
    let greatest = 0;
    for (let i = 1; i < classes; i++) if (elements[at + i] > elements[at + greatest]) greatest = i;
    counts[greatest]++;
  }
  return counts;
}
