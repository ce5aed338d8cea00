import { madd, nmadd } from "../simd";
import { Cell, forBefore, forParameter, forState1, own, update, UpdateArgs } from "../optim/update";

/** ASGD's own part of the cell. @host */
@unmanaged
class AsgdCell {
  lambd: f64; // λ: shrinks p by η·λ
  rate: f64; // η of this update
  share: f64; // what this update counts in the average
}

/**
 * p ← (1 − η·λ)p − η·g;  a ← a + share · (p − a)
 * with the average a in state 1.
 * (Polyak, Juditsky, SIAM J. Control Optim. 30, 1992; the rate's decay: Bottou, Large-scale learning with SGD, 2010.)
 * @cost 0.5 @bytes 20
 */
export function asgd(r: UpdateArgs, from: u32, to: u32): void {
  update<Asgd>(r, from, to);
}

@unmanaged @final
class Asgd {
  @inline has(n: i32): bool { return n <= 1; }

  @inline prepare(cell: Cell): void {
    const asgd = own<AsgdCell>(cell);
    forBefore(1 - asgd.rate * asgd.lambd, asgd.rate);
    forState1(1 - asgd.share, asgd.share);
    forParameter(0);
  }

  /** The parameter. */
  @inline before(p: v128, g: v128, a: v128, b: v128, c: v128, shrink: v128, rate: v128, y: v128, z: v128): v128 {
    return nmadd(rate, g, f32x4.mul(shrink, p));
  }

  /** As long as a share is 1, the average is the parameter to the bit. */
  @inline state1(g: v128, average: v128, kept: v128, share: v128, p: v128): v128 { return madd(kept, average, f32x4.mul(share, p)); }

  @inline parameter(p: v128, g: v128, a: v128, b: v128, c: v128, w: v128, x: v128, y: v128, next: v128): v128 { return next; }
}
