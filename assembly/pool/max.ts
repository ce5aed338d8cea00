/**
 * Max pooling: the greatest element of every window, and where it stands. Of equals the first one counts, of NaNs, which win, the last,
 * as in PyTorch. Places outside the input are never chosen. A window has an element of the input at least.
 */
import { PoolArgs, areSquares, clear, even, innerFrom, innerTo, odd, strided, windowBegin, windowEnd, within } from "./windows";

/** y and the indices, as far as they are wanted. Range: rows of y, planes · od · oh. @cost 1 + ow * (0.1 + 0.17 * kd * kh * kw) @narrow @flops ow * kd * kh * kw @bytes 4 * ow * (2 + strideH * strideW) */
export function maxPool(r: PoolArgs, from: u32, to: u32): void {
  if (areSquares<PoolArgs>(r) && r.ow >= 4) {
    squares(r, from, to);
    return;
  }
  const first = innerFrom(r.ow, r.strideW, r.padW), last = innerTo(r.w, r.ow, r.strideW, r.padW, r.dilationW * (r.kw - 1) + 1);
  const vectors = !r.adaptive && last >= first + 4;
  let a = from / r.oh % r.od, b = from % r.oh, x = r.x + (<usize>(from / (r.oh * r.od)) * r.d * r.h * r.w << 2);
  for (let row = from; row < to; row++) {
    poolRow(r, x, a, b, <usize>(row * r.ow) << 2, vectors ? first : r.ow, last);
    if (++b < r.oh) continue;
    b = 0;
    if (++a < r.od) continue;
    a = 0;
    x += <usize>(r.d * r.h * r.w) << 2;
  }
}

/** Row b of matrix a of a plane of y, which begins `place` bytes behind y. The windows `first` to `last` are computed in vectors. */
function poolRow(r: PoolArgs, x: usize, a: u32, b: u32, place: usize, first: u32, last: u32): void {
  const adaptive = <bool>r.adaptive, y = r.y ? r.y + place : 0, indices = r.indices ? r.indices + place : 0;
  let i = windowBegin(adaptive, a, r.d, r.od, r.strideD, r.padD), j = windowBegin(adaptive, b, r.h, r.oh, r.strideH, r.padH);
  const endI = min(<i32>r.d, windowEnd(adaptive, a, r.d, r.od, i, r.dilationD * (r.kd - 1) + 1));
  const endJ = min(<i32>r.h, windowEnd(adaptive, b, r.h, r.oh, j, r.dilationH * (r.kh - 1) + 1));
  i = within(i, r.dilationD);
  j = within(j, r.dilationH);
  for (let c: u32 = 0; c < r.ow; c++) {
    if (c == first) {
      if (r.strideW == 2) byTwo(r, x, i, endI, j, endJ, y, indices, first, last);
      else if (r.strideW == 1) byOne(r, x, i, endI, j, endJ, y, indices, first, last);
      else byMore(r, x, i, endI, j, endJ, y, indices, first, last);
      c = last;
      if (c == r.ow) return;
    }
    one(r, x, i, endI, j, endJ, y, indices, c);
  }
}

/** A window. It covers rows `j` to `endJ` of the matrices `i` to `endI`. */
function one(r: PoolArgs, x: usize, i: i32, endI: i32, j: i32, endJ: i32, y: usize, indices: usize, c: u32): void {
  const begin = windowBegin(<bool>r.adaptive, c, r.w, r.ow, r.strideW, r.padW);
  const end = min(<i32>r.w, windowEnd(<bool>r.adaptive, c, r.w, r.ow, begin, r.dilationW * (r.kw - 1) + 1)), first = within(begin, r.dilationW);
  let index = (i * <i32>r.h + j) * <i32>r.w + first;
  let most = load<f32>(x + (<usize>index << 2));
  for (; i < endI; i += r.dilationD) for (let line = j; line < endJ; line += r.dilationH) for (let k = first; k < end; k += r.dilationW) {
    const at = (i * <i32>r.h + line) * <i32>r.w + k, value = load<f32>(x + (<usize>at << 2));
    if (value > most || value != value) {
      most = value;
      index = at;
    }
  }
  if (y) store<f32>(y + (<usize>c << 2), most);
  if (indices) store<i32>(indices + (<usize>c << 2), index);
}

function byOne(r: PoolArgs, x: usize, i: i32, endI: i32, j: i32, endJ: i32, y: usize, indices: usize, from: u32, to: u32): void {
  inner(r, 1, x, i, endI, j, endJ, y, indices, from, to);
}

function byTwo(r: PoolArgs, x: usize, i: i32, endI: i32, j: i32, endJ: i32, y: usize, indices: usize, from: u32, to: u32): void {
  inner(r, 2, x, i, endI, j, endJ, y, indices, from, to);
}

function byMore(r: PoolArgs, x: usize, i: i32, endI: i32, j: i32, endJ: i32, y: usize, indices: usize, from: u32, to: u32): void {
  inner(r, r.strideW, x, i, endI, j, endJ, y, indices, from, to);
}

/**
 * Windows that lie in the input along rows, eight at a time, or four where there are fewer. Where no eight are left, the last eight are
 * computed, some of them anew. Windows with a NaN are computed one by one: `pmax` and `lt` do not see it, a sum does.
 */
@inline
function inner(r: PoolArgs, stride: u32, x: usize, i: i32, endI: i32, j: i32, endJ: i32, y: usize, indices: usize, from: u32, to: u32): void {
  const step = <usize>r.dilationW << 2, half = <usize>stride << 4, width = min(8, (to - from) & ~3);
  const lanes = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(stride)), further = i32x4.splat(4 * stride), advance = i32x4.splat(r.dilationW);
  for (let c = from; c < to; c += width) {
    c = min(c, to - width);
    const k = <i32>(c * stride - r.padW), start = (i * <i32>r.h + j) * <i32>r.w + k;
    let place = i32x4.add(i32x4.splat(start), lanes), placeB = i32x4.add(place, further);
    let most = strided(stride, x + (<usize>start << 2)), mostB = strided(stride, x + (<usize>start << 2) + half);
    let sum = f32x4.splat(0), sumB = f32x4.splat(0);
    for (let matrix = i; matrix < endI; matrix += r.dilationD) for (let line = j; line < endJ; line += r.dilationH) {
      const index = (matrix * <i32>r.h + line) * <i32>r.w + k;
      let at = x + (<usize>index << 2), here = i32x4.add(i32x4.splat(index), lanes), hereB = i32x4.add(here, further);
      for (let q: u32 = 0; q < r.kw; q++, at += step) {
        const values = strided(stride, at), valuesB = strided(stride, at + half);
        const wins = f32x4.lt(most, values), winsB = f32x4.lt(mostB, valuesB);
        most = f32x4.pmax(most, values), mostB = f32x4.pmax(mostB, valuesB);
        place = v128.bitselect(here, place, wins), placeB = v128.bitselect(hereB, placeB, winsB);
        sum = f32x4.add(sum, values), sumB = f32x4.add(sumB, valuesB);
        here = i32x4.add(here, advance), hereB = i32x4.add(hereB, advance);
      }
    }
    const offset = <usize>c << 2;
    if (y) put(width, y + offset, most, mostB);
    if (indices) put(width, indices + offset, place, placeB);
    if (width == 4) sumB = sum;
    if (hasNaN(sum, sumB)) for (let o: u32 = 0; o < width; o++) one(r, x, i, endI, j, endJ, y, indices, c + o);
  }
}

/** Windows of 2 × 2 beside each other, as `inner` does. Most nets have them; they take as long as memory does. */
function squares(r: PoolArgs, from: u32, to: u32): void {
  const line = <usize>r.w << 2, lanes = i32x4(0, 2, 4, 6), below = i32x4.splat(r.w), further = i32x4.splat(8), width: u32 = r.ow < 8 ? 4 : 8;
  for (let row = from, b = from % r.oh, x = r.x + <usize>(from / r.oh) * r.h * line; row < to; row++) {
    const y = r.y ? r.y + (<usize>row * r.ow << 2) : 0, indices = r.indices ? r.indices + (<usize>row * r.ow << 2) : 0;
    for (let c: u32 = 0; c < r.ow; c += width) {
      c = min(c, r.ow - width);
      const index = 2 * (b * r.w + c), upper = x + (<usize>index << 2), lower = upper + line, offset = <usize>c << 2;
      const p = v128.load(upper), q = v128.load(upper, 16), pB = v128.load(upper, 32), qB = v128.load(upper, 48);
      const first = even(p, q), firstB = even(pB, qB), second = odd(p, q), secondB = odd(pB, qB);
      const s = v128.load(lower), t = v128.load(lower, 16), sB = v128.load(lower, 32), tB = v128.load(lower, 48);
      const third = even(s, t), thirdB = even(sB, tB), fourth = odd(s, t), fourthB = odd(sB, tB);
      const top = f32x4.pmax(first, second), topB = f32x4.pmax(firstB, secondB);
      const bottom = f32x4.pmax(third, fourth), bottomB = f32x4.pmax(thirdB, fourthB);
      const most = f32x4.pmax(top, bottom), mostB = f32x4.pmax(topB, bottomB);
      const sum = f32x4.add(f32x4.add(first, second), f32x4.add(third, fourth));
      let sumB = f32x4.add(f32x4.add(firstB, secondB), f32x4.add(thirdB, fourthB));
      if (y) put(width, y + offset, most, mostB);
      if (indices) {
        const here = i32x4.add(i32x4.splat(index), lanes), hereB = i32x4.add(here, further);
        // A comparison that holds is −1.
        const above = i32x4.sub(here, f32x4.lt(first, second)), aboveB = i32x4.sub(hereB, f32x4.lt(firstB, secondB));
        const under = i32x4.sub(i32x4.add(here, below), f32x4.lt(third, fourth)), underB = i32x4.sub(i32x4.add(hereB, below), f32x4.lt(thirdB, fourthB));
        const place = v128.bitselect(under, above, f32x4.lt(top, bottom)), placeB = v128.bitselect(underB, aboveB, f32x4.lt(topB, bottomB));
        put(width, indices + offset, place, placeB);
      }
      if (width == 4) sumB = sum;
      if (hasNaN(sum, sumB)) for (let o: u32 = 0; o < width; o++) one(r, x, 0, 1, 2 * b, 2 * b + 2, y, indices, c + o);
    }
    if (++b < r.oh) continue;
    b = 0;
    x += r.h * line;
  }
}

/** Whether a NaN is among what was added up, or perhaps only ∞ and −∞. */
@inline
function hasNaN(sum: v128, sumB: v128): bool {
  const both = f32x4.add(sum, sumB);
  return v128.any_true(f32x4.ne(both, both));
}

/** Stores what was computed for four windows, or for eight. */
@inline
function put(width: u32, out: usize, values: v128, valuesB: v128): void {
  v128.store(out, values);
  if (width == 8) v128.store(out, valuesB, 16);
}

/** x = Σ y at the indices + beta · x: the gradient of x, for y the result's. Range: planes. @cost 5 + 0.05 * d * h * w + 0.35 * od * oh * ow @narrow @bytes 4 * (d * h * w + 2 * od * oh * ow) */
export function maxPoolGrad(r: PoolArgs, from: u32, to: u32): void {
  const size = <usize>(r.d * r.h * r.w) << 2, n = <usize>(r.od * r.oh * r.ow) << 2;
  for (let plane = from; plane < to; plane++) {
    const x = r.x + plane * size;
    if (r.beta == 0) clear(x, size, plane - from, to - from);
    let y = r.y + plane * n, index = r.indices + plane * n;
    for (const end = y + n; y < end; y += 4, index += 4) {
      const at = x + (<usize>load<u32>(index) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(y));
    }
  }
}
