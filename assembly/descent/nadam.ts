import { madd } from "../simd";
import { Cell, forParameter, forState1, forState2, own, update, UpdateArgs } from "../optim/update";

/** Nadam's own part of the cell. Its momentum μ changes from step to step; 1 − Πμ stands for the first bias correction. @host */
@unmanaged
class NadamCell {
  beta1: f64; // decay of the first moment
  beta2: f64; // decay of the second moment
  epsilon: f64; // added outside the root
  decoupledDecay: f64; // λ′: shrinks p by lr·λ′
  momentum: f64; // μ of this update
  nextMomentum: f64; // μ of the next
}

/**
 * m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;
 * p ← (1 − lr·λ′)p − lr · ((1 − μ)/(1 − Πμ) · g + μ′/(1 − Πμ·μ′) · m) / (√(v/(1 − β₂ᵗ)) + ε)
 * with m in state 1 and v in state 2, μ of this update, μ′ of the next, Πμ the product up to this one.
 * (Dozat, ICLR 2016 workshop.)
 * @cost 1 @bytes 28
 */
export function nadam(r: UpdateArgs, from: u32, to: u32): void {
  update<Nadam>(r, from, to);
}

@unmanaged @final
class Nadam {
  @inline has(n: i32): bool { return n == 1 || n == 2; }

  @inline prepare(cell: Cell): void {
    const nadam = own<NadamCell>(cell);
    const next = nadam.nextMomentum;
    forState1(nadam.beta1, 1 - nadam.beta1);
    forState2(nadam.beta2, 1 - nadam.beta2);
    // Quotient and ε are multiplied by √(1 − β₂ᵗ), so that v need not be corrected.
    const root = sqrt(cell.biasCorrection2), step = cell.learningRate * root;
    const forGradient = step * (1 - nadam.momentum) / cell.biasCorrection1;
    const forMoment = step * next / (1 - (1 - cell.biasCorrection1) * next);
    forParameter(forGradient, forMoment, nadam.epsilon * root, 1 - cell.learningRate * nadam.decoupledDecay);
  }

  @inline state1(g: v128, m: v128, beta: v128, fresh: v128, z: v128): v128 { return madd(beta, m, f32x4.mul(fresh, g)); }

  @inline state2(g: v128, m: v128, v: v128, beta: v128, fresh: v128, z: v128): v128 {
    return madd(beta, v, f32x4.mul(fresh, f32x4.mul(g, g)));
  }

  @inline parameter(p: v128, g: v128, m: v128, v: v128, c: v128, forGradient: v128, forMoment: v128, epsilon: v128, shrink: v128): v128 {
    const direction = madd(forGradient, g, f32x4.mul(forMoment, m));
    return f32x4.sub(f32x4.mul(shrink, p), f32x4.div(direction, f32x4.add(f32x4.sqrt(v), epsilon)));
  }
}
