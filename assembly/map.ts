/**
 * The loops of the elementwise kernels. An inlined functor F computes a vector: `v(x, r)` or `v(a, b, r)`, where r is the kernel's
 * record, from which F may read its parameters.
 *
 * A last vector of fewer than four elements is loaded and stored in part, but computed like any other. So an element has the
 * same bits wherever a range ends, and the code of F is not needed a second time for single elements.
 */

/**
 * An elementwise function of one operand.
 * @cost 0.25 @bytes 8 @inplace x
 */
@unmanaged
export class MapArgs {
  x: usize; // [n]
  out: usize; // [n], may be x
}

/**
 * The gradient of an elementwise function.
 * @cost 0.35 @bytes 12 @inplace g saved
 */
@unmanaged
export class GradientArgs {
  g: usize; // [n] gradient with respect to the output
  saved: usize; // [n] input or output of the function: each kernel says which
  out: usize; // [n] gradient with respect to the input, may be g
}

/** out[i] = F(x[i]) for from ≤ i < to. */
export function map<F, R>(r: R, from: u32, to: u32): void {
  let x = r.x + (<usize>from << 2);
  let out = r.out + (<usize>from << 2);
  const end = r.out + (<usize>to << 2);
  for (const fours = out + ((end - out) & ~63); out < fours; x += 64, out += 64) {
    const first = changetype<F>(0).v(v128.load(x), r);
    const second = changetype<F>(0).v(v128.load(x, 16), r);
    const third = changetype<F>(0).v(v128.load(x, 32), r);
    const fourth = changetype<F>(0).v(v128.load(x, 48), r);
    v128.store(out, first);
    v128.store(out, second, 16);
    v128.store(out, third, 32);
    v128.store(out, fourth, 48);
  }
  for (; out < end; x += 16, out += 16) {
    const left = end - out;
    const y = changetype<F>(0).v(left < 16 ? loadFirst(x, left) : v128.load(x), r);
    if (left < 16) storeFirst(out, y, left);
    else v128.store(out, y);
  }
}

/** out[i] = F(a[i], b[i]) for from ≤ i < to. */
export function map2<F, R>(r: R, a: usize, b: usize, out: usize, from: u32, to: u32): void {
  const end = out + (<usize>to << 2);
  a += <usize>from << 2;
  b += <usize>from << 2;
  out += <usize>from << 2;
  for (const pairs = out + ((end - out) & ~31); out < pairs; a += 32, b += 32, out += 32) {
    const first = changetype<F>(0).v(v128.load(a), v128.load(b), r);
    const second = changetype<F>(0).v(v128.load(a, 16), v128.load(b, 16), r);
    v128.store(out, first);
    v128.store(out, second, 16);
  }
  for (; out < end; a += 16, b += 16, out += 16) {
    const left = end - out;
    const last = left < 16;
    const y = changetype<F>(0).v(last ? loadFirst(a, left) : v128.load(a), last ? loadFirst(b, left) : v128.load(b), r);
    if (last) storeFirst(out, y, left);
    else v128.store(out, y);
  }
}

/** out[i] = F(g[i], saved[i]) for from ≤ i < to. */
@inline
export function mapGradient<F, R>(r: R, from: u32, to: u32): void {
  map2<F, R>(r, r.g, r.saved, r.out, from, to);
}

/** A vector that begins with the 4, 8 or 12 bytes at p. */
export function loadFirst(p: usize, bytes: usize): v128 {
  if (bytes < 8) return v128.load32_zero(p);
  const y = v128.load64_zero(p);
  return bytes == 12 ? v128.load_lane<f32>(p, y, 2, 8) : y;
}

/** Stores the first 4, 8 or 12 bytes of y. */
export function storeFirst(out: usize, y: v128, bytes: usize): void {
  if (bytes < 8) {
    v128.store_lane<f32>(out, y, 0);
    return;
  }
  v128.store_lane<f64>(out, y, 0);
  if (bytes == 12) v128.store_lane<f32>(out, y, 2, 8);
}
