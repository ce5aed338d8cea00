/** The LSTM: i, f, g, o = the quarters of a + h·Wᵀ + b; c′ = σ(f)·c + σ(i)·tanh g, h′ = σ(o)·tanh c′, projected where it is. */
import { constant, math } from "../math";
import { madd, nmadd } from "../simd";
import { Sigmoid, Tanh, activate, bend, put, sumRow } from "./gates";
import { multiply } from "./product";
import { SequenceArgs, SequenceGradArgs, clearRow, copyRow, counts, place, stepOf } from "./sequence";

const C = memory.data<f32>([1]);

/**
 * Range: samples.
 * @cost steps * hidden * (size / 7 + 8) @even
 * @flops steps * 8 * hidden * size
 * @bytes 4 * steps * (10 * hidden + 2 * size)
 */
export function lstmForward(r: SequenceArgs, from: u32, to: u32): void {
  const batch = r.batch, n = r.hidden, size = r.size, rows = to - from, quarters = 4 * n;
  const rowOfH = <usize>size << 2, rowOfGates = <usize>quarters << 2;
  for (let i: u32 = 0; i < r.steps; i++) {
    const t = stepOf(i, r.steps, r.reverse), before = t + r.reverse, after = t + 1 - r.reverse;
    const gates = place(r.gates, t, batch, from, quarters), h = place(r.h, after, batch, from, size);
    if (i > 0 || r.begins) multiply(place(r.h, before, batch, from, size), rowOfH, r.weight, size, gates, rowOfGates, rows, quarters, true);
    for (let row = from; row < to; row++) {
      const c = place(r.c, before, batch, row, n), next = place(r.c, after, batch, row, n), inner = place(r.inner, t, batch, row, n);
      // Without a projection h and out get the same; with one, out is filled behind it.
      const wide = r.wide ? place(r.wide, t, batch, row, n) : place(r.h, after, batch, row, n);
      const out = r.wide ? wide : place(r.out, t, batch, row, n);
      if (counts(r.lengths, row, t)) lstmRow(place(r.gates, t, batch, row, quarters), r.bias, c, next, inner, wide, out, n);
      else {
        copyRow(c, next, n);
        clearRow(wide, n);
        clearRow(out, n);
        if (!r.wide) copyRow(place(r.h, before, batch, row, n), wide, n);
      }
    }
    if (r.wide) {
      multiply(place(r.wide, t, batch, from, n), <usize>n << 2, r.second, n, h, rowOfH, rows, size, false);
      for (let row = from; row < to; row++) {
        const to = place(r.out, t, batch, row, size), projected = place(r.h, after, batch, row, size);
        copyRow(projected, to, size);
        if (!counts(r.lengths, row, t)) copyRow(place(r.h, before, batch, row, size), projected, size);
      }
    }
  }
  const last: u32 = r.reverse ? 0 : r.steps;
  copyRow(place(r.h, last, batch, from, size), place(r.hLast, 0, batch, from, size), rows * size);
  copyRow(place(r.c, last, batch, from, n), place(r.cLast, 0, batch, from, n), rows * n);
}

/** A step of a sample. The gates are activated in passes of their own, which need few registers. */
function lstmRow(gates: usize, bias: usize, before: usize, c: usize, inner: usize, h: usize, out: usize, n: u32): void {
  const bytes = <usize>n << 2;
  activate<Sigmoid>(gates, bias, 2 * n);
  activate<Tanh>(gates + 2 * bytes, bias ? bias + 2 * bytes : 0, n);
  activate<Sigmoid>(gates + 3 * bytes, bias ? bias + 3 * bytes : 0, n);
  const end = c + bytes;
  let i = gates;
  for (const pairs = c + ((end - c) & ~31); c < pairs; i += 32, before += 32, c += 32, inner += 32, h += 32, out += 32) {
    const f = i + bytes, g = f + bytes, o = g + bytes;
    const c0 = madd(v128.load(f), v128.load(before), f32x4.mul(v128.load(i), v128.load(g)));
    const c1 = madd(v128.load(f, 16), v128.load(before, 16), f32x4.mul(v128.load(i, 16), v128.load(g, 16)));
    const t0 = math.tanh(c0), t1 = math.tanh(c1);
    const h0 = f32x4.mul(v128.load(o), t0), h1 = f32x4.mul(v128.load(o, 16), t1);
    v128.store(c, c1, 16), v128.store(c, c0);
    v128.store(inner, t1, 16), v128.store(inner, t0);
    v128.store(h, h1, 16), v128.store(h, h0);
    v128.store(out, h1, 16), v128.store(out, h0);
  }
  for (; c < end; i += 16, before += 16, c += 16, inner += 16, h += 16, out += 16) {
    const f = i + bytes, g = f + bytes, o = g + bytes, left = end - c;
    const c0 = madd(v128.load(f), v128.load(before), f32x4.mul(v128.load(i), v128.load(g)));
    const t0 = math.tanh(c0), h0 = f32x4.mul(v128.load(o), t0);
    put(c, c0, left);
    put(inner, t0, left);
    put(h, h0, left);
    put(out, h0, left);
  }
}

/**
 * Range: samples.
 * @cost steps * hidden * (size / 7 + 4) @even
 * @flops steps * 8 * hidden * size
 * @bytes 4 * steps * (10 * hidden + size)
 */
export function lstmBackward(r: SequenceGradArgs, from: u32, to: u32): void {
  const batch = r.batch, n = r.hidden, size = r.size, rows = to - from, quarters = 4 * n;
  const dh = place(r.dh, 0, batch, from, size), rowOfH = <usize>size << 2;
  for (let i: u32 = 0; i < r.steps; i++) {
    const t = stepOf(i, r.steps, 1 - r.reverse), before = t + r.reverse;
    if (r.dProjected) {
      for (let row = from; row < to; row++) {
        const to = place(r.dProjected, t, batch, row, size), carried = place(r.dh, 0, batch, row, size);
        if (counts(r.lengths, row, t)) {
          sumRow(place(r.g, t, batch, row, size), carried, to, size);
          if (r.lengths) clearRow(carried, size);
        } else clearRow(to, size);
      }
      const wide = place(r.dWide, 0, batch, from, n);
      multiply(place(r.dProjected, t, batch, from, size), rowOfH, r.second, size, wide, <usize>n << 2, rows, n, false);
    }
    for (let row = from; row < to; row++) {
      const d = place(r.dGates, t, batch, row, quarters);
      if (!counts(r.lengths, row, t)) {
        clearRow(d, quarters);
        continue;
      }
      const gates = place(r.gates, t, batch, row, quarters), c = place(r.c, before, batch, row, n);
      const inner = place(r.inner, t, batch, row, n), dc = place(r.dc, 0, batch, row, n);
      if (r.dProjected) lstmRowGrad<Alone>(place(r.dWide, 0, batch, row, n), 0, gates, c, inner, dc, d, n);
      else {
        const carried = place(r.dh, 0, batch, row, n);
        lstmRowGrad<Summed>(carried, place(r.g, t, batch, row, n), gates, c, inner, dc, d, n);
        if (r.lengths) clearRow(carried, n);
      }
    }
    if (i + 1 == r.steps && !r.begins) break;
    multiply(place(r.dGates, t, batch, from, quarters), <usize>quarters << 2, r.weight, quarters, dh, rowOfH, rows, size, r.lengths != 0);
  }
}

/** Whether the gradient of h comes in two parts. */
@unmanaged
@final
class Summed {
  @inline load(a: usize, b: usize): v128 { return f32x4.add(v128.load(a), v128.load(b)); }
}

@unmanaged
@final
class Alone {
  @inline load(a: usize, _b: usize): v128 { return v128.load(a); }
}

/** The gradients of a sample's gates at a step, from dh = a + b and dc. The gradient of the cell before this step takes the place of dc. */
function lstmRowGrad<H>(a: usize, b: usize, gates: usize, before: usize, inner: usize, dc: usize, d: usize, n: u32): void {
  const bytes = <usize>n << 2, end = dc + bytes, one = constant(C, 0);
  const dh = changetype<H>(0);
  for (const pairs = dc + ((end - dc) & ~31); dc < pairs; a += 32, b += 32, gates += 32, before += 32, inner += 32, dc += 32, d += 32) {
    const atF = gates + bytes, atG = atF + bytes, atO = atG + bytes, toF = d + bytes, toG = toF + bytes, toO = toG + bytes;
    const i0 = v128.load(gates), f0 = v128.load(atF), g0 = v128.load(atG), o0 = v128.load(atO), t0 = v128.load(inner), h0 = dh.load(a, b);
    const i1 = v128.load(gates, 16), f1 = v128.load(atF, 16), g1 = v128.load(atG, 16), o1 = v128.load(atO, 16);
    const t1 = v128.load(inner, 16), h1 = dh.load(a + 16, b + 16);
    const c0 = madd(f32x4.mul(h0, o0), nmadd(t0, t0, one), v128.load(dc));
    const c1 = madd(f32x4.mul(h1, o1), nmadd(t1, t1, one), v128.load(dc, 16));
    const di0 = f32x4.mul(f32x4.mul(c0, g0), bend(i0, one)), di1 = f32x4.mul(f32x4.mul(c1, g1), bend(i1, one));
    const df0 = f32x4.mul(f32x4.mul(c0, v128.load(before)), bend(f0, one));
    const df1 = f32x4.mul(f32x4.mul(c1, v128.load(before, 16)), bend(f1, one));
    const dg0 = f32x4.mul(f32x4.mul(c0, i0), nmadd(g0, g0, one)), dg1 = f32x4.mul(f32x4.mul(c1, i1), nmadd(g1, g1, one));
    const do0 = f32x4.mul(f32x4.mul(h0, t0), bend(o0, one)), do1 = f32x4.mul(f32x4.mul(h1, t1), bend(o1, one));
    v128.store(d, di1, 16), v128.store(d, di0);
    v128.store(toF, df1, 16), v128.store(toF, df0);
    v128.store(toG, dg1, 16), v128.store(toG, dg0);
    v128.store(toO, do1, 16), v128.store(toO, do0);
    v128.store(dc, f32x4.mul(c1, f1), 16), v128.store(dc, f32x4.mul(c0, f0));
  }
  for (; dc < end; a += 16, b += 16, gates += 16, before += 16, inner += 16, dc += 16, d += 16) {
    const left = end - dc, atF = gates + bytes, atG = atF + bytes, atO = atG + bytes;
    const i = v128.load(gates), f = v128.load(atF), g = v128.load(atG), o = v128.load(atO), t = v128.load(inner), h = dh.load(a, b);
    const c = madd(f32x4.mul(h, o), nmadd(t, t, one), v128.load(dc));
    put(d, f32x4.mul(f32x4.mul(c, g), bend(i, one)), left);
    put(d + bytes, f32x4.mul(f32x4.mul(c, v128.load(before)), bend(f, one)), left);
    put(d + 2 * bytes, f32x4.mul(f32x4.mul(c, i), nmadd(g, g, one)), left);
    put(d + 3 * bytes, f32x4.mul(f32x4.mul(h, t), bend(o, one)), left);
    put(dc, f32x4.mul(c, f), left);
  }
}
