import { madd, nmadd } from "../simd";
import { Cell, forBefore, forParameter, forState1, forState2, own, update, UpdateArgs } from "../optim/update";

/** Adadelta's own part of the cell. @host */
@unmanaged
class AdadeltaCell {
  rho: f64; // decay of the means
  epsilon: f64; // added inside the roots
}

/**
 * v ← ρv + (1 − ρ)g²;  d = √(u + ε) / √(v + ε) · g;  u ← ρu + (1 − ρ)d²;  p ← p − lr·d
 * with v in state 1 and u in state 2.
 * (Zeiler, arXiv 1212.5701.)
 * @cost 1.4 @bytes 28
 */
export function adadelta(r: UpdateArgs, from: u32, to: u32): void {
  update<Adadelta>(r, from, to);
}

@unmanaged @final
class Adadelta {
  @inline has(n: i32): bool { return n <= 2; }

  @inline prepare(cell: Cell): void {
    const adadelta = own<AdadeltaCell>(cell);
    forBefore(adadelta.rho, 1 - adadelta.rho, adadelta.epsilon);
    forState1(adadelta.rho, 1 - adadelta.rho);
    forState2(adadelta.rho, 1 - adadelta.rho);
    forParameter(cell.learningRate);
  }

  /** d */
  @inline before(p: v128, g: v128, v: v128, u: v128, c: v128, rho: v128, fresh: v128, epsilon: v128, z: v128): v128 {
    const square = madd(rho, v, f32x4.mul(fresh, f32x4.mul(g, g)));
    return f32x4.mul(f32x4.div(f32x4.sqrt(f32x4.add(u, epsilon)), f32x4.sqrt(f32x4.add(square, epsilon))), g);
  }

  @inline state1(g: v128, v: v128, rho: v128, fresh: v128, d: v128): v128 {
    return madd(rho, v, f32x4.mul(fresh, f32x4.mul(g, g)));
  }

  @inline state2(g: v128, v: v128, u: v128, rho: v128, fresh: v128, d: v128): v128 {
    return madd(rho, u, f32x4.mul(fresh, f32x4.mul(d, d)));
  }

  @inline parameter(p: v128, g: v128, v: v128, u: v128, c: v128, learningRate: v128, x: v128, y: v128, d: v128): v128 {
    return nmadd(learningRate, d, p);
  }
}
