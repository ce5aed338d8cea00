/**
 * Optimizer updates over runs of the parameter arena: gradient, moments and parameter stand at equal offsets of sister
 * arenas, so one call takes many tensors. Formulas are PyTorch's. Range of every kernel: elements of the run.
 *
 * Hyper-parameters stand in the record; what changes from step to step stands in a cell.
 */
import { madd, nmadd } from "./simd";

/** What changes from step to step, by tensors that share their rate and age. @host */
@unmanaged
class Cell {
  learningRate: f64;
  gradientFactor: f64; // 1, or less where the norm of the gradients is clipped
  biasCorrection1: f64; // 1 − β₁ᵗ
  biasCorrection2: f64; // 1 − β₂ᵗ
  first: f64; // 1 at the first step, else 0: momentum begins as the gradient itself
  clipValue: f64; // each element of the gradient is limited to ± this; Infinity = not at all
}

/** @cost 0.4 @bytes v ? 20 : 12 */
@unmanaged
export class SgdArgs {
  p: usize; // float32 [n], parameters, updated
  g: usize; // float32 [n], gradients
  v: usize; // float32 [n], velocities, updated; unused (0) where momentum is 0
  cell: usize; // see Cell
  momentum: f64; // μ
  dampening: f64; // τ
  weightDecay: f64; // λ, coupled
  nesterov: u32; // 1: step along g + μ·v
  maximize: u32; // 1: climb
}

/**
 * g ← ±factor·clip(g) + λp;  v ← μv + (1 − τ)g, at the first step v ← g;  p ← p − lr·v, with Nesterov p − lr·(g + μv).
 * (Sutskever, Martens, Dahl, Hinton, ICML 2013, with the learning rate outside the velocity, as in PyTorch.)
 */
export function sgd(r: SgdArgs, from: u32, to: u32): void {
  each<Sgd, SgdArgs>(r, from, to);
}

@unmanaged
@final
class Sgd {
  @inline update<T, C>(r: SgdArgs, from: usize, to: usize): void {
    const cell = changetype<Cell>(r.cell);
    const first = cell.first != 0;
    const factor = f32x4.splat(<f32>(r.maximize ? -cell.gradientFactor : cell.gradientFactor));
    const most = f32x4.splat(<f32>cell.clipValue);
    const least = f32x4.neg(most);
    const learningRate = f32x4.splat(<f32>cell.learningRate);
    const decay = f32x4.splat(<f32>r.weightDecay);
    const momentum = f32x4.splat(<f32>r.momentum);
    const fresh = f32x4.splat(<f32>(first ? 1 : 1 - r.dampening));
    const nesterov = r.nesterov != 0;
    const plain = r.momentum == 0;
    // Held in locals: a store might change the record for all the compiler knows.
    const ps = r.p;
    const gs = r.g;
    const vs = r.v;
    for (let i = from; i < to; i += sizeof<T>()) {
      const p = get<T>(ps + i);
      const g = madd(decay, p, f32x4.mul(factor, changetype<C>(0).clip(get<T>(gs + i), most, least)));
      let direction = g;
      if (!plain) {
        const v = first ? g : madd(momentum, get<T>(vs + i), f32x4.mul(fresh, g));
        set<T>(vs + i, v);
        direction = nesterov ? madd(momentum, v, g) : v;
      }
      set<T>(ps + i, nmadd(learningRate, direction, p));
    }
  }
}

/** @cost 1 @bytes vMax ? 36 : 28 */
@unmanaged
export class AdamArgs {
  p: usize; // float32 [n], parameters, updated
  g: usize; // float32 [n], gradients
  m: usize; // float32 [n], first moments, updated
  v: usize; // float32 [n], second moments, updated
  vMax: usize; // float32 [n], greatest second moments so far, updated (AMSGrad); 0 for plain Adam
  cell: usize; // see Cell
  beta1: f64; // decay of the first moment
  beta2: f64; // decay of the second moment
  epsilon: f64; // added outside the root
  coupledDecay: f64; // λ of Adam: adds λp to the gradient
  decoupledDecay: f64; // λ of AdamW: shrinks p by lr·λ
  maximize: u32; // 1: climb
}

/**
 * g ← ±factor·clip(g) + λp;  m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;
 * p ← (1 − lr·λ′)p − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε), under AMSGrad with the greatest v so far.
 * (Kingma, Ba, arXiv 1412.6980; Loshchilov, Hutter, arXiv 1711.05101; Reddi, Kale, Kumar, ICLR 2018.)
 */
export function adam(r: AdamArgs, from: u32, to: u32): void {
  each<Adam, AdamArgs>(r, from, to);
}

@unmanaged
@final
class Adam {
  @inline update<T, C>(r: AdamArgs, from: usize, to: usize): void {
    const cell = changetype<Cell>(r.cell);
    const factor = f32x4.splat(<f32>(r.maximize ? -cell.gradientFactor : cell.gradientFactor));
    const most = f32x4.splat(<f32>cell.clipValue);
    const least = f32x4.neg(most);
    const decay = f32x4.splat(<f32>r.coupledDecay);
    const shrink = f32x4.splat(<f32>(1 - cell.learningRate * r.decoupledDecay));
    const beta1 = f32x4.splat(<f32>r.beta1);
    const fresh1 = f32x4.splat(<f32>(1 - r.beta1));
    const beta2 = f32x4.splat(<f32>r.beta2);
    const fresh2 = f32x4.splat(<f32>(1 - r.beta2));
    const rootScale = f32x4.splat(<f32>(1 / sqrt(cell.biasCorrection2)));
    const epsilon = f32x4.splat(<f32>r.epsilon);
    const step = f32x4.splat(<f32>(cell.learningRate / cell.biasCorrection1));
    const amsgrad = r.vMax != 0;
    // Held in locals: a store might change the record for all the compiler knows.
    const ps = r.p;
    const gs = r.g;
    const ms = r.m;
    const vs = r.v;
    const vMaxs = r.vMax;
    for (let i = from; i < to; i += sizeof<T>()) {
      const p = get<T>(ps + i);
      const g = madd(decay, p, f32x4.mul(factor, changetype<C>(0).clip(get<T>(gs + i), most, least)));
      const m = madd(beta1, get<T>(ms + i), f32x4.mul(fresh1, g));
      const v = madd(beta2, get<T>(vs + i), f32x4.mul(fresh2, f32x4.mul(g, g)));
      set<T>(ms + i, m);
      set<T>(vs + i, v);
      let greatest = v;
      if (amsgrad) {
        greatest = f32x4.max(get<T>(vMaxs + i), v);
        set<T>(vMaxs + i, greatest);
      }
      const root = madd(f32x4.sqrt(greatest), rootScale, epsilon);
      set<T>(ps + i, nmadd(step, f32x4.div(m, root), f32x4.mul(shrink, p)));
    }
  }
}

/** @cost 1 @bytes 20 + (mean ? 8 : 0) + (velocity ? 8 : 0) */
@unmanaged
export class RmspropArgs {
  p: usize; // float32 [n], parameters, updated
  g: usize; // float32 [n], gradients
  v: usize; // float32 [n], mean squares of the gradients, updated
  mean: usize; // float32 [n], mean gradients, updated; 0 where not centered
  velocity: usize; // float32 [n], updated; unused (0) where momentum is 0
  cell: usize; // see Cell
  rho: f64; // decay of the means
  epsilon: f64; // added outside the root
  momentum: f64; // μ
  weightDecay: f64; // λ, coupled
  maximize: u32; // 1: climb
}

/**
 * g ← ±factor·clip(g) + λp;  v ← ρv + (1 − ρ)g²;  d = g / (√v + ε), centered g / (√(v − m²) + ε) with m ← ρm + (1 − ρ)g;
 * p ← p − lr·d, with momentum u ← μu + d and p ← p − lr·u.
 * (Tieleman, Hinton, Coursera 2012, lecture 6.5; centered: Graves, arXiv 1308.0850, with ε outside the root, as in PyTorch.)
 */
export function rmsprop(r: RmspropArgs, from: u32, to: u32): void {
  each<Rmsprop, RmspropArgs>(r, from, to);
}

@unmanaged
@final
class Rmsprop {
  @inline update<T, C>(r: RmspropArgs, from: usize, to: usize): void {
    const cell = changetype<Cell>(r.cell);
    const factor = f32x4.splat(<f32>(r.maximize ? -cell.gradientFactor : cell.gradientFactor));
    const most = f32x4.splat(<f32>cell.clipValue);
    const least = f32x4.neg(most);
    const learningRate = f32x4.splat(<f32>cell.learningRate);
    const decay = f32x4.splat(<f32>r.weightDecay);
    const rho = f32x4.splat(<f32>r.rho);
    const fresh = f32x4.splat(<f32>(1 - r.rho));
    const epsilon = f32x4.splat(<f32>r.epsilon);
    const momentum = f32x4.splat(<f32>r.momentum);
    const zero = f32x4.splat(0);
    const centered = r.mean != 0;
    const plain = r.momentum == 0;
    // Held in locals: a store might change the record for all the compiler knows.
    const ps = r.p;
    const gs = r.g;
    const vs = r.v;
    const means = r.mean;
    const velocities = r.velocity;
    for (let i = from; i < to; i += sizeof<T>()) {
      const p = get<T>(ps + i);
      const g = madd(decay, p, f32x4.mul(factor, changetype<C>(0).clip(get<T>(gs + i), most, least)));
      const v = madd(rho, get<T>(vs + i), f32x4.mul(fresh, f32x4.mul(g, g)));
      set<T>(vs + i, v);
      let variance = v;
      if (centered) {
        const mean = madd(rho, get<T>(means + i), f32x4.mul(fresh, g));
        set<T>(means + i, mean);
        // Rounding may leave less than nothing, whose root is NaN. A NaN that stands first stays.
        variance = f32x4.pmax(nmadd(mean, mean, v), zero);
      }
      let direction = f32x4.div(g, f32x4.add(f32x4.sqrt(variance), epsilon));
      if (!plain) {
        direction = madd(momentum, get<T>(velocities + i), direction);
        set<T>(velocities + i, direction);
      }
      set<T>(ps + i, nmadd(learningRate, direction, p));
    }
  }
}

/** Limits the elements of gradients. A NaN, standing first, stays. */
@unmanaged
@final
class Limited {
  @inline clip(g: v128, most: v128, least: v128): v128 { return f32x4.pmax(f32x4.pmin(g, most), least); }
}

/** Leaves them as they are. */
@unmanaged
@final
class Unlimited {
  @inline clip(g: v128, most: v128, least: v128): v128 { return g; }
}

function each<F, R>(r: R, from: u32, to: u32): void {
  if (changetype<Cell>(r.cell).clipValue < Infinity) parts<F, R, Limited>(r, from, to);
  else parts<F, R, Unlimited>(r, from, to);
}

/** Whole vectors, then what is left one lane at a time through the same arithmetic. */
function parts<F, R, C>(r: R, from: u32, to: u32): void {
  const start = <usize>from << 2;
  const end = <usize>to << 2;
  const wide = start + ((end - start) & ~15);
  changetype<F>(0).update<v128, C>(r, start, wide);
  changetype<F>(0).update<f32, C>(r, wide, end);
}

@inline
function get<T>(at: usize): v128 {
  if (isVector<T>()) return v128.load(at);
  return v128.load32_zero(at);
}

@inline
function set<T>(at: usize, value: v128): void {
  if (isVector<T>()) v128.store(at, value);
  else v128.store_lane<f32>(at, value, 0);
}
