import { madd, nmadd } from "../simd";
import { Cell, forParameter, forState1, forState2, own, update, UpdateArgs, With, Without } from "./update";

/** Adam's own part of the cell. @host */
@unmanaged
class AdamCell {
  beta1: f64; // decay of the first moment
  beta2: f64; // decay of the second moment
  epsilon: f64; // added outside the root
  decoupledDecay: f64; // λ′ of AdamW: shrinks p by lr·λ′
}

/**
 * m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  p ← (1 − lr·λ′)p − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
 * with m in state 1 and v in state 2; under AMSGrad with the greatest v so far, in state 3, instead of v.
 * (Kingma, Ba, arXiv 1412.6980; Loshchilov, Hutter, arXiv 1711.05101; Reddi, Kale, Kumar, ICLR 2018.)
 * @cost 1 @bytes state3 ? 36 : 28
 */
export function adam(r: UpdateArgs, from: u32, to: u32): void {
  if (r.state3 == 0) update<Adam<Without>>(r, from, to);
  else update<Adam<With>>(r, from, to);
}

@unmanaged @final
class Adam<Amsgrad> {
  @inline has(n: i32): bool { return n == 1 || n == 2 || (n == 3 && changetype<Amsgrad>(0).is()); }

  @inline prepare(cell: Cell): void {
    const adam = own<AdamCell>(cell);
    forState1(adam.beta1, 1 - adam.beta1);
    forState2(adam.beta2, 1 - adam.beta2);
    const shrink = 1 - cell.learningRate * adam.decoupledDecay;
    forParameter(cell.learningRate / cell.biasCorrection1, 1 / sqrt(cell.biasCorrection2), adam.epsilon, shrink);
  }

  @inline state1(g: v128, m: v128, beta: v128, fresh: v128, z: v128): v128 { return madd(beta, m, f32x4.mul(fresh, g)); }

  @inline state2(g: v128, m: v128, v: v128, beta: v128, fresh: v128, z: v128): v128 {
    return madd(beta, v, f32x4.mul(fresh, f32x4.mul(g, g)));
  }

  @inline state3(g: v128, m: v128, v: v128, greatest: v128, x: v128, y: v128, z: v128): v128 { return f32x4.max(greatest, v); }

  @inline parameter(p: v128, g: v128, m: v128, v: v128, greatest: v128, step: v128, rootScale: v128, epsilon: v128, shrink: v128): v128 {
    const square = changetype<Amsgrad>(0).is() ? greatest : v;
    return nmadd(step, f32x4.div(m, madd(f32x4.sqrt(square), rootScale, epsilon)), f32x4.mul(shrink, p));
  }
}
