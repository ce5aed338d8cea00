/**
 * Division with a whole quotient, rounded down, and its remainder. In float32 a quotient just below a whole number would round up to it. In
 * float64 it does not, as long as it is below 2²⁹, and then the remainder is exact, too.
 */
import { BinaryArgs, broadcast, FloatRow } from "../broadcast";
import { high, low } from "../pairs";

const C = memory.data<f64>([
  536870912, // 0: 2²⁹
  -1, // 1
  -0.0, // 2: the sign
]);

@inline
function constant(i: usize): v128 {
  return v128.load64_splat(C + 8 * i);
}

/**
 * ⌊a / b⌋ of float64; −1 for small numbers over an infinity of the other sign, whose quotient is −0.
 */
@inline
function floorOf(a: v128, b: v128): v128 {
  const q = f64x2.div(a, b), zero = i64x2.splat(0);
  const below = v128.and(v128.and(f64x2.eq(q, zero), f64x2.ne(a, zero)), i64x2.shr_s(q, 63));
  return v128.bitselect(constant(1), f64x2.floor(q), below);
}

/** Python's a // b: NaN for an infinite a, a/b for b = 0. */
@inline
function quotient(a: v128, b: v128): v128 {
  const q = f64x2.sub(floorOf(a, b), f64x2.sub(a, a)); // ∞ − ∞ is NaN, and −0 − 0 is −0
  return v128.bitselect(f64x2.div(a, b), q, f64x2.eq(b, i64x2.splat(0)));
}

/** a − b · ⌊a / b⌋, where 0 · ∞ counts as 0. */
@inline
function rest(a: v128, b: v128, q: v128): v128 {
  return f64x2.sub(a, v128.and(f64x2.mul(q, b), f64x2.ne(q, i64x2.splat(0))));
}

/** Four float32 of two pairs of float64. */
@inline
function joined(low: v128, high: v128): v128 {
  return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

@unmanaged
@final
class FloorDivide {
  @inline v(a: v128, b: v128, r: usize): v128 {
    return joined(quotient(low(a), low(b)), quotient(high(a), high(b)));
  }
}

@unmanaged
@final
class Remainder {
  @inline v(a: v128, b: v128, r: usize): v128 {
    const q0 = floorOf(low(a), low(b)), q1 = floorOf(high(a), high(b));
    const large = v128.or(f64x2.ge(f64x2.abs(q0), constant(0)), f64x2.ge(f64x2.abs(q1), constant(0)));
    const y = joined(rest(low(a), low(b), q0), rest(high(a), high(b), q1));
    return v128.any_true(large) ? exactly(y, a, b) : y;
  }
}

/** y with the exact remainders in those lanes whose quotients are large. Others keep their bits, whatever stands beside them. */
function exactly(y: v128, a: v128, b: v128): v128 {
  y = f32x4.replace_lane(y, 0, remainderOf(f32x4.extract_lane(y, 0), f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)));
  y = f32x4.replace_lane(y, 1, remainderOf(f32x4.extract_lane(y, 1), f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)));
  y = f32x4.replace_lane(y, 2, remainderOf(f32x4.extract_lane(y, 2), f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)));
  return f32x4.replace_lane(y, 3, remainderOf(f32x4.extract_lane(y, 3), f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)));
}

function remainderOf(y: f32, a: f32, b: f32): f32 {
  if (!(abs(floor(<f64>a / b)) >= load<f64>(C))) return y;
  const rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/** ⌊a / b⌋ @cost 1.5 @narrow */
export function floorDivide(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<FloorDivide>>(r, from, to);
}

/** a − b · ⌊a / b⌋, which has the sign of b @cost 1.5 @narrow */
export function remainder(r: BinaryArgs, from: u32, to: u32): void {
  broadcast<FloatRow<Remainder>>(r, from, to);
}
