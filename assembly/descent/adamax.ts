import { madd, nmadd } from "../simd";
import { Cell, forParameter, forState1, forState2, own, update, UpdateArgs } from "../optim/update";

/** Adamax's own part of the cell. @host */
@unmanaged
class AdamaxCell {
  beta1: f64; // decay of the first moment
  beta2: f64; // decay of the greatest gradient
  epsilon: f64; // added to the gradient's magnitude
}

/**
 * m ← β₁m + (1 − β₁)g;  u ← max(β₂u, |g| + ε);  p ← p − lr/(1 − β₁ᵗ) · m / u
 * with m in state 1 and u in state 2.
 * (Kingma, Ba, arXiv 1412.6980, section 7.1.)
 * @cost 0.9 @bytes 28
 */
export function adamax(r: UpdateArgs, from: u32, to: u32): void {
  update<Adamax>(r, from, to);
}

@unmanaged @final
class Adamax {
  @inline has(n: i32): bool { return n == 1 || n == 2; }

  @inline prepare(cell: Cell): void {
    const adamax = own<AdamaxCell>(cell);
    forState1(adamax.beta1, 1 - adamax.beta1);
    forState2(adamax.beta2, adamax.epsilon);
    forParameter(cell.learningRate / cell.biasCorrection1);
  }

  @inline state1(g: v128, m: v128, beta: v128, fresh: v128, z: v128): v128 { return madd(beta, m, f32x4.mul(fresh, g)); }

  @inline state2(g: v128, m: v128, greatest: v128, beta: v128, epsilon: v128, z: v128): v128 {
    return f32x4.max(f32x4.mul(beta, greatest), f32x4.add(f32x4.abs(g), epsilon));
  }

  @inline parameter(p: v128, g: v128, m: v128, greatest: v128, c: v128, step: v128, x: v128, y: v128, z: v128): v128 {
    return nmadd(step, f32x4.div(m, greatest), p);
  }
}
