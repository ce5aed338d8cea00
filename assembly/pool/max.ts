/**
 * Max pooling: the greatest element of every window, and where it stands. Of equals the first one counts, of NaNs, which win, the last,
 * as in PyTorch. Places outside the input are never chosen. A window has an element of the input at least.
 */
import { PoolArgs, innerFrom, innerTo, windowBegin, windowEnd, within } from "./windows";

/** y and the indices, as far as they are wanted. Range: rows of y, planes · od · oh. @cost ow * (2 + 0.4 * kd * kh * kw) @narrow @flops ow * kd * kh * kw @bytes 4 * ow * (2 + strideH * strideW) */
export function maxPool(r: PoolArgs, from: u32, to: u32): void {
  const first = innerFrom(r.ow, r.strideW, r.padW), last = innerTo(r.w, r.ow, r.strideW, r.padW, r.dilationW * (r.kw - 1) + 1);
  // Vectors of four windows; where fewer are left, the last vector computes some of the windows before it anew.
  const whole = !r.adaptive && last >= first + 4;
  for (let row = from; row < to; row++) {
    for (let c: u32 = 0; c < r.ow; c++) {
      if (whole && c == first) {
        for (; c + 4 <= last; c += 4) four(r, row, c);
        if (c < last) four(r, row, last - 4);
        c = last;
        if (c == r.ow) break;
      }
      one(r, row, c);
    }
  }
}

/** One window. */
function one(r: PoolArgs, row: u32, c: u32): void {
  const a = row / r.oh % r.od, b = row % r.oh, adaptive = <bool>r.adaptive;
  const x = r.x + (<usize>(row / (r.oh * r.od)) * r.d * r.h * r.w << 2);
  const beginD = windowBegin(adaptive, a, r.d, r.od, r.strideD, r.padD), beginH = windowBegin(adaptive, b, r.h, r.oh, r.strideH, r.padH);
  const beginW = windowBegin(adaptive, c, r.w, r.ow, r.strideW, r.padW);
  const endD = min(<i32>r.d, windowEnd(adaptive, a, r.d, r.od, beginD, r.dilationD * (r.kd - 1) + 1));
  const endH = min(<i32>r.h, windowEnd(adaptive, b, r.h, r.oh, beginH, r.dilationH * (r.kh - 1) + 1));
  const endW = min(<i32>r.w, windowEnd(adaptive, c, r.w, r.ow, beginW, r.dilationW * (r.kw - 1) + 1));
  const firstH = within(beginH, r.dilationH), firstW = within(beginW, r.dilationW);
  let i = within(beginD, r.dilationD);
  let index = (i * <i32>r.h + firstH) * <i32>r.w + firstW;
  let most = load<f32>(x + (<usize>index << 2));
  for (; i < endD; i += r.dilationD) for (let j = firstH; j < endH; j += r.dilationH) for (let k = firstW; k < endW; k += r.dilationW) {
    const at = (i * <i32>r.h + j) * <i32>r.w + k, value = load<f32>(x + (<usize>at << 2));
    if (value > most || value != value) {
      most = value;
      index = at;
    }
  }
  const place = <usize>(row * r.ow + c) << 2;
  if (r.y) store<f32>(r.y + place, most);
  if (r.indices) store<i32>(r.indices + place, index);
}

/** Four windows beside each other that lie in the input along rows. */
function four(r: PoolArgs, row: u32, c: u32): void {
  const a = row / r.oh % r.od, b = row % r.oh;
  const x = r.x + (<usize>(row / (r.oh * r.od)) * r.d * r.h * r.w << 2);
  const beginD = <i32>(a * r.strideD - r.padD), beginH = <i32>(b * r.strideH - r.padH), k = <i32>(c * r.strideW - r.padW);
  const endD = min(<i32>r.d, beginD + <i32>(r.dilationD * (r.kd - 1)) + 1), endH = min(<i32>r.h, beginH + <i32>(r.dilationH * (r.kh - 1)) + 1);
  const firstH = within(beginH, r.dilationH), step = r.dilationW << 2, stride = r.strideW;
  const lanes = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(stride));
  let i = within(beginD, r.dilationD);
  let indices = i32x4.add(i32x4.splat((i * <i32>r.h + firstH) * <i32>r.w + k), lanes);
  let most = strided(x + (<usize>((i * <i32>r.h + firstH) * <i32>r.w + k) << 2), stride);
  for (; i < endD; i += r.dilationD) for (let j = firstH; j < endH; j += r.dilationH) {
    const start = (i * <i32>r.h + j) * <i32>r.w + k;
    let at = x + (<usize>start << 2), places = i32x4.add(i32x4.splat(start), lanes);
    for (let q: u32 = 0; q < r.kw; q++, at += step) {
      const values = strided(at, stride);
      const taken = v128.or(f32x4.gt(values, most), f32x4.ne(values, values));
      most = v128.bitselect(values, most, taken);
      indices = v128.bitselect(places, indices, taken);
      places = i32x4.add(places, i32x4.splat(r.dilationW));
    }
  }
  const place = <usize>(row * r.ow + c) << 2;
  if (r.y) v128.store(r.y + place, most);
  if (r.indices) v128.store(r.indices + place, indices);
}

/** Four elements, `stride` apart. */
@inline
function strided(p: usize, stride: u32): v128 {
  if (stride == 1) return v128.load(p);
  if (stride == 2) return i32x4.shuffle(v128.load(p), v128.load(p, 16), 0, 2, 4, 6);
  const step = <usize>stride << 2;
  let y = v128.load32_zero(p);
  y = v128.load_lane<f32>(p + step, y, 1);
  y = v128.load_lane<f32>(p + 2 * step, y, 2);
  return v128.load_lane<f32>(p + 3 * step, y, 3);
}

/** x = Σ y at the indices + beta · x: the gradient of x, for y the result's. Range: planes. @cost 0.3 * d * h * w + od * oh * ow @narrow @bytes 4 * (d * h * w + 2 * od * oh * ow) */
export function maxPoolGrad(r: PoolArgs, from: u32, to: u32): void {
  const size = <usize>(r.d * r.h * r.w) << 2, n = <usize>(r.od * r.oh * r.ow) << 2;
  for (let plane = from; plane < to; plane++) {
    const x = r.x + plane * size;
    if (r.beta == 0) memory.fill(x, 0, size);
    let y = r.y + plane * n, index = r.indices + plane * n;
    for (const end = y + n; y < end; y += 4, index += 4) {
      const at = x + (<usize>load<u32>(index) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(y));
    }
  }
}
