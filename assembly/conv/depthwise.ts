/**
 * Depthwise convolutions, whose groups have one channel and one filter: nothing is shared that could be packed. Vectors are eight
 * positions side by side in a line, a chunk; a chunk at the end of a line may have fewer. Windows along a line are one or two elements
 * apart.
 */
import { BLOCK_AT } from "../blocks";
import { Activation } from "../epilogue";
import { storePair } from "../pairs";
import { madd } from "../simd";
import { scratch } from "../threads";
import { chunks, firstColumn } from "./chunks";
import { Convolution, UNIT_POSITIONS } from "./conv";
import { POSITIONS_AT, STEPS_AT, SUMS_AT, WINDOWS_AT } from "./places";
import { Windows, open, place, plan, steps } from "./windows";

/** Places of y and of its masks, chunk by chunk, and of the sums for each tap. */
const MASKS_AT: usize = SUMS_AT + (64 << 10);
const TAPS_AT: usize = BLOCK_AT;
/** The record of the convolution that is the gradient of the input, and its weights. */
const TURNED_AT: usize = WINDOWS_AT + 128;
const WEIGHTS_AT: usize = BLOCK_AT;

export function isDepthwise(r: Convolution): bool {
  return r.channels == 1 && r.filters == 1 && r.strideW <= 2;
}

/** Whether the gradient of the input is a depthwise convolution of y with the weight turned round. */
export function isDepthwiseTurned(r: Convolution): bool {
  return r.channels == 1 && r.filters == 1 && r.strideD == 1 && r.strideH == 1 && r.strideW == 1
    && r.padD <= (r.kd - 1) * r.dilationD && r.padH <= (r.kh - 1) * r.dilationH && r.padW <= (r.kw - 1) * r.dilationW;
}

export function depthwiseOutput(r: Convolution, first: u32, last: u32): void {
  const w = plan(r), size = r.od * r.oh * r.ow, units = (size + UNIT_POSITIONS - 1) / UNIT_POSITIONS, taps = r.kd * r.kh * r.kw;
  steps(w, r, 1);
  for (let unit = first; unit < last; ) {
    const plane = unit / units, begin = (unit - plane * units) * UNIT_POSITIONS;
    const end = last - unit >= units ? size : min(size, begin + (last - unit) * UNIT_POSITIONS);
    filter(r, w, plane, r.weight + (<usize>(plane % r.groups * taps) << 2), begin, end);
    unit += (end - begin + UNIT_POSITIONS - 1) / UNIT_POSITIONS;
  }
}

export function depthwiseInput(r: Convolution, first: u32, last: u32): void {
  const q = changetype<Convolution>(scratch() + TURNED_AT), taps = r.kd * r.kh * r.kw, weights = scratch() + WEIGHTS_AT;
  memory.copy(changetype<usize>(q), changetype<usize>(r), offsetof<Convolution>());
  q.x = r.y, q.d = r.od, q.h = r.oh, q.w = r.ow;
  q.y = r.x, q.od = r.d, q.oh = r.h, q.ow = r.w;
  q.padD = (r.kd - 1) * r.dilationD - r.padD, q.padH = (r.kh - 1) * r.dilationH - r.padH, q.padW = (r.kw - 1) * r.dilationW - r.padW;
  const w = plan(q);
  steps(w, q, 1);
  for (let plane = first; plane < last; plane++) {
    const weight = r.weight + (<usize>(plane % r.groups * taps) << 2);
    for (let i: u32 = 0; i < taps; i++) store<f32>(weights + (i << 2), load<f32>(weight + (taps - 1 - i << 2)));
    filter(q, w, plane, weights, 0, r.d * r.h * r.w);
  }
}

export function depthwiseWeight(r: Convolution, first: u32, last: u32): void {
  const w = plan(r), size = r.od * r.oh * r.ow, taps = r.kd * r.kh * r.kw, plane = <usize>(r.d * r.h * r.w) << 2;
  const sums = scratch() + TAPS_AT, tapOffsets = steps(w, r, 1);
  for (let unit = first; unit < last; unit++) {
    const part = unit / r.groups, group = unit % r.groups;
    memory.fill(sums, 0, (taps + 3) << 5);
    for (let n = <u32>(<u64>part * r.n / r.parts), end = <u32>(<u64>(part + 1) * r.n / r.parts); n < end; n++) {
      const x = r.x + plane * (n * r.groups + group), y = r.y + (<usize>((n * r.groups + group) * size) << 2);
      for (let p: u32 = 0; p < size; p += w.count) {
        open(w, r, p, size);
        const image = place(w, r, x, 1, 1), count = chunks(w, r, p);
        spread(w, r, p, y + (<usize>p << 2));
        for (let tap: u32 = 0; tap < taps; tap += 4) {
          if (r.strideW == 1) multiply<One>(sums + (tap << 5), image, count, tapOffsets + (tap << 2));
          else multiply<Two>(sums + (tap << 5), image, count, tapOffsets + (tap << 2));
        }
      }
    }
    for (let tap: u32 = 0; tap < taps; tap++) {
      const at = sums + (tap << 5), to = r.weight + (<usize>(unit * taps + tap) << 2);
      const four = f32x4.add(v128.load(at), v128.load(at, 16)), two = f32x4.add(four, i64x2.shuffle(four, four, 1, 0));
      let sum = f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
      if (r.beta != 0) sum += r.beta * load<f32>(to);
      store<f32>(to, r.act == Activation.Relu && sum < 0 ? 0 : sum);
    }
  }
}

/** Convolves the positions from begin to end of a plane. */
function filter(r: Convolution, w: Windows, plane: u32, weight: usize, begin: u32, end: u32): void {
  const size = r.od * r.oh * r.ow, x = r.x + (<usize>(plane * r.d * r.h * r.w) << 2), y = r.y + (<usize>(plane * size) << 2);
  const bias = r.bias ? v128.load32_splat(r.bias + (<usize>(plane % r.groups) << 2)) : f32x4.splat(0), taps = r.kd * r.kh * r.kw;
  for (let p = begin; p < end; p += w.count) {
    open(w, r, p, end);
    const image = place(w, r, x, 1, 1), count = chunks(w, r, p);
    if (r.strideW == 1) correlate<One>(image, count, weight, taps);
    else correlate<Two>(image, count, weight, taps);
    let to = y + (<usize>p << 2), sums = scratch() + SUMS_AT;
    for (let left = w.count, c = firstColumn(w, r, p); left; c = 0) {
      const n = min(w.width - c, left);
      put(r, to, sums, n, bias);
      to += n << 2;
      sums += n + 7 >>> 3 << 5;
      left -= n;
    }
  }
}

/** Windows side by side. */
@unmanaged
@final
class One {
  @inline low(at: usize): v128 { return v128.load(at); }
  @inline high(at: usize): v128 { return v128.load(at, 16); }
}

/** Windows two elements apart. */
@unmanaged
@final
class Two {
  @inline low(at: usize): v128 { return i32x4.shuffle(v128.load(at), v128.load(at, 16), 0, 2, 4, 6); }
  @inline high(at: usize): v128 { return i32x4.shuffle(v128.load(at, 32), v128.load(at, 48), 0, 2, 4, 6); }
}

/** The sums of all taps for each chunk, four chunks at a time. */
function correlate<L>(image: usize, count: u32, weight: usize, taps: u32): void {
  const l = changetype<L>(0), zero = f32x4.splat(0), offsets = scratch() + STEPS_AT;
  let table = scratch() + POSITIONS_AT, sums = scratch() + SUMS_AT;
  for (const end = table + (count << 2); table < end; table += 16, sums += 128) {
    const a0 = image + load<u32>(table), a1 = image + load<u32>(table, 4), a2 = image + load<u32>(table, 8), a3 = image + load<u32>(table, 12);
    let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
    for (let p: usize = 0, last = <usize>taps << 2; p < last; p += 4) {
      const y = v128.load32_splat(weight + p), offset = load<u32>(offsets + p);
      let at = a0 + offset;
      c00 = madd(y, l.low(at), c00), c01 = madd(y, l.high(at), c01);
      at = a1 + offset, c10 = madd(y, l.low(at), c10), c11 = madd(y, l.high(at), c11);
      at = a2 + offset, c20 = madd(y, l.low(at), c20), c21 = madd(y, l.high(at), c21);
      at = a3 + offset, c30 = madd(y, l.low(at), c30), c31 = madd(y, l.high(at), c31);
    }
    storePair(sums + 96, c30, c31), storePair(sums + 64, c20, c21), storePair(sums + 32, c10, c11), storePair(sums, c00, c01);
  }
}

/** y = act(sums + bias + beta · y) for n positions of a line. */
function put(r: Convolution, y: usize, sums: usize, n: u32, bias: v128): void {
  const betas = f32x4.splat(r.beta), floors = f32x4.splat(r.act == Activation.Relu ? 0 : -Infinity);
  for (; n >= 8; n -= 8, y += 32, sums += 32) {
    let x0 = f32x4.add(v128.load(sums), bias), x1 = f32x4.add(v128.load(sums, 16), bias);
    if (r.beta != 0) x0 = madd(betas, v128.load(y), x0), x1 = madd(betas, v128.load(y, 16), x1);
    storePair(y, f32x4.pmax(x0, floors), f32x4.pmax(x1, floors));
  }
  for (; n; n--, y += 4, sums += 4) {
    let x = f32x4.add(v128.load32_splat(sums), bias);
    if (r.beta != 0) x = madd(betas, v128.load32_splat(y), x);
    v128.store32_lane(y, f32x4.pmax(x, floors), 0);
  }
}

/** Copies the block's positions of y chunk by chunk, and writes masks of those that exist. Behind the end of a line, y is zero. */
function spread(w: Windows, r: Convolution, position: u32, y: usize): void {
  let to = scratch() + SUMS_AT, mask = scratch() + MASKS_AT;
  for (let left = w.count, c = firstColumn(w, r, position); left; c = 0) {
    const n = min(w.width - c, left);
    for (let i: u32 = 0; i < n; i += 8, to += 32, mask += 32) {
      const lanes = LANES + 32 - (min(8, n - i) << 2), from = y + (i << 2), m0 = v128.load(lanes), m1 = v128.load(lanes, 16);
      const y0 = v128.and(v128.load(from), m0), y1 = v128.and(v128.load(from, 16), m1);
      storePair(to, y0, y1);
      storePair(mask, m0, m1);
    }
    y += n << 2;
    left -= n;
  }
}

const LANES = memory.data<i32>([-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0]);

/** Adds the products of y with what four taps see to eight sums for each tap. What stands behind the end of a line is cleared. */
function multiply<L>(sums: usize, image: usize, count: u32, offsets: usize): void {
  const l = changetype<L>(0), zero = f32x4.splat(0);
  const a0 = image + load<u32>(offsets), a1 = image + load<u32>(offsets, 4), a2 = image + load<u32>(offsets, 8), a3 = image + load<u32>(offsets, 12);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  let table = scratch() + POSITIONS_AT, y = scratch() + SUMS_AT, mask = scratch() + MASKS_AT;
  for (const end = table + (count << 2); table < end; table += 4, y += 32, mask += 32) {
    const offset = load<u32>(table), y0 = v128.load(y), y1 = v128.load(y, 16), m0 = v128.load(mask), m1 = v128.load(mask, 16);
    let at = a0 + offset;
    c00 = madd(y0, v128.and(l.low(at), m0), c00), c01 = madd(y1, v128.and(l.high(at), m1), c01);
    at = a1 + offset, c10 = madd(y0, v128.and(l.low(at), m0), c10), c11 = madd(y1, v128.and(l.high(at), m1), c11);
    at = a2 + offset, c20 = madd(y0, v128.and(l.low(at), m0), c20), c21 = madd(y1, v128.and(l.high(at), m1), c21);
    at = a3 + offset, c30 = madd(y0, v128.and(l.low(at), m0), c30), c31 = madd(y1, v128.and(l.high(at), m1), c31);
  }
  c00 = f32x4.add(c00, v128.load(sums)), c01 = f32x4.add(c01, v128.load(sums, 16));
  c10 = f32x4.add(c10, v128.load(sums, 32)), c11 = f32x4.add(c11, v128.load(sums, 48));
  c20 = f32x4.add(c20, v128.load(sums, 64)), c21 = f32x4.add(c21, v128.load(sums, 80));
  c30 = f32x4.add(c30, v128.load(sums, 96)), c31 = f32x4.add(c31, v128.load(sums, 112));
  storePair(sums + 96, c30, c31), storePair(sums + 64, c20, c21), storePair(sums + 32, c10, c11), storePair(sums, c00, c01);
}
