/**
 * Packing: copies of a block of A or B in the order in which a micro-kernel reads it. It absorbs transposes and masks.
 *
 * A strip is 8 (or 12) adjacent columns, row after row along k without gaps. One that ends short is filled up with
 * neighbours or repeats, whose products land in columns of a tile that are not written; so loads may run up to 44 bytes
 * past a matrix, but never further.
 *
 * A mask is laid out as the matrix it belongs to and drops the elements where it is ≤ 0: the gradient of relu. `mask` is
 * its distance from the matrix in bytes, modulo 2³²; 0 = none.
 */
const ZERO = memory.data<f32>([0]);

@inline
function masked(at: usize, mask: usize): v128 {
  const x = v128.load(at);
  return mask ? v128.andnot(x, f32x4.le(v128.load(at + mask), v128.load32_splat(ZERO))) : x;
}

@inline
function maskedOne(at: usize, mask: usize): u32 {
  return mask && load<f32>(at + mask) <= 0 ? 0 : load<u32>(at);
}

/** Strips of B (k rows, `ldb` bytes apart): of 8 columns, the last of up to 12. With `transposed`, of Bᵀ as it is stored. */
export function packB(from: usize, ldb: usize, transposed: bool, mask: usize, k: u32, cols: u32, to: usize): void {
  const next = <usize>k << 5;
  // Four strips at once take whole cache lines; 9 to 12 columns must be left for the last strip.
  if (!transposed && !mask) {
    for (; cols >= 44; cols -= 32) {
      packFourStrips(from, ldb, k, to);
      from += 128;
      to += 4 * next;
    }
  }
  while (cols) {
    const width: u32 = cols > 8 && cols <= 12 ? 12 : 8, some = min(width, cols);
    if (transposed) packTransposed(from, ldb, mask, k, some, width, to);
    else packStrip(from, ldb, mask, k, width, to);
    from += transposed ? 8 * ldb : 32;
    to += next;
    cols -= some;
  }
}

/** A strip of a matrix whose rows are `ld` bytes apart. */
export function packStrip(from: usize, ld: usize, mask: usize, k: u32, width: u32, to: usize): void {
  if (mask || width > 8) {
    for (; k; k--) {
      v128.store(to, masked(from, mask));
      v128.store(to, masked(from + 16, mask), 16);
      if (width > 8) v128.store(to, masked(from + 32, mask), 32);
      from += ld;
      to += width << 2;
    }
  } else {
    for (; k; k--) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += ld;
      to += 32;
    }
  }
}

function packFourStrips(from: usize, ld: usize, k: u32, to: usize): void {
  const next = <usize>k << 5;
  for (; k; k--) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    const to1 = to + next;
    v128.store(to1, v128.load(from, 32));
    v128.store(to1, v128.load(from, 48), 16);
    const to2 = to1 + next;
    v128.store(to2, v128.load(from, 64));
    v128.store(to2, v128.load(from, 80), 16);
    const to3 = to2 + next;
    v128.store(to3, v128.load(from, 96));
    v128.store(to3, v128.load(from, 112), 16);
    from += ld;
    to += 32;
  }
}

/** A strip whose `cols` columns are stored as rows along k, `ld` bytes apart. */
export function packTransposed(from: usize, ld: usize, mask: usize, k: u32, cols: u32, width: u32, to: usize): void {
  const step = <usize>width << 2;
  while (true) {
    transposeFour(from, ld, mask, k, min(cols, 4), to, step);
    if (cols <= 4) break;
    from += 4 * ld;
    to += 16;
    cols -= 4;
  }
}

/** Four rows of k elements, of which `rows` exist (the last is repeated): to four columns, elements along k `step` bytes apart. */
export function transposeFour(from: usize, ld: usize, mask: usize, k: u32, rows: u32, to: usize, step: usize): void {
  let r0 = from, r1 = rows > 1 ? r0 + ld : r0, r2 = rows > 2 ? r1 + ld : r1, r3 = rows > 3 ? r2 + ld : r2;
  for (; k >= 4; k -= 4) {
    const x0 = masked(r0, mask), x1 = masked(r1, mask), x2 = masked(r2, mask), x3 = masked(r3, mask);
    const low01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), high01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
    const low23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5), high23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
    const to2 = to + 2 * step;
    v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
    v128.store(to + step, i64x2.shuffle(low01, low23, 1, 3));
    v128.store(to2, i64x2.shuffle(high01, high23, 0, 2));
    v128.store(to2 + step, i64x2.shuffle(high01, high23, 1, 3));
    r0 += 16, r1 += 16, r2 += 16, r3 += 16;
    to += 4 * step;
  }
  for (; k; k--) {
    store<u32>(to, maskedOne(r0, mask));
    store<u32>(to, maskedOne(r1, mask), 4);
    store<u32>(to, maskedOne(r2, mask), 8);
    store<u32>(to, maskedOne(r3, mask), 12);
    r0 += 4, r1 += 4, r2 += 4, r3 += 4;
    to += step;
  }
}
