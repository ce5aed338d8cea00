/** The gradient of the bias of a convolution. */
import { foldRow } from "../fold";
import { Sum } from "../reduce";

/** @cost 10 + n * (10 + size / 16) @flops n * size @bytes 4 * n * size */
@unmanaged
export class ConvBiasArgs {
  y: usize; // [n, channels, size]
  out: usize; // [channels]
  n: u32; // samples
  channels: u32;
  size: u32; // elements of a plane
  beta: f32; // factor of what the result holds; 0 = it is written only
}

/** out[c] = Σ y[n, c, o] + beta · out[c] over n, o. Range: channels. Planes are summed as `sum` does, and their sums in float64. */
export function convBias(r: ConvBiasArgs, from: u32, to: u32): void {
  const plane = <usize>r.size << 2;
  for (let c = from; c < to; c++) {
    const out = r.out + (<usize>c << 2);
    let sum: f64 = r.beta != 0 ? <f64>r.beta * <f64>load<f32>(out) : 0;
    for (let n: u32 = 0, y = r.y + plane * c; n < r.n; n++, y += plane * r.channels) sum += foldRow<Sum>(y, 0, r.size, 0);
    store<f32>(out, <f32>sum);
  }
}
