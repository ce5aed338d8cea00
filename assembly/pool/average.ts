/** Average pooling: the mean of every window, and the gradient, which gives each element its share of all windows that hold it. */
import { PoolArgs, areSquares, clear, even, innerFrom, innerTo, odd, strided, windowBegin, windowEnd } from "./windows";

/** y. Range: rows of y, planes · od · oh. @cost 1 + ow * (0.1 + 0.12 * kd * kh * kw) @narrow @flops ow * kd * kh * kw @bytes 4 * ow * (1 + strideH * strideW) */
export function averagePool(r: PoolArgs, from: u32, to: u32): void {
  if (areSquares<PoolArgs>(r) && r.ow >= 4) {
    squares(r, from, to);
    return;
  }
  const first = innerFrom(r.ow, r.strideW, r.padW), last = innerTo(r.w, r.ow, r.strideW, r.padW, r.kw);
  const vectors = !r.adaptive && last >= first + 4;
  let a = from / r.oh % r.od, b = from % r.oh, x = r.x + (<usize>(from / (r.oh * r.od)) * r.d * r.h * r.w << 2);
  for (let row = from; row < to; row++) {
    poolRow(r, x, a, b, r.y + (<usize>(row * r.ow) << 2), vectors ? first : r.ow, last);
    if (++b < r.oh) continue;
    b = 0;
    if (++a < r.od) continue;
    a = 0;
    x += <usize>(r.d * r.h * r.w) << 2;
  }
}

/** Row b of matrix a of a plane. The windows `first` to `last` lie in the input along rows, and are computed in vectors. */
function poolRow(r: PoolArgs, x: usize, a: u32, b: u32, y: usize, first: u32, last: u32): void {
  const adaptive = <bool>r.adaptive;
  const beginD = windowBegin(adaptive, a, r.d, r.od, r.strideD, r.padD), beginH = windowBegin(adaptive, b, r.h, r.oh, r.strideH, r.padH);
  const endD = windowEnd(adaptive, a, r.d, r.od, beginD, r.kd), endH = windowEnd(adaptive, b, r.h, r.oh, beginH, r.kh);
  const i = max(0, beginD), endI = min(<i32>r.d, endD), j = max(0, beginH), endJ = min(<i32>r.h, endH);
  const count = counted(r, beginD, endD, r.d, r.padD) * counted(r, beginH, endH, r.h, r.padH);
  for (let c: u32 = 0; c < r.ow; c++) {
    if (c == first) {
      const divisor = divisorOf(r, count * r.kw);
      if (r.strideW == 1) inner(r, 1, x, i, endI, j, endJ, divisor, y, first, last);
      else if (r.strideW == 2) inner(r, 2, x, i, endI, j, endJ, divisor, y, first, last);
      else inner(r, r.strideW, x, i, endI, j, endJ, divisor, y, first, last);
      c = last;
      if (c == r.ow) return;
    }
    const beginW = windowBegin(adaptive, c, r.w, r.ow, r.strideW, r.padW), endW = windowEnd(adaptive, c, r.w, r.ow, beginW, r.kw);
    const k = max(0, beginW), bytes = <usize>(min(<i32>r.w, endW) - k) << 2;
    let four = f32x4.splat(0), sum: f32 = 0;
    for (let matrix = i; matrix < endI; matrix++) for (let line = j; line < endJ; line++) {
      let at = x + (<usize>((matrix * r.h + line) * r.w + k) << 2);
      const end = at + bytes;
      for (const whole = at + (bytes & ~15); at < whole; at += 16) four = f32x4.add(four, v128.load(at));
      for (; at < end; at += 4) sum += load<f32>(at);
    }
    if (bytes >= 16) sum += f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 1) + (f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3));
    store<f32>(y + (<usize>c << 2), sum / divisorOf(r, count * counted(r, beginW, endW, r.w, r.padW)));
  }
}

/** Four windows at a time. Where no four are left, the last four are computed, some of them anew. */
@inline
function inner(r: PoolArgs, stride: u32, x: usize, i: i32, endI: i32, j: i32, endJ: i32, divisor: f32, y: usize, from: u32, to: u32): void {
  for (let c = from; c < to; c += 4) {
    c = min(c, to - 4);
    let sum = f32x4.splat(0);
    for (let matrix = i; matrix < endI; matrix++) for (let line = j; line < endJ; line++) {
      let at = x + (<usize>((matrix * r.h + line) * r.w + c * stride - r.padW) << 2);
      for (const end = at + (<usize>r.kw << 2); at < end; at += 4) sum = f32x4.add(sum, strided(stride, at));
    }
    v128.store(y + (<usize>c << 2), f32x4.div(sum, f32x4.splat(divisor)));
  }
}

/** Windows of 2 × 2 beside each other. Most nets have them; they take as long as memory does. */
function squares(r: PoolArgs, from: u32, to: u32): void {
  const line = <usize>r.w << 2, divisor = f32x4.splat(divisorOf(r, 4));
  for (let row = from, b = from % r.oh, x = r.x + <usize>(from / r.oh) * r.h * line; row < to; row++) {
    const y = r.y + (<usize>row * r.ow << 2);
    for (let c: u32 = 0; c < r.ow; c += 4) {
      c = min(c, r.ow - 4);
      const upper = x + (<usize>(2 * (b * r.w + c)) << 2), lower = upper + line;
      const p = v128.load(upper), q = v128.load(upper, 16), s = v128.load(lower), t = v128.load(lower, 16);
      const sum = f32x4.add(f32x4.add(f32x4.add(even(p, q), odd(p, q)), even(s, t)), odd(s, t));
      v128.store(y + (<usize>c << 2), f32x4.div(sum, divisor));
    }
    if (++b < r.oh) continue;
    b = 0;
    x += r.h * line;
  }
}

/** x = Σ y / divisor over the windows that hold the element + beta · x: the gradient of x, for y the result's. Range: planes. @cost 5 + 0.05 * d * h * w + od * oh * ow * (0.05 + 0.1 * kd * kh * kw) @narrow @bytes 4 * (d * h * w + od * oh * ow) */
export function averagePoolGrad(r: PoolArgs, from: u32, to: u32): void {
  const size = <usize>(r.d * r.h * r.w) << 2;
  const alone = areSquares<PoolArgs>(r);
  // Squares write each element once; what is left of odd extents no window holds.
  const clears = r.beta == 0 && !(alone && r.w == 2 * r.ow && r.h == 2 * r.oh);
  const first = innerFrom(r.ow, r.strideW, r.padW), last = innerTo(r.w, r.ow, r.strideW, r.padW, r.kw);
  const vectors = !r.adaptive && r.strideW <= 2 && last >= first + 4;
  let y = r.y + (<usize>from * r.od * r.oh * r.ow << 2);
  for (let plane = from; plane < to; plane++) {
    const x = r.x + plane * size;
    if (clears) clear(x, size, plane - from, to - from);
    for (let a: u32 = 0; a < r.od; a++) for (let b: u32 = 0; b < r.oh; b++, y += <usize>r.ow << 2) {
      if (alone) shareSquares(r, x + (<usize>(2 * b * r.w) << 2), y);
      else shareRow(r, x, a, b, y, vectors ? first : r.ow, last);
    }
  }
}

/** Adds the shares of row b of matrix a to a plane. */
function shareRow(r: PoolArgs, x: usize, a: u32, b: u32, y: usize, first: u32, last: u32): void {
  const adaptive = <bool>r.adaptive;
  const beginD = windowBegin(adaptive, a, r.d, r.od, r.strideD, r.padD), beginH = windowBegin(adaptive, b, r.h, r.oh, r.strideH, r.padH);
  const endD = windowEnd(adaptive, a, r.d, r.od, beginD, r.kd), endH = windowEnd(adaptive, b, r.h, r.oh, beginH, r.kh);
  const i = max(0, beginD), endI = min(<i32>r.d, endD), j = max(0, beginH), endJ = min(<i32>r.h, endH);
  const count = counted(r, beginD, endD, r.d, r.padD) * counted(r, beginH, endH, r.h, r.padH);
  for (let c: u32 = 0; c < r.ow; c++) {
    if (c == first) {
      const end = first + ((last - first) & ~3), divisor = divisorOf(r, count * r.kw);
      for (let matrix = i; matrix < endI; matrix++) for (let line = j; line < endJ; line++) {
        const at = x + (<usize>((matrix * r.h + line) * r.w + first * r.strideW - r.padW) << 2);
        shareInner(r, at, y + (<usize>first << 2), y + (<usize>end << 2), f32x4.splat(divisor));
      }
      c = end;
      if (c == r.ow) return;
    }
    const beginW = windowBegin(adaptive, c, r.w, r.ow, r.strideW, r.padW), endW = windowEnd(adaptive, c, r.w, r.ow, beginW, r.kw);
    const share = load<f32>(y + (<usize>c << 2)) / divisorOf(r, count * counted(r, beginW, endW, r.w, r.padW));
    const k = max(0, beginW), bytes = <usize>(min(<i32>r.w, endW) - k) << 2, four = f32x4.splat(share);
    for (let matrix = i; matrix < endI; matrix++) for (let line = j; line < endJ; line++) {
      let at = x + (<usize>((matrix * r.h + line) * r.w + k) << 2);
      const end = at + bytes;
      for (const whole = at + (bytes & ~15); at < whole; at += 16) v128.store(at, f32x4.add(v128.load(at), four));
      for (; at < end; at += 4) add(at, share);
    }
  }
}

/**
 * Adds the shares of windows that lie in the input along rows, four at a time, to a row of x. With a stride of 2, two elements of each
 * window, which lie beside each other, take theirs together. Elements in passes: a vector that was just stored is not loaded at once.
 */
function shareInner(r: PoolArgs, x: usize, y: usize, end: usize, divisor: v128): void {
  let q: u32 = 0;
  if (r.strideW == 2) for (; q < r.kw; q += 2, x += 8) {
    const second = q + 1 < r.kw ? i32x4.splat(-1) : i32x4.splat(0);
    for (let from = y, at = x; from < end; from += 16, at += 32) {
      const share = f32x4.div(v128.load(from), divisor), too = v128.and(share, second);
      const low = f32x4.add(v128.load(at), i32x4.shuffle(share, too, 0, 4, 1, 5));
      if (q + 1 < r.kw || from + 16 < end) {
        v128.store(at, low);
        v128.store(at, f32x4.add(v128.load(at, 16), i32x4.shuffle(share, too, 2, 6, 3, 7)), 16);
      } else {
        // Behind the last element may stand another thread's.
        v128.store(at, low);
        add(at + 16, f32x4.extract_lane(share, 2));
        add(at + 24, f32x4.extract_lane(share, 3));
      }
    }
  } else for (; q < r.kw; q++, x += 4) for (let from = y, at = x; from < end; from += 16, at += 16) {
    v128.store(at, f32x4.add(v128.load(at), f32x4.div(v128.load(from), divisor)));
  }
}

/** The shares of a row of windows of 2 × 2 beside each other, whose first one begins at x. */
function shareSquares(r: PoolArgs, x: usize, y: usize): void {
  const line = <usize>r.w << 2, count = divisorOf(r, 4), divisor = f32x4.splat(count), adds = r.beta != 0;
  let c = r.ow;
  for (; c >= 4; c -= 4, x += 32, y += 16) {
    const share = f32x4.div(v128.load(y), divisor);
    let low = i32x4.shuffle(share, share, 0, 4, 1, 5), high = i32x4.shuffle(share, share, 2, 6, 3, 7), lowB = low, highB = high;
    if (adds) {
      low = f32x4.add(v128.load(x), low), high = f32x4.add(v128.load(x, 16), high);
      lowB = f32x4.add(v128.load(x + line), lowB), highB = f32x4.add(v128.load(x + line, 16), highB);
    }
    v128.store(x, low);
    v128.store(x, high, 16);
    v128.store(x + line, lowB);
    v128.store(x + line, highB, 16);
  }
  for (; c; c--, x += 8, y += 4) {
    const share = load<f32>(y) / count;
    put(x, share, adds);
    put(x + 4, share, adds);
    put(x + line, share, adds);
    put(x + line + 4, share, adds);
  }
}

@inline
function put(at: usize, share: f32, adds: bool): void {
  store<f32>(at, adds ? load<f32>(at) + share : share);
}

@inline
function add(at: usize, share: f32): void {
  store<f32>(at, load<f32>(at) + share);
}

/** What the sum of a window is divided by: `divisor`, or where none is told the `count` of its elements. */
@inline
function divisorOf(r: PoolArgs, count: u32): f32 {
  const told = r.divisor;
  return told ? <f32>told : <f32>count;
}

/** Elements of a window along an axis, with those in the padding if they count. */
@inline
function counted(r: PoolArgs, begin: i32, end: i32, extent: u32, pad: u32): i32 {
  if (r.padded) return min(end, <i32>(extent + pad)) - begin;
  return min(end, <i32>extent) - max(begin, 0);
}
