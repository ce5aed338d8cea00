import { madd, nmadd } from "../simd";
import { Cell, forParameter, forState1, forState2, own, update, UpdateArgs, With, Without } from "../optim/update";

/** RAdam's own part of the cell. @host */
@unmanaged
class RadamCell {
  beta1: f64; // decay of the first moment
  beta2: f64; // decay of the second moment
  epsilon: f64; // added outside the root
  decoupledDecay: f64; // λ′: shrinks p by lr·λ′
}

/**
 * m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;
 * p ← (1 − lr·λ′)p − lr/(1 − β₁ᵗ) · r · m / ((√v + ε)/√(1 − β₂ᵗ)), or while ρ ≤ 5 without the quotient and r
 * with m in state 1 and v in state 2; ρ is the length of the mean that v is, and r rectifies its variance.
 * (Liu and others, arXiv 1908.03265.)
 * @cost 1 @bytes 28
 */
export function radam(r: UpdateArgs, from: u32, to: u32): void {
  if (meanLength(changetype<Cell>(r.cell)) > 5) update<Radam<With>>(r, from, to);
  else update<Radam<Without>>(r, from, to);
}

/** ρ∞, the length of the mean after many steps. */
@inline
function longest(beta2: f64): f64 { return 2 / (1 - beta2) - 1; }

/** ρ = ρ∞ − 2tβ₂ᵗ / (1 − β₂ᵗ) */
@inline
function meanLength(cell: Cell): f64 {
  return longest(own<RadamCell>(cell).beta2) - 2 * cell.step * (1 - cell.biasCorrection2) / cell.biasCorrection2;
}

@unmanaged @final
class Radam<Rectified> {
  @inline has(n: i32): bool { return n == 1 || n == 2; }

  @inline prepare(cell: Cell): void {
    const radam = own<RadamCell>(cell);
    forState1(radam.beta1, 1 - radam.beta1);
    forState2(radam.beta2, 1 - radam.beta2);
    let step = cell.learningRate / cell.biasCorrection1;
    if (changetype<Rectified>(0).is()) {
      const most = longest(radam.beta2), rho = meanLength(cell);
      step *= sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho) * cell.biasCorrection2);
    }
    forParameter(step, radam.epsilon, 1 - cell.learningRate * radam.decoupledDecay);
  }

  @inline state1(g: v128, m: v128, beta: v128, fresh: v128, z: v128): v128 { return madd(beta, m, f32x4.mul(fresh, g)); }

  @inline state2(g: v128, m: v128, v: v128, beta: v128, fresh: v128, z: v128): v128 {
    return madd(beta, v, f32x4.mul(fresh, f32x4.mul(g, g)));
  }

  @inline parameter(p: v128, g: v128, m: v128, v: v128, c: v128, step: v128, epsilon: v128, shrink: v128, z: v128): v128 {
    let direction = m;
    if (changetype<Rectified>(0).is()) direction = f32x4.div(m, f32x4.add(f32x4.sqrt(v), epsilon));
    return nmadd(step, direction, f32x4.mul(shrink, p));
  }
}
