import { madd, nmadd } from "../simd";
import { Cell, forParameter, forState1, own, update, UpdateArgs, With, Without } from "./update";

/** SGD's own part of the cell. @host */
@unmanaged
class SgdCell {
  momentum: f64; // μ
  dampening: f64; // τ
  nesterov: f64; // 1: step along g + μv
}

/**
 * Without state 1:  p ← p − lr·g.
 * With v in state 1:  v ← μv + (1 − τ)g, at the first step v ← g;  p ← p − lr·v, with Nesterov p − lr·(g + μv).
 * (Sutskever, Martens, Dahl, Hinton, ICML 2013, with the learning rate outside the velocity, as in PyTorch.)
 * @cost 0.4 @bytes state1 ? 20 : 12
 */
export function sgd(r: UpdateArgs, from: u32, to: u32): void {
  if (r.state1 == 0) return update<Sgd<Without, Without>>(r, from, to);
  const cell = changetype<Cell>(r.cell);
  // Whatever stood there: μv + g is then g.
  if (cell.step == 1) memory.fill(r.state1 + (<usize>from << 2), 0, <usize>(to - from) << 2);
  if (own<SgdCell>(cell).nesterov == 0) update<Sgd<With, Without>>(r, from, to);
  else update<Sgd<With, With>>(r, from, to);
}

@unmanaged @final
class Sgd<Momentum, Nesterov> {
  @inline has(n: i32): bool { return n == 1 && changetype<Momentum>(0).is(); }

  @inline prepare(cell: Cell): void {
    const sgd = own<SgdCell>(cell);
    forState1(sgd.momentum, cell.step == 1 ? 1 : 1 - sgd.dampening);
    forParameter(cell.learningRate, sgd.momentum);
  }

  @inline state1(g: v128, v: v128, momentum: v128, fresh: v128, z: v128): v128 {
    return madd(momentum, v, f32x4.mul(fresh, g));
  }

  @inline parameter(p: v128, g: v128, v: v128, b: v128, c: v128, learningRate: v128, momentum: v128, y: v128, z: v128): v128 {
    let direction = g;
    if (changetype<Momentum>(0).is()) direction = changetype<Nesterov>(0).is() ? madd(momentum, v, g) : v;
    return nmadd(learningRate, direction, p);
  }
}
