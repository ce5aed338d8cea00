import { madd, nmadd } from "../simd";
import { Cell, forParameter, forState1, own, update, UpdateArgs } from "../optim/update";
import { begin } from "./begin";

/** Adagrad's own part of the cell. @host */
@unmanaged
class AdagradCell {
  decay: f64; // the rate of update t is lr / (1 + decay · (t − 1))
  initialAccumulator: f64; // what the sum of squares begins with
  epsilon: f64; // added outside the root
}

/**
 * s ← s + g²;  p ← p − lr / (1 + decay · (t − 1)) · g / (√s + ε)
 * with s in state 1.
 * (Duchi, Hazan, Singer, JMLR 12, 2011.)
 * @cost 0.9 @bytes 20
 */
export function adagrad(r: UpdateArgs, from: u32, to: u32): void {
  const cell = changetype<Cell>(r.cell);
  if (cell.step == 1) begin(r.state1, <f32>own<AdagradCell>(cell).initialAccumulator, from, to);
  update<Adagrad>(r, from, to);
}

@unmanaged @final
class Adagrad {
  @inline has(n: i32): bool { return n == 1; }

  @inline prepare(cell: Cell): void {
    const adagrad = own<AdagradCell>(cell);
    forState1(0, 0);
    forParameter(cell.learningRate / (1 + adagrad.decay * (cell.step - 1)), adagrad.epsilon);
  }

  @inline state1(g: v128, sum: v128, x: v128, y: v128, z: v128): v128 { return madd(g, g, sum); }

  @inline parameter(p: v128, g: v128, sum: v128, b: v128, c: v128, rate: v128, epsilon: v128, y: v128, z: v128): v128 {
    return nmadd(rate, f32x4.div(g, f32x4.add(f32x4.sqrt(sum), epsilon)), p);
  }
}
