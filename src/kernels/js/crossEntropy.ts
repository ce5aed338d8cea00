import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { Status } from "../generated/constants.js";
import type { CrossEntropyArgs, CrossEntropyGradArgs, LabelWeightsArgs, MeanLossArgs } from "../generated.js";
import { fail } from "../status.js";
import { total } from "./reduce.js";
import { maximum, sumExp } from "./softmax.js";

const NONE = -1;

type Targets = Pick<CrossEntropyArgs, "target" | "classWeight" | "classes" | "labelBytes" | "ignoreIndex" | "smoothing">;

function loadLabel({ target, labelBytes }: Pick<Targets, "target" | "labelBytes">, i: number): number {
  return labelBytes === 1 ? views.u8[target + i] : views.i32[target / 4 + i];
}

/** The label of row i; NONE if it is ignored, or out of range, which is reported. */
function labelOf(r: Omit<Targets, "smoothing">, i: number): number {
  const c = loadLabel(r, i);
  if (c === r.ignoreIndex) return NONE;
  if (c >= 0 && c < r.classes) return c;
  fail(Status.IndexOutOfRange, i);
  return NONE;
}

/** d_c of row i, whose label is `label`: w_c · ((1 − ε) · q_c + ε / C). */
function weightedTarget(r: Targets, v: NumberArray, i: number, label: number, c: number): number {
  const q = r.labelBytes === 0 ? v[r.target / v.BYTES_PER_ELEMENT + i * r.classes + c] : Number(c === label);
  return classWeight(r, v, c) * ((1 - r.smoothing) * q + r.smoothing / r.classes);
}

function classWeight(r: Pick<Targets, "classWeight">, v: NumberArray, c: number): number {
  return r.classWeight ? v[r.classWeight / v.BYTES_PER_ELEMENT + c] : 1;
}

export function crossEntropyRows(r: CrossEntropyArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const x = r.logits / bytes + i * r.classes;
    const label = r.labelBytes ? labelOf(r, i) : NONE;
    let [loss, weight, m, sum, mass] = [0, 0, 0, 0, 0];
    if (label !== NONE || !r.labelBytes) {
      m = maximum(v, x, r.classes);
      sum = sumExp(v, x, r.classes, m);
      weight = r.labelBytes ? classWeight(r, v, label) : 1;
      for (let c = 0; c < r.classes; c++) {
        const d = weightedTarget(r, v, i, label, c);
        mass += d;
        // A label without smoothing asks nothing of the other classes, whose logits may be −∞.
        if (!r.labelBytes || r.smoothing !== 0 || c === label) loss += d * (Math.log(sum) + m - v[x + c]);
      }
    }
    v[r.loss / bytes + i] = loss;
    v[r.weight / bytes + i] = weight;
    v.set([m, sum, mass], r.saved / bytes + 3 * i);
  }
}

export function crossEntropyRowsGrad(r: CrossEntropyGradArgs, from: number, to: number, v: NumberArray): void {
  const bytes = v.BYTES_PER_ELEMENT;
  for (let i = from; i < to; i++) {
    const x = r.logits / bytes + i * r.classes;
    const out = r.out / bytes + i * r.classes;
    const label = r.labelBytes ? labelOf(r, i) : NONE;
    const [m, sum, mass] = v.subarray(r.saved / bytes + 3 * i);
    const asked = v[r.g / bytes + (r.gradPerRow ? i : 0)];
    // Of a mean over nothing the total is 0, and nobody asks.
    const g = asked === 0 ? 0 : asked / (r.totalWeight ? v[r.totalWeight / bytes] : 1);
    for (let c = 0; c < r.classes; c++) {
      const counts = label !== NONE || !r.labelBytes;
      v[out + c] = counts ? g * ((mass * Math.exp(v[x + c] - m)) / sum - weightedTarget(r, v, i, label, c)) : 0;
    }
  }
}

/** What each label weighs: the weight of its class, 0 where it is ignored. */
export function labelWeights(r: LabelWeightsArgs, from: number, to: number, v: NumberArray): void {
  for (let i = from; i < to; i++) {
    const counts = r.classWeight ? labelOf(r, i) !== NONE : loadLabel(r, i) !== r.ignoreIndex;
    v[r.out / v.BYTES_PER_ELEMENT + i] = counts ? classWeight(r, v, loadLabel(r, i)) : 0;
  }
}

export function meanLoss(r: MeanLossArgs, from: number, to: number, v: NumberArray): void {
  if (from >= to) return;
  const bytes = v.BYTES_PER_ELEMENT;
  const weight = total(v, r.weight / bytes, r.rows, 1);
  v[r.out / bytes] = total(v, r.loss / bytes, r.rows, 1) / weight;
  v[r.totalWeight / bytes] = weight;
}
