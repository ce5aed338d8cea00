/** The partial inverse of max pooling: what was found goes back to where it stood. */
import { Status, fail } from "../threads";

@unmanaged
export class UnpoolArgs {
  x: usize; // [planes, n]
  indices: usize; // int32 [planes, n]: places in a plane of the result
  out: usize; // [planes, size]
  n: u32;
  size: u32;
}

/** out = 0, but x at the indices; of several at one place the last. Range: planes. @cost 5 + 0.1 * size + 0.6 * n @narrow @bytes 8 * n + 4 * size */
export function maxUnpool(r: UnpoolArgs, from: u32, to: u32): void {
  for (let plane = from; plane < to; plane++) {
    const out = r.out + (<usize>plane * r.size << 2), first = plane * r.n;
    memory.fill(out, 0, <usize>r.size << 2);
    for (let i = first; i < first + r.n; i++) {
      const index = load<u32>(r.indices + (<usize>i << 2));
      if (index < r.size) store<f32>(out + (<usize>index << 2), load<f32>(r.x + (<usize>i << 2)));
      else fail(Status.IndexOutOfRange, i);
    }
  }
}
