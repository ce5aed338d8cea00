/** The plain cell: h′ = act(a + h·Wᵀ + b), act tanh or relu. */
import { Activation } from "../epilogue";
import { constant } from "../math";
import { nmadd } from "../simd";
import { Relu, Tanh, activate, put } from "./gates";
import { multiply } from "./product";
import { SequenceArgs, SequenceGradArgs, clearRow, copyRow, counts, place, stepOf } from "./sequence";

const C = memory.data<f32>([0, 1]);

/**
 * Range: samples.
 * @cost steps * hidden * (size / 20 + 4) @even
 * @flops steps * 2 * hidden * size
 * @bytes 4 * steps * (hidden + 2 * size)
 */
export function rnnForward(r: SequenceArgs, from: u32, to: u32): void {
  const batch = r.batch, n = r.hidden, rows = to - from, bytes = <usize>n << 2;
  for (let i: u32 = 0; i < r.steps; i++) {
    const t = stepOf(i, r.steps, r.reverse), before = t + r.reverse, after = t + 1 - r.reverse;
    if (i > 0 || r.begins) {
      multiply(place(r.h, before, batch, from, n), bytes, r.weight, n, place(r.gates, t, batch, from, n), bytes, rows, n, true);
    }
    for (let row = from; row < to; row++) {
      const gates = place(r.gates, t, batch, row, n), h = place(r.h, after, batch, row, n), out = place(r.out, t, batch, row, n);
      if (counts(r.lengths, row, t)) {
        if (r.act == Activation.Relu) activate<Relu>(gates, r.bias, n);
        else activate<Tanh>(gates, r.bias, n);
        copyRow(gates, h, n);
        copyRow(gates, out, n);
      } else {
        copyRow(place(r.h, before, batch, row, n), h, n);
        clearRow(out, n);
      }
    }
  }
  const last: u32 = r.reverse ? 0 : r.steps;
  copyRow(place(r.h, last, batch, from, n), place(r.hLast, 0, batch, from, n), rows * n);
}

/**
 * Range: samples.
 * @cost steps * hidden * (size / 20 + 1) @even
 * @flops steps * 2 * hidden * size
 * @bytes 4 * steps * (2 * hidden + size)
 */
export function rnnBackward(r: SequenceGradArgs, from: u32, to: u32): void {
  const batch = r.batch, n = r.hidden, bytes = <usize>n << 2;
  for (let i: u32 = 0; i < r.steps; i++) {
    const t = stepOf(i, r.steps, 1 - r.reverse);
    for (let row = from; row < to; row++) {
      const d = place(r.dGates, t, batch, row, n), dh = place(r.dh, 0, batch, row, n);
      if (counts(r.lengths, row, t)) {
        const g = place(r.g, t, batch, row, n), y = place(r.gates, t, batch, row, n);
        if (r.act == Activation.Relu) gradientRow<ReluGrad>(g, y, dh, d, n);
        else gradientRow<TanhGrad>(g, y, dh, d, n);
        if (r.lengths) clearRow(dh, n);
      } else clearRow(d, n);
    }
    if (i + 1 == r.steps && !r.begins) break;
    multiply(place(r.dGates, t, batch, from, n), bytes, r.weight, n, place(r.dh, 0, batch, from, n), bytes, to - from, n, r.lengths != 0);
  }
}

/** d = (g + dh) · act′ of a row. F computes a vector of it. */
function gradientRow<F>(g: usize, y: usize, dh: usize, d: usize, n: u32): void {
  const end = d + (<usize>n << 2);
  for (const pairs = d + ((end - d) & ~31); d < pairs; g += 32, y += 32, dh += 32, d += 32) {
    const first = changetype<F>(0).v(f32x4.add(v128.load(g), v128.load(dh)), v128.load(y));
    const second = changetype<F>(0).v(f32x4.add(v128.load(g, 16), v128.load(dh, 16)), v128.load(y, 16));
    v128.store(d, second, 16);
    v128.store(d, first);
  }
  for (; d < end; g += 16, y += 16, dh += 16, d += 16) {
    put(d, changetype<F>(0).v(f32x4.add(v128.load(g), v128.load(dh)), v128.load(y)), end - d);
  }
}

@unmanaged
@final
class ReluGrad {
  @inline v(g: v128, y: v128): v128 { return v128.andnot(g, f32x4.le(y, constant(C, 0))); }
}

@unmanaged
@final
class TanhGrad {
  @inline v(g: v128, y: v128): v128 { return f32x4.mul(g, nmadd(y, y, constant(C, 1))); }
}
