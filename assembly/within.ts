/** Targets outside the range that a loss is defined on are reported while the step runs, captured or not. */
import { fail, Status } from "./threads";

/** @cost 0.1 @bytes 4 */
@unmanaged
export class WithinArgs {
  x: usize; // [n]
  min: f32; // smallest value that is in the range
  max: f32; // greatest value that is in the range
}

/** Reports Status.OutOfRange with the position of the first x that is below min or above max; NaN is neither. Range: elements. */
export function checkWithin(r: WithinArgs, from: u32, to: u32): void {
  const min = f32x4.splat(r.min), max = f32x4.splat(r.max), end = r.x + (<usize>to << 2);
  let at = r.x + (<usize>from << 2), outside = i32x4.splat(0);
  for (; at + 16 <= end; at += 16) {
    const x = v128.load(at);
    outside = v128.or(outside, v128.or(f32x4.lt(x, min), f32x4.gt(x, max)));
  }
  // The last elements, all of them where some vector was found to be outside.
  if (v128.any_true(outside)) at = r.x + (<usize>from << 2);
  for (; at < end; at += 4) {
    const x = load<f32>(at);
    if (x < r.min || x > r.max) return fail(Status.OutOfRange, <u32>((at - r.x) >> 2));
  }
}
