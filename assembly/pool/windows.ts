/**
 * Windows of pooling: how they lie over up to three axes of a plane. Fewer axes are the last ones; the others have extent 1. A sample and
 * a channel have a plane of their own, so that a tensor is a row of planes.
 */

@unmanaged
export class PoolArgs {
  x: usize; // [planes, d, h, w]
  y: usize; // [planes, od, oh, ow]; 0 = only the indices are wanted
  indices: usize; // int32, as y: where in its plane of x the extreme stands; 0 = they are not wanted
  d: u32; // extents of the input
  h: u32;
  w: u32;
  od: u32; // extents of the output
  oh: u32;
  ow: u32;
  kd: u32; // extents of the window
  kh: u32;
  kw: u32;
  strideD: u32; // from window to window, ≥ 1
  strideH: u32;
  strideW: u32;
  padD: u32; // places before the input; those behind it follow from the extents of the output
  padH: u32;
  padW: u32;
  dilationD: u32; // from element to element of a window, ≥ 1
  dilationH: u32;
  dilationW: u32;
  adaptive: u32; // 1: window o of an axis reaches from ⌊o · input / output⌋ to ⌈(o + 1) · input / output⌉, and no other number tells of it
  divisor: u32; // of averages; 0 = the number of elements
  padded: u32; // 1: that number counts padding, too
  beta: f32; // factor of what a gradient holds already: 0 or 1
}

/** Where window o of an axis begins; below 0 it begins in the padding. */
@inline
export function windowBegin(adaptive: bool, o: u32, extent: u32, outputs: u32, stride: u32, pad: u32): i32 {
  return adaptive ? <i32>(<u64>o * extent / outputs) : <i32>(o * stride) - <i32>pad;
}

/** Where window o of an axis ends, not cut to the input. */
@inline
export function windowEnd(adaptive: bool, o: u32, extent: u32, outputs: u32, begin: i32, span: u32): i32 {
  return adaptive ? <i32>((<u64>(o + 1) * extent + outputs - 1) / outputs) : begin + <i32>span;
}

/** The first element of a window that lies in the input. */
@inline
export function within(begin: i32, dilation: u32): i32 {
  return begin >= 0 ? begin : begin + <i32>((<u32>-begin + dilation - 1) / dilation * dilation);
}

/** The first window of an axis that begins in the input. */
@inline
export function innerFrom(outputs: u32, stride: u32, pad: u32): u32 {
  return min(outputs, (pad + stride - 1) / stride);
}

/** The window of an axis behind the last that ends in the input; it may lie before `innerFrom`. */
@inline
export function innerTo(extent: u32, outputs: u32, stride: u32, pad: u32, span: u32): u32 {
  return extent + pad < span ? 0 : min(outputs, (extent + pad - span) / stride + 1);
}

/** Whether windows of 2 × 2 lie beside each other in a plane of two axes, all of them in the input. */
@inline
export function areSquares<R>(r: R): bool {
  const ones = r.d | r.kd | r.dilationH | r.dilationW, twos = r.kh | r.kw | r.strideH | r.strideW, zeros = r.padH | r.padW | r.adaptive;
  return ones == 1 && twos == 2 && zeros == 0 && <u32>r.oh <= <u32>r.h >> 1 && <u32>r.ow <= <u32>r.w >> 1;
}

/** Four elements, `stride` apart. */
@inline
export function strided(stride: u32, p: usize): v128 {
  if (stride == 1) return v128.load(p);
  if (stride == 2) return even(v128.load(p), v128.load(p, 16));
  const step = <usize>stride << 2;
  let y = v128.load32_zero(p);
  y = v128.load_lane<f32>(p + step, y, 1);
  y = v128.load_lane<f32>(p + 2 * step, y, 2);
  return v128.load_lane<f32>(p + 3 * step, y, 3);
}

/** Elements 0, 2, 4 and 6 of eight. */
@inline
export function even(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 2, 4, 6);
}

/** Elements 1, 3, 5 and 7 of eight. */
@inline
export function odd(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 1, 3, 5, 7);
}

/**
 * Sets planes of a gradient to zero, several at once, as fill half of the first cache. It is called for every plane, and does nothing for
 * those that an earlier call has cleared. @param bytes of a plane @param i planes before this one @param planes all
 */
@inline
export function clear(plane: usize, bytes: usize, i: u32, planes: u32): void {
  const many = max(1, <u32>(16384 / bytes));
  if (i % many == 0) memory.fill(plane, 0, min(many, planes - i) * bytes);
}
