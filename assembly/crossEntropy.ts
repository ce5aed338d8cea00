/**
 * Softmax cross-entropy of rows of logits x, fused. With class weights w, smoothing ε, C classes and target
 * distribution q (1 at the label, or given as probabilities), a row's loss and gradient are, as torch.nn.CrossEntropyLoss
 * documents them,
 *
 *   d_c  = w_c · ((1 − ε) · q_c + ε / C)         the weighted target,  D = Σ d_c its mass
 *   loss = Σ d_c · (log S + m − x_c)              m = max x,  S = Σ exp(x_c − m)
 *   dx_c = g · (D · exp(x_c − m) / S − d_c)
 *
 * For labels, q is not stored: the term of the label is added separately, and `background` gives the rest of d. The range of every
 * kernel here counts rows, unless its comment says otherwise.
 */
import { extremeOfRow, Max } from "./extremes";
import { addPairs, firstLanes, foldRow } from "./fold";
import { halves } from "./foldScratch";
import { storeFirst } from "./map";
import { logOf, Sum, SumExpOfNegative } from "./reduce";
import { madd, nmadd } from "./simd";
import { mapRowWith, PAIRS, ScaledExp } from "./softmax";
import { fail, Status } from "./threads";

/** @cost 20 + classes @bytes 24 + (labelBytes ? 4 : 8) * classes */
@unmanaged
export class CrossEntropyArgs {
  logits: usize; // [rows, classes]
  target: usize; // labels [rows], or probabilities [rows, classes]
  classWeight: usize; // [classes], or 0: all 1
  loss: usize; // [rows]; 0 where the label is ignored
  weight: usize; // [rows], what a mean divides by: the label's weight, 0 where ignored, 1 for probabilities
  saved: usize; // [rows, 3], kept for the gradient: m, S, D
  classes: u32; // C
  labelBytes: u32; // 4: int32 labels, 1: uint8 labels, 0: float probabilities
  ignoreIndex: i32; // the label that counts for nothing
  smoothing: f32; // ε, 0 to 1
}

/** @cost 20 + classes @bytes 16 + (labelBytes ? 8 : 12) * classes */
@unmanaged
export class CrossEntropyGradArgs {
  logits: usize; // [rows, classes]
  target: usize; // labels [rows], or probabilities [rows, classes]
  classWeight: usize; // [classes], or 0: all 1
  saved: usize; // [rows, 3], from the forward kernel
  g: usize; // upstream gradient: one element, or [rows]
  totalWeight: usize; // one element, the weight that a mean divides by; 0: g is not divided
  out: usize; // [rows, classes], the gradient of logits; may be logits
  classes: u32; // C
  labelBytes: u32; // 4: int32 labels, 1: uint8 labels, 0: float probabilities
  ignoreIndex: i32; // the label that counts for nothing
  smoothing: f32; // ε, 0 to 1
  gradPerRow: u32; // 1: g is [rows]; 0: one element for all
}

@unmanaged
export class MeanLossArgs {
  loss: usize; // [rows]
  weight: usize; // [rows]
  out: usize; // one element: Σ loss / Σ weight
  totalWeight: usize; // one element: Σ weight
  rows: u32; // losses
}

/** @cost 1.5 @bytes 8 */
@unmanaged
export class LabelWeightsArgs {
  target: usize; // labels [rows]
  classWeight: usize; // [classes], or 0: all 1, and labels may be any
  out: usize; // [rows]
  classes: u32;
  labelBytes: u32; // 4: int32 labels, 1: uint8 labels
  ignoreIndex: i32; // the label that counts for nothing
}

/** The label of a row that is ignored. */
const NONE: i32 = -1;

function loadLabel(target: usize, bytes: u32, row: u32): i32 {
  return bytes == 1 ? <i32>load<u8>(target + row) : load<i32>(target + (<usize>row << 2));
}

/** The label of a row. NONE if the label is `ignoreIndex`, or if it is out of range, which is reported. */
function labelOf(target: usize, bytes: u32, row: u32, classes: u32, ignoreIndex: i32): i32 {
  const c = loadLabel(target, bytes, row);
  if (c == ignoreIndex) return NONE;
  if (<u32>c < classes) return c;
  fail(Status.IndexOutOfRange, row);
  return NONE;
}

@inline
function weightOf(classWeight: usize, c: i32): f32 {
  return classWeight ? load<f32>(classWeight + (<usize>c << 2)) : 1;
}

/** Rows that stand for one that is missing: a pair of vectors, read anew at each step. */
const ZEROS = memory.data<f32>([0, 0, 0, 0, 0, 0, 0, 0]);
const ONES = memory.data<f32>([1, 1, 1, 1, 1, 1, 1, 1]);

/** The bytes from a pair of vectors of a row to the next; 0 for a row that is missing. */
@inline
function advance(row: usize): usize { return row ? 32 : 0; }

/** The weighted target d of four classes with the probabilities q and the weights w, without the term of the label. */
@inline
function background(q: v128, w: v128, keep: v128, smooth: v128): v128 {
  return f32x4.mul(madd(q, keep, smooth), w);
}

/**
 * Writes Σ background, and behind it Σ background · (x − m), along a row to `halves`, as float64. q is the address of the row of
 * probabilities, or 0 for labels. Sixteen terms are summed in float32, as in softmax.ts; the rest of the sums is in float64.
 */
function foldBackground(x: usize, m: f32, q: usize, w: usize, n: u32, keep: f32, smooth: f32): void {
  const vm = f32x4.splat(m), vkeep = f32x4.splat(keep), vsmooth = f32x4.splat(smooth), sums = halves();
  const stepQ = advance(q), stepW = advance(w);
  if (!q) q = ZEROS;
  if (!w) w = ONES;
  let mass = f64x2.splat(0), dot = mass, pairs = n >> 3;
  while (pairs) {
    let a = f32x4.splat(0), b = a, c = a, d = a, block = min(pairs, PAIRS);
    pairs -= block;
    for (; block; block--, x += 32, q += stepQ, w += stepW) {
      const s = background(v128.load(q), v128.load(w), vkeep, vsmooth);
      const t = background(v128.load(q, 16), v128.load(w, 16), vkeep, vsmooth);
      a = f32x4.add(a, s), b = f32x4.add(b, t);
      c = f32x4.add(c, f32x4.mul(s, f32x4.sub(v128.load(x), vm))), d = f32x4.add(d, f32x4.mul(t, f32x4.sub(v128.load(x, 16), vm)));
    }
    v128.store(sums, b, 16), v128.store(sums, a);
    v128.store(sums, d, 48), v128.store(sums, c, 32);
    mass = addPairs(mass, f32x4.add(v128.load(sums), v128.load(sums, 16)));
    dot = addPairs(dot, f32x4.add(v128.load(sums, 32), v128.load(sums, 48)));
  }
  for (let left = n & 7; left; left -= min(left, 4), x += 16, q += stepQ >> 1, w += stepW >> 1) {
    let s = background(v128.load(q), v128.load(w), vkeep, vsmooth), t = f32x4.mul(s, f32x4.sub(v128.load(x), vm));
    if (left < 4) s = v128.and(s, firstLanes(left)), t = v128.and(t, firstLanes(left));
    mass = addPairs(mass, s);
    dot = addPairs(dot, t);
  }
  store<f64>(sums, f64x2.extract_lane(mass, 0) + f64x2.extract_lane(mass, 1));
  store<f64>(sums, f64x2.extract_lane(dot, 0) + f64x2.extract_lane(dot, 1), 8);
}

/** Loss and weight of each row. */
export function crossEntropyRows(r: CrossEntropyArgs, from: u32, to: u32): void {
  const n = r.classes, row = <usize>n << 2, hasLabels = r.labelBytes != 0, sums = halves();
  const keep = <f32>1 - r.smoothing, smooth = r.smoothing / <f32>n;
  // With labels and no smoothing the background is 0.
  const hasBackground = !hasLabels || smooth != 0;
  for (let i = from; i < to; i++) {
    const x = r.logits + row * i, q = hasLabels ? 0 : r.target + row * i;
    const c = hasLabels ? labelOf(r.target, r.labelBytes, i, n, r.ignoreIndex) : NONE;
    if (hasLabels && c == NONE) {
      writeRow(r, i, 0, 0, 0, 0, 0);
      continue;
    }
    const m = extremeOfRow<Max>(x, n), sum = foldRow<SumExpOfNegative>(x, 0, n, m);
    let mass = 0.0, dot = 0.0, weight: f32 = 1;
    if (hasBackground) {
      foldBackground(x, m, q, r.classWeight, n, keep, smooth);
      mass = load<f64>(sums), dot = load<f64>(sums, 8);
    }
    if (hasLabels) {
      weight = weightOf(r.classWeight, c);
      mass += keep * weight;
      dot += keep * weight * (load<f32>(x + (<usize>c << 2)) - m);
    }
    writeRow(r, i, <f32>(mass * logOf(sum) - dot), weight, m, <f32>sum, <f32>mass);
  }
}

function writeRow(r: CrossEntropyArgs, i: u32, loss: f32, weight: f32, m: f32, sum: f32, mass: f32): void {
  const at = <usize>i << 2, saved = r.saved + 3 * at;
  store<f32>(r.loss + at, loss);
  store<f32>(r.weight + at, weight);
  store<f32>(saved, m);
  store<f32>(saved, sum, 4);
  store<f32>(saved, mass, 8);
}

/** Gradient with respect to the logits; 0 for rows that are ignored. */
export function crossEntropyRowsGrad(r: CrossEntropyGradArgs, from: u32, to: u32): void {
  const n = r.classes, row = <usize>n << 2, hasLabels = r.labelBytes != 0;
  const keep = <f32>1 - r.smoothing, smooth = r.smoothing / <f32>n;
  const total = r.totalWeight ? load<f32>(r.totalWeight) : 1;
  for (let i = from; i < to; i++) {
    const out = r.out + row * i, saved = r.saved + 12 * <usize>i;
    const c = hasLabels ? labelOf(r.target, r.labelBytes, i, n, r.ignoreIndex) : NONE;
    if (hasLabels && c == NONE) {
      memory.fill(out, 0, row);
      continue;
    }
    // Of a mean over nothing the total is 0, and nobody asks.
    const asked = load<f32>(r.gradPerRow ? r.g + (<usize>i << 2) : r.g), g: f32 = asked == 0 ? 0 : asked / total;
    const scale = g * load<f32>(saved, 8) / load<f32>(saved, 4);
    mapRowWith<ScaledExp>(r.logits + row * i, 0, out, n, load<f32>(saved), scale);
    if (!hasLabels) subtractBackground(out, r.target + row * i, r.classWeight, n, keep, smooth, g);
    else {
      if (smooth != 0) subtractBackground(out, 0, r.classWeight, n, keep, smooth, g);
      const at = out + (<usize>c << 2);
      store<f32>(at, load<f32>(at) - g * keep * weightOf(r.classWeight, c));
    }
  }
}

/** out −= g · background along a row. */
function subtractBackground(out: usize, q: usize, w: usize, n: u32, keep: f32, smooth: f32, g: f32): void {
  const end = out + (<usize>n << 2), vg = f32x4.splat(g), vkeep = f32x4.splat(keep), vsmooth = f32x4.splat(smooth);
  const stepQ = advance(q), stepW = advance(w);
  if (!q) q = ZEROS;
  if (!w) w = ONES;
  for (const pairs = out + (<usize>(n & ~7) << 2); out < pairs; out += 32, q += stepQ, w += stepW) {
    const a = nmadd(background(v128.load(q), v128.load(w), vkeep, vsmooth), vg, v128.load(out));
    const b = nmadd(background(v128.load(q, 16), v128.load(w, 16), vkeep, vsmooth), vg, v128.load(out, 16));
    v128.store(out, b, 16), v128.store(out, a);
  }
  for (; out < end; out += 16, q += stepQ >> 1, w += stepW >> 1) {
    const d = nmadd(background(v128.load(q), v128.load(w), vkeep, vsmooth), vg, v128.load(out)), left = end - out;
    if (left < 16) storeFirst(out, d, left);
    else v128.store(out, d);
  }
}

/** What each label weighs: the weight of its class, 0 where it is ignored. @narrow */
export function labelWeights(r: LabelWeightsArgs, from: u32, to: u32): void {
  for (let i = from; i < to; i++) {
    let weight: f32 = 1;
    if (!r.classWeight) weight = loadLabel(r.target, r.labelBytes, i) == r.ignoreIndex ? 0 : 1;
    else {
      const c = labelOf(r.target, r.labelBytes, i, r.classes, r.ignoreIndex);
      weight = c == NONE ? 0 : weightOf(r.classWeight, c);
    }
    store<f32>(r.out + (<usize>i << 2), weight);
  }
}

/** Mean of the rows' losses, Σ loss / Σ weight, in float64; NaN when every row is ignored. Range: 0 to 1. @alone */
export function meanLoss(r: MeanLossArgs, from: u32, to: u32): void {
  if (from >= to) return;
  const total = foldRow<Sum>(r.weight, 0, r.rows, 0);
  store<f32>(r.out, <f32>(foldRow<Sum>(r.loss, 0, r.rows, 0) / total));
  store<f32>(r.totalWeight, <f32>total);
}
