import { madd, nmadd } from "../simd";
import { Cell, forBefore, forParameter, forState1, own, update, UpdateArgs } from "../optim/update";

/** Lion's own part of the cell. @host */
@unmanaged
class LionCell {
  beta1: f64; // the old momentum's share of the direction
  beta2: f64; // decay of the momentum
  decoupledDecay: f64; // λ: shrinks p by lr·λ
}

/**
 * d = sign(β₁m + (1 − β₁)g);  m ← β₂m + (1 − β₂)g;  p ← (1 − lr·λ)p − lr·d
 * with m in state 1.
 * (Chen and others, arXiv 2302.06675.)
 * @cost 0.5 @bytes 20
 */
export function lion(r: UpdateArgs, from: u32, to: u32): void {
  update<Lion>(r, from, to);
}

@unmanaged @final
class Lion {
  @inline has(n: i32): bool { return n <= 1; }

  @inline prepare(cell: Cell): void {
    const lion = own<LionCell>(cell);
    forBefore(lion.beta1, 1 - lion.beta1, 1, -0.0);
    forState1(lion.beta2, 1 - lion.beta2);
    forParameter(cell.learningRate, 1 - cell.learningRate * lion.decoupledDecay);
  }

  /** The sign: ±1 where the mean is not 0; a NaN stays, its bits are all 1. */
  @inline before(p: v128, g: v128, m: v128, b: v128, c: v128, beta: v128, fresh: v128, one: v128, minusZero: v128): v128 {
    const mean = madd(beta, m, f32x4.mul(fresh, g));
    const signed = v128.or(v128.or(v128.and(mean, minusZero), one), f32x4.ne(mean, mean));
    return v128.and(signed, f32x4.ne(mean, minusZero));
  }

  @inline state1(g: v128, m: v128, beta: v128, fresh: v128, d: v128): v128 { return madd(beta, m, f32x4.mul(fresh, g)); }

  @inline parameter(p: v128, g: v128, m: v128, b: v128, c: v128, learningRate: v128, shrink: v128, y: v128, d: v128): v128 {
    return nmadd(learningRate, d, f32x4.mul(shrink, p));
  }
}
