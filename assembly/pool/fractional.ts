/**
 * Fractional max pooling (Graham, arXiv 1412.6071, 2014): windows of one size, whose distances are two neighbouring whole numbers in a
 * pseudorandom order that one uniform number an axis decides.
 */

@unmanaged
export class FractionalArgs {
  x: usize; // [planes, d, h, w]
  samples: usize; // [planes, axes] in [0, 1); of two axes those of w and h, of three those of d, h and w, as in PyTorch
  indices: usize; // int32 [planes, od, oh, ow]: where in its plane the greatest element of each window stands
  d: u32; // extents of the input
  h: u32;
  w: u32;
  od: u32; // extents of the output
  oh: u32;
  ow: u32;
  kd: u32; // extents of the windows
  kh: u32;
  kw: u32;
  axes: u32; // 2 or 3
}

/** The indices: of equals the first, of NaNs the last. Range: planes. @cost od * oh * ow * (3 + kd * kh * kw) @narrow @flops od * oh * ow * kd * kh * kw @bytes 4 * (d * h * w + od * oh * ow) */
export function fractionalMax(r: FractionalArgs, from: u32, to: u32): void {
  for (let plane = from; plane < to; plane++) {
    const x = r.x + (<usize>plane * r.d * r.h * r.w << 2), samples = r.samples + (<usize>plane * r.axes << 2), three = r.axes == 3;
    const ofD = three ? load<f32>(samples) : 0, ofH = load<f32>(samples, 4), ofW = three ? load<f32>(samples, 8) : load<f32>(samples);
    let indices = r.indices + (<usize>plane * r.od * r.oh * r.ow << 2);
    for (let a: u32 = 0; a < r.od; a++) for (let b: u32 = 0; b < r.oh; b++) for (let c: u32 = 0; c < r.ow; c++, indices += 4) {
      const i = windowAt(a, ofD, r.d, r.od, r.kd), j = windowAt(b, ofH, r.h, r.oh, r.kh), k = windowAt(c, ofW, r.w, r.ow, r.kw);
      let index = (i * r.h + j) * r.w + k, most = load<f32>(x + (<usize>index << 2));
      for (let matrix = i; matrix < i + r.kd; matrix++) for (let line = j; line < j + r.kh; line++) for (let at = k; at < k + r.kw; at++) {
        const here = (matrix * r.h + line) * r.w + at, value = load<f32>(x + (<usize>here << 2));
        if (value > most || value != value) {
          most = value;
          index = here;
        }
      }
      store<u32>(indices, index);
    }
  }
}

/** Where window o of an axis begins: ⌊α(o + u)⌋ − ⌊αu⌋ for α = (extent − kernel) / (outputs − 1); the last ends with the input. */
@inline
function windowAt(o: u32, sample: f32, extent: u32, outputs: u32, kernel: u32): u32 {
  if (o + 1 == outputs) return extent - kernel;
  const alpha = <f32>(extent - kernel) / <f32>(outputs - 1);
  return <u32>((<f32>o + sample) * alpha) - <u32>(sample * alpha);
}
