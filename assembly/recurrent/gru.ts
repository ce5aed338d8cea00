/** The GRU: r, z = σ of the first thirds of a + b with b = h·Wᵀ + bias; n = tanh(aₙ + r·bₙ), h′ = n + z·(h − n). */
import { constant, math } from "../math";
import { madd, nmadd } from "../simd";
import { Sigmoid, activate, bend, put, sumRow } from "./gates";
import { multiply } from "./product";
import { SequenceArgs, SequenceGradArgs, clearRow, copyRow, counts, place, stepOf } from "./sequence";

const C = memory.data<f32>([1]);

/**
 * Range: samples.
 * @cost steps * hidden * (size / 9 + 6) @even
 * @flops steps * 6 * hidden * size
 * @bytes 4 * steps * (7 * hidden + 2 * size)
 */
export function gruForward(r: SequenceArgs, from: u32, to: u32): void {
  const batch = r.batch, n = r.hidden, rows = to - from, thirds = 3 * n, bytes = <usize>n << 2;
  for (let i: u32 = 0; i < r.steps; i++) {
    const t = stepOf(i, r.steps, r.reverse), before = t + r.reverse, after = t + 1 - r.reverse;
    const h = place(r.h, before, batch, from, n), inner = place(r.inner, t, batch, from, n);
    if (i > 0 || r.begins) {
      multiply(h, bytes, r.weight, n, place(r.gates, t, batch, from, thirds), 3 * bytes, rows, 2 * n, true);
      multiply(h, bytes, r.second, n, inner, bytes, rows, n, false);
    }
    for (let row = from; row < to; row++) {
      const held = place(r.h, before, batch, row, n), next = place(r.h, after, batch, row, n), out = place(r.out, t, batch, row, n);
      if (counts(r.lengths, row, t)) {
        gruRow(place(r.gates, t, batch, row, thirds), r.bias, place(r.inner, t, batch, row, n), held, next, out, n);
      } else {
        copyRow(held, next, n);
        clearRow(out, n);
      }
    }
  }
  const last: u32 = r.reverse ? 0 : r.steps;
  copyRow(place(r.h, last, batch, from, n), place(r.hLast, 0, batch, from, n), rows * n);
}

/** A step of a sample. */
function gruRow(gates: usize, bias: usize, inner: usize, before: usize, h: usize, out: usize, n: u32): void {
  const bytes = <usize>n << 2;
  activate<Sigmoid>(gates, bias, 2 * n);
  if (bias) sumRow(inner, bias + 2 * bytes, inner, n);
  const end = h + bytes;
  let r = gates;
  for (const pairs = h + ((end - h) & ~31); h < pairs; r += 32, inner += 32, before += 32, h += 32, out += 32) {
    const z = r + bytes, a = z + bytes;
    const n0 = math.tanh(madd(v128.load(r), v128.load(inner), v128.load(a)));
    const n1 = math.tanh(madd(v128.load(r, 16), v128.load(inner, 16), v128.load(a, 16)));
    const h0 = madd(v128.load(z), f32x4.sub(v128.load(before), n0), n0);
    const h1 = madd(v128.load(z, 16), f32x4.sub(v128.load(before, 16), n1), n1);
    v128.store(a, n1, 16), v128.store(a, n0);
    v128.store(h, h1, 16), v128.store(h, h0);
    v128.store(out, h1, 16), v128.store(out, h0);
  }
  for (; h < end; r += 16, inner += 16, before += 16, h += 16, out += 16) {
    const z = r + bytes, a = z + bytes, left = end - h;
    const n0 = math.tanh(madd(v128.load(r), v128.load(inner), v128.load(a)));
    const h0 = madd(v128.load(z), f32x4.sub(v128.load(before), n0), n0);
    put(a, n0, left);
    put(h, h0, left);
    put(out, h0, left);
  }
}

/**
 * Range: samples.
 * @cost steps * hidden * (size / 9 + 4) @even
 * @flops steps * 6 * hidden * size
 * @bytes 4 * steps * (9 * hidden + 2 * size)
 */
export function gruBackward(r: SequenceGradArgs, from: u32, to: u32): void {
  const batch = r.batch, n = r.hidden, rows = to - from, thirds = 3 * n, bytes = <usize>n << 2, dh = place(r.dh, 0, batch, from, n);
  for (let i: u32 = 0; i < r.steps; i++) {
    const t = stepOf(i, r.steps, 1 - r.reverse), before = t + r.reverse;
    for (let row = from; row < to; row++) {
      const d = place(r.dGates, t, batch, row, thirds), dInner = place(r.dInner, t, batch, row, n);
      if (!counts(r.lengths, row, t)) {
        clearRow(d, thirds);
        clearRow(dInner, n);
        continue;
      }
      const gates = place(r.gates, t, batch, row, thirds), inner = place(r.inner, t, batch, row, n);
      gruRowGrad(place(r.g, t, batch, row, n), gates, inner, place(r.h, before, batch, row, n), place(r.dh, 0, batch, row, n), d, dInner, n);
    }
    if (i + 1 == r.steps && !r.begins) break;
    multiply(place(r.dGates, t, batch, from, thirds), 3 * bytes, r.weight, 2 * n, dh, bytes, rows, n, true);
    multiply(place(r.dInner, t, batch, from, n), bytes, r.second, n, dh, bytes, rows, n, true);
  }
}

/** The gradients of a sample's gates at a step, from dh. What of it passes z by, to the h before this step, takes the place of dh. */
function gruRowGrad(g: usize, gates: usize, inner: usize, before: usize, dh: usize, d: usize, dInner: usize, n: u32): void {
  const bytes = <usize>n << 2, end = dh + bytes, one = constant(C, 0);
  for (const pairs = dh + ((end - dh) & ~31); dh < pairs; g += 32, gates += 32, inner += 32, before += 32, dh += 32, d += 32, dInner += 32) {
    const atZ = gates + bytes, atN = atZ + bytes, toZ = d + bytes, toN = toZ + bytes;
    const h0 = f32x4.add(v128.load(g), v128.load(dh)), h1 = f32x4.add(v128.load(g, 16), v128.load(dh, 16));
    const r0 = v128.load(gates), r1 = v128.load(gates, 16), z0 = v128.load(atZ), z1 = v128.load(atZ, 16);
    const n0 = v128.load(atN), n1 = v128.load(atN, 16);
    const dn0 = f32x4.mul(f32x4.mul(h0, f32x4.sub(one, z0)), nmadd(n0, n0, one));
    const dn1 = f32x4.mul(f32x4.mul(h1, f32x4.sub(one, z1)), nmadd(n1, n1, one));
    const dz0 = f32x4.mul(f32x4.mul(h0, f32x4.sub(v128.load(before), n0)), bend(z0, one));
    const dz1 = f32x4.mul(f32x4.mul(h1, f32x4.sub(v128.load(before, 16), n1)), bend(z1, one));
    const dr0 = f32x4.mul(f32x4.mul(dn0, v128.load(inner)), bend(r0, one));
    const dr1 = f32x4.mul(f32x4.mul(dn1, v128.load(inner, 16)), bend(r1, one));
    v128.store(d, dr1, 16), v128.store(d, dr0);
    v128.store(toZ, dz1, 16), v128.store(toZ, dz0);
    v128.store(toN, dn1, 16), v128.store(toN, dn0);
    v128.store(dInner, f32x4.mul(dn1, r1), 16), v128.store(dInner, f32x4.mul(dn0, r0));
    v128.store(dh, f32x4.mul(h1, z1), 16), v128.store(dh, f32x4.mul(h0, z0));
  }
  for (; dh < end; g += 16, gates += 16, inner += 16, before += 16, dh += 16, d += 16, dInner += 16) {
    const left = end - dh, atZ = gates + bytes, atN = atZ + bytes;
    const h = f32x4.add(v128.load(g), v128.load(dh)), r = v128.load(gates), z = v128.load(atZ), n = v128.load(atN);
    const dn = f32x4.mul(f32x4.mul(h, f32x4.sub(one, z)), nmadd(n, n, one));
    put(d, f32x4.mul(f32x4.mul(dn, v128.load(inner)), bend(r, one)), left);
    put(d + bytes, f32x4.mul(f32x4.mul(h, f32x4.sub(v128.load(before), n)), bend(z, one)), left);
    put(d + 2 * bytes, dn, left);
    put(dInner, f32x4.mul(dn, r), left);
    put(dh, f32x4.mul(h, z), left);
  }
}
