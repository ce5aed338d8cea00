import { madd, nmadd } from "../simd";
import { Cell, forParameter, forState1, forState2, forState3, own, update, UpdateArgs, With, Without } from "./update";

/** RMSprop's own part of the cell. @host */
@unmanaged
class RmspropCell {
  rho: f64; // decay of the means
  epsilon: f64; // added outside the root
  momentum: f64; // μ
}

/**
 * v ← ρv + (1 − ρ)g²;  d = g / (√v + ε);  p ← p − lr·d
 * with v in state 1. Centered, with m in state 2:  m ← ρm + (1 − ρ)g;  d = g / (√(v − m²) + ε).
 * With momentum, u in state 3:  u ← μu + d;  p ← p − lr·u.
 * (Tieleman, Hinton, Coursera 2012, lecture 6.5; centered: Graves, arXiv 1308.0850, with ε outside the root, as in PyTorch.)
 * @cost 1 @bytes 20 + (state2 ? 8 : 0) + (state3 ? 8 : 0)
 */
export function rmsprop(r: UpdateArgs, from: u32, to: u32): void {
  if (r.state2 == 0) {
    if (r.state3 == 0) update<Rmsprop<Without, Without>>(r, from, to);
    else update<Rmsprop<Without, With>>(r, from, to);
  } else if (r.state3 == 0) update<Rmsprop<With, Without>>(r, from, to);
  else update<Rmsprop<With, With>>(r, from, to);
}

@unmanaged @final
class Rmsprop<Centered, Momentum> {
  @inline has(n: i32): bool {
    return n == 1 || (n == 2 && changetype<Centered>(0).is()) || (n == 3 && changetype<Momentum>(0).is());
  }

  @inline prepare(cell: Cell): void {
    const rmsprop = own<RmspropCell>(cell);
    forState1(rmsprop.rho, 1 - rmsprop.rho);
    forState2(rmsprop.rho, 1 - rmsprop.rho);
    forState3(rmsprop.epsilon, 0, rmsprop.momentum);
    forParameter(rmsprop.epsilon, 0, cell.learningRate);
  }

  @inline state1(g: v128, v: v128, rho: v128, fresh: v128, z: v128): v128 {
    return madd(rho, v, f32x4.mul(fresh, f32x4.mul(g, g)));
  }

  @inline state2(g: v128, v: v128, mean: v128, rho: v128, fresh: v128, z: v128): v128 {
    return madd(rho, mean, f32x4.mul(fresh, g));
  }

  @inline state3(g: v128, v: v128, mean: v128, velocity: v128, epsilon: v128, zero: v128, momentum: v128): v128 {
    return madd(momentum, velocity, this.direction(g, v, mean, epsilon, zero));
  }

  @inline parameter(p: v128, g: v128, v: v128, mean: v128, velocity: v128, epsilon: v128, zero: v128, learningRate: v128, z: v128): v128 {
    const direction = changetype<Momentum>(0).is() ? velocity : this.direction(g, v, mean, epsilon, zero);
    return nmadd(learningRate, direction, p);
  }

  @inline direction(g: v128, v: v128, mean: v128, epsilon: v128, zero: v128): v128 {
    // Rounding may leave less than nothing, whose root is NaN. A NaN that stands first stays.
    const variance = changetype<Centered>(0).is() ? f32x4.pmax(nmadd(mean, mean, v), zero) : v;
    return f32x4.div(g, f32x4.add(f32x4.sqrt(variance), epsilon));
  }
}
