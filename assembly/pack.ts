/**
 * Packing: copies of a block of A or B in the order in which a micro-kernel reads it.
 *
 * A strip is 8 (or 12 or 16) adjacent columns, row after row along k without gaps. The last strip is filled up with what stands behind
 * the matrix, or with repeated columns. Their products fall into columns of a tile that are not written. So loads may run up to 44
 * bytes past a matrix, but never further.
 *
 * A class L, see lines.ts, reads the block as lines of elements. The lines are the rows of the block, or, where the matrix is stored
 * transposed, its columns. Columns are transposed four at a time.
 */

/**
 * Packs a block of B, of k rows, into strips of `width` columns. The last columns become a strip of 8 if they fit into it, else one of
 * 12 where strips are 8 wide.
 */
export function packB<L>(line: usize, step: usize, transposed: bool, k: u32, cols: u32, width: u32, to: usize): void {
  const l = changetype<L>(0), next = <usize>k << 2;
  // Several strips at once use whole cache lines, next to each other. Columns 9 to 12 of the rest must stay together for the last strip.
  if (!transposed) {
    if (width == 8) {
      for (; cols >= 44; cols -= 32) {
        packFourStrips<L>(line, step, k, to);
        line = l.ahead(line, step, 128);
        to += 32 * next;
      }
    } else {
      for (; cols >= 64; cols -= 64) {
        packFourWideStrips<L>(line, step, k, to);
        line = l.ahead(line, step, 256);
        to += 64 * next;
      }
    }
  }
  while (cols) {
    if (cols <= 8) width = 8;
    else if (cols <= 12 && width == 8) width = 12;
    const some = min(width, cols);
    if (transposed) packTransposed<L>(line, step, k, some, width, to);
    else packStrip<L>(line, step, k, width, to);
    line = transposed ? l.skip(line, step, width) : l.ahead(line, step, width << 2);
    to += next * width;
    cols -= some;
  }
}

/** Packs a strip whose k rows are lines. */
export function packStrip<L>(line: usize, step: usize, k: u32, width: u32, to: usize): void {
  const l = changetype<L>(0);
  if (width == 16) {
    for (; k; k--) {
      l.eight(line, step, to);
      l.eight(l.ahead(line, step, 32), step, to + 32);
      line = l.next(line, step);
      to += 64;
    }
  } else if (width == 12) {
    for (; k; k--) {
      l.eight(line, step, to);
      v128.store(to, l.four(l.ahead(line, step, 32), step), 32);
      line = l.next(line, step);
      to += 48;
    }
  } else {
    for (; k; k--) {
      l.eight(line, step, to);
      line = l.next(line, step);
      to += 32;
    }
  }
}

function packFourStrips<L>(line: usize, step: usize, k: u32, to: usize): void {
  const l = changetype<L>(0), next = <usize>k << 5;
  for (; k; k--) {
    const to1 = to + next, to2 = to1 + next;
    l.eight(line, step, to);
    l.eight(l.ahead(line, step, 32), step, to1);
    l.eight(l.ahead(line, step, 64), step, to2);
    l.eight(l.ahead(line, step, 96), step, to2 + next);
    line = l.next(line, step);
    to += 32;
  }
}

/** Packs four strips of 16 columns. */
function packFourWideStrips<L>(line: usize, step: usize, k: u32, to: usize): void {
  const l = changetype<L>(0), next = <usize>k << 6;
  for (; k; k--) {
    const to1 = to + next, to2 = to1 + next, to3 = to2 + next;
    l.eight(line, step, to);
    l.eight(l.ahead(line, step, 32), step, to + 32);
    l.eight(l.ahead(line, step, 64), step, to1);
    l.eight(l.ahead(line, step, 96), step, to1 + 32);
    l.eight(l.ahead(line, step, 128), step, to2);
    l.eight(l.ahead(line, step, 160), step, to2 + 32);
    l.eight(l.ahead(line, step, 192), step, to3);
    l.eight(l.ahead(line, step, 224), step, to3 + 32);
    line = l.next(line, step);
    to += 64;
  }
}

/** Packs a strip whose `cols` columns are lines of k elements. */
export function packTransposed<L>(line: usize, step: usize, k: u32, cols: u32, width: u32, to: usize): void {
  const l = changetype<L>(0), apart = <usize>width << 2;
  for (; width == 16 && cols >= 8; cols -= 8) {
    transposeEight<L>(line, step, k, to, apart);
    line = l.skip(line, step, 8);
    to += 32;
  }
  while (cols) {
    const some = min(cols, 4);
    transposeFour<L>(line, step, k, some, to, apart);
    line = l.skip(line, step, some);
    to += 16;
    cols -= some;
  }
}

/** Writes eight lines of k elements as eight columns, whose rows are `apart` bytes apart. The halves of each row are a pair of vectors. */
export function transposeEight<L>(line: usize, step: usize, k: u32, to: usize, apart: usize): void {
  const l = changetype<L>(0);
  let r0 = line, r1 = l.next(r0, step), r2 = l.next(r1, step), r3 = l.next(r2, step);
  let r4 = l.next(r3, step), r5 = l.next(r4, step), r6 = l.next(r5, step), r7 = l.next(r6, step);
  for (; k >= 4; k -= 4) {
    const x0 = l.four(r0, step), x1 = l.four(r1, step), x2 = l.four(r2, step), x3 = l.four(r3, step);
    const y0 = l.four(r4, step), y1 = l.four(r5, step), y2 = l.four(r6, step), y3 = l.four(r7, step);
    const low01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), high01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
    const low23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5), high23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
    const low45 = i32x4.shuffle(y0, y1, 0, 4, 1, 5), high45 = i32x4.shuffle(y0, y1, 2, 6, 3, 7);
    const low67 = i32x4.shuffle(y2, y3, 0, 4, 1, 5), high67 = i32x4.shuffle(y2, y3, 2, 6, 3, 7);
    const to1 = to + apart, to2 = to1 + apart, to3 = to2 + apart;
    v128.store(to, i64x2.shuffle(low45, low67, 0, 2), 16);
    v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
    v128.store(to1, i64x2.shuffle(low45, low67, 1, 3), 16);
    v128.store(to1, i64x2.shuffle(low01, low23, 1, 3));
    v128.store(to2, i64x2.shuffle(high45, high67, 0, 2), 16);
    v128.store(to2, i64x2.shuffle(high01, high23, 0, 2));
    v128.store(to3, i64x2.shuffle(high45, high67, 1, 3), 16);
    v128.store(to3, i64x2.shuffle(high01, high23, 1, 3));
    r0 = l.ahead(r0, step, 16), r1 = l.ahead(r1, step, 16), r2 = l.ahead(r2, step, 16), r3 = l.ahead(r3, step, 16);
    r4 = l.ahead(r4, step, 16), r5 = l.ahead(r5, step, 16), r6 = l.ahead(r6, step, 16), r7 = l.ahead(r7, step, 16);
    to = to3 + apart;
  }
  if (k) {
    transposeFour<L>(r0, step, k, 4, to, apart);
    transposeFour<L>(r4, step, k, 4, to + 16, apart);
  }
}

/** Writes four lines of k elements as four columns, whose rows are `apart` bytes apart. If only `lines` exist, the last is repeated. */
export function transposeFour<L>(line: usize, step: usize, k: u32, lines: u32, to: usize, apart: usize): void {
  const l = changetype<L>(0);
  let r0 = line, r1 = lines > 1 ? l.next(r0, step) : r0, r2 = lines > 2 ? l.next(r1, step) : r1, r3 = lines > 3 ? l.next(r2, step) : r2;
  for (; k >= 4; k -= 4) {
    const x0 = l.four(r0, step), x1 = l.four(r1, step), x2 = l.four(r2, step), x3 = l.four(r3, step);
    const low01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5), high01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
    const low23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5), high23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
    const to2 = to + 2 * apart;
    v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
    v128.store(to + apart, i64x2.shuffle(low01, low23, 1, 3));
    v128.store(to2, i64x2.shuffle(high01, high23, 0, 2));
    v128.store(to2 + apart, i64x2.shuffle(high01, high23, 1, 3));
    r0 = l.ahead(r0, step, 16), r1 = l.ahead(r1, step, 16), r2 = l.ahead(r2, step, 16), r3 = l.ahead(r3, step, 16);
    to += 4 * apart;
  }
  for (; k; k--) {
    store<u32>(to, l.one(r0, step));
    store<u32>(to, l.one(r1, step), 4);
    store<u32>(to, l.one(r2, step), 8);
    store<u32>(to, l.one(r3, step), 12);
    r0 = l.ahead(r0, step, 4), r1 = l.ahead(r1, step, 4), r2 = l.ahead(r2, step, 4), r3 = l.ahead(r3, step, 4);
    to += apart;
  }
}
