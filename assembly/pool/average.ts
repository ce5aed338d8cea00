/** Average pooling: the mean of every window, and the gradient, which gives each element its share of all windows that hold it. */
import { PoolArgs, windowBegin, windowEnd } from "./windows";

/** y. Range: rows of y, planes · od · oh. @cost ow * (2 + 0.3 * kd * kh * kw) @narrow @flops ow * kd * kh * kw @bytes 4 * ow * (1 + strideH * strideW) */
export function averagePool(r: PoolArgs, from: u32, to: u32): void {
  for (let row = from; row < to; row++) {
    const a = row / r.oh % r.od, b = row % r.oh, adaptive = <bool>r.adaptive;
    const x = r.x + (<usize>(row / (r.oh * r.od)) * r.d * r.h * r.w << 2);
    const beginD = windowBegin(adaptive, a, r.d, r.od, r.strideD, r.padD), beginH = windowBegin(adaptive, b, r.h, r.oh, r.strideH, r.padH);
    const endD = windowEnd(adaptive, a, r.d, r.od, beginD, r.kd), endH = windowEnd(adaptive, b, r.h, r.oh, beginH, r.kh);
    let y = r.y + (<usize>row * r.ow << 2);
    for (let c: u32 = 0; c < r.ow; c++, y += 4) {
      const beginW = windowBegin(adaptive, c, r.w, r.ow, r.strideW, r.padW), endW = windowEnd(adaptive, c, r.w, r.ow, beginW, r.kw);
      let sum: f32 = 0;
      for (let i = max(0, beginD); i < min(<i32>r.d, endD); i++) for (let j = max(0, beginH); j < min(<i32>r.h, endH); j++) {
        const line = x + (<usize>((i * r.h + j) * r.w) << 2);
        for (let k = max(0, beginW); k < min(<i32>r.w, endW); k++) sum += load<f32>(line + (<usize>k << 2));
      }
      store<f32>(y, sum / <f32>divisorOf(r, beginD, endD, beginH, endH, beginW, endW));
    }
  }
}

/** x = Σ y / divisor over the windows that hold the element + beta · x: the gradient of x, for y the result's. Range: planes. @cost 0.3 * d * h * w + od * oh * ow * (2 + kd * kh * kw) @narrow @bytes 4 * (d * h * w + od * oh * ow) */
export function averagePoolGrad(r: PoolArgs, from: u32, to: u32): void {
  const size = <usize>(r.d * r.h * r.w) << 2, adaptive = <bool>r.adaptive;
  for (let plane = from; plane < to; plane++) {
    const x = r.x + plane * size;
    if (r.beta == 0) memory.fill(x, 0, size);
    let y = r.y + (<usize>plane * r.od * r.oh * r.ow << 2);
    for (let a: u32 = 0; a < r.od; a++) for (let b: u32 = 0; b < r.oh; b++) {
      const beginD = windowBegin(adaptive, a, r.d, r.od, r.strideD, r.padD), beginH = windowBegin(adaptive, b, r.h, r.oh, r.strideH, r.padH);
      const endD = windowEnd(adaptive, a, r.d, r.od, beginD, r.kd), endH = windowEnd(adaptive, b, r.h, r.oh, beginH, r.kh);
      for (let c: u32 = 0; c < r.ow; c++, y += 4) {
        const beginW = windowBegin(adaptive, c, r.w, r.ow, r.strideW, r.padW), endW = windowEnd(adaptive, c, r.w, r.ow, beginW, r.kw);
        const share = load<f32>(y) / <f32>divisorOf(r, beginD, endD, beginH, endH, beginW, endW);
        for (let i = max(0, beginD); i < min(<i32>r.d, endD); i++) for (let j = max(0, beginH); j < min(<i32>r.h, endH); j++) {
          const line = x + (<usize>((i * r.h + j) * r.w) << 2);
          for (let k = max(0, beginW); k < min(<i32>r.w, endW); k++) {
            const at = line + (<usize>k << 2);
            store<f32>(at, load<f32>(at) + share);
          }
        }
      }
    }
  }
}

/** What the sum of a window is divided by. */
@inline
function divisorOf(r: PoolArgs, beginD: i32, endD: i32, beginH: i32, endH: i32, beginW: i32, endW: i32): i32 {
  if (r.divisor) return r.divisor;
  return elements(r, beginD, endD, r.d, r.padD) * elements(r, beginH, endH, r.h, r.padH) * elements(r, beginW, endW, r.w, r.padW);
}

/** Elements of a window along an axis, with those in the padding if they count. */
@inline
function elements(r: PoolArgs, begin: i32, end: i32, extent: u32, pad: u32): i32 {
  if (r.padded) return min(end, <i32>(extent + pad)) - begin;
  return min(end, <i32>extent) - max(begin, 0);
}
