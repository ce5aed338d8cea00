import { Cell, forBefore, forParameter, own, update, UpdateArgs } from "../optim/update";

/** Rprop's own part of the cell. @host */
@unmanaged
class RpropCell {
  etaMinus: f64; // the factor of a step after the gradient's sign changed
  etaPlus: f64; // the factor where it did not
  minStep: f64;
  maxStep: f64;
}

/**
 * s ← s·η₊ where the gradient has the sign of the last, s·η₋ where it has the other, within the least and greatest step;  where it has the
 * other, g counts as 0;  p ← p − s·sign(g)
 * with g of the last update in state 1 and s, which begins with the learning rate, in state 2.
 * (Riedmiller, Braun, ICNN 1993.)
 * @cost 0.8 @bytes 28
 */
export function rprop(r: UpdateArgs, from: u32, to: u32): void {
  update<Rprop>(r, from, to);
}

@unmanaged @final
class Rprop {
  @inline has(n: i32): bool { return n <= 2; }

  @inline prepare(cell: Cell): void {
    const rprop = own<RpropCell>(cell);
    // At the first update nothing but the learning rate is within the limits.
    const first = max(rprop.minStep, min(rprop.maxStep, cell.learningRate)), isFirst = cell.step == 1;
    forBefore(rprop.etaMinus, rprop.etaPlus, isFirst ? first : rprop.minStep, isFirst ? first : rprop.maxStep);
    forParameter(-0.0);
  }

  /** The step. x > −x where x is above 0. */
  @inline before(p: v128, g: v128, last: v128, s: v128, c: v128, etaMinus: v128, etaPlus: v128, least: v128, most: v128): v128 {
    const same = f32x4.mul(g, last), other = f32x4.neg(same);
    const less = v128.bitselect(f32x4.mul(s, etaMinus), s, f32x4.lt(same, other));
    const step = v128.bitselect(f32x4.mul(s, etaPlus), less, f32x4.gt(same, other));
    return f32x4.pmin(most, f32x4.pmax(least, step));
  }

  @inline state1(g: v128, last: v128, x: v128, y: v128, step: v128): v128 {
    const same = f32x4.mul(g, last);
    return v128.andnot(g, f32x4.lt(same, f32x4.neg(same)));
  }

  @inline state2(g: v128, last: v128, s: v128, x: v128, y: v128, step: v128): v128 { return step; }

  /** The step with the sign of the gradient that counts; a NaN stays, its bits are all 1. */
  @inline parameter(p: v128, g: v128, counted: v128, s: v128, c: v128, minusZero: v128, x: v128, y: v128, step: v128): v128 {
    const signed = v128.or(v128.or(v128.and(counted, minusZero), step), f32x4.ne(counted, counted));
    return f32x4.sub(p, v128.and(signed, f32x4.ne(counted, minusZero)));
  }
}
