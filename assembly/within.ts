/** Targets outside the range that a loss is defined on are reported while the step runs, captured or not. */
import { anyInStep, STEP } from "./map";
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
  let at = r.x + (<usize>from << 2);
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (const steps = at + ((end - at) & ~(STEP - 1)); at < steps; at += STEP) {
    const s = v128.load(at), t = v128.load(at, 16), u = v128.load(at, 32), v = v128.load(at, 48);
    a = v128.or(a, v128.or(f32x4.lt(s, min), f32x4.gt(s, max)));
    b = v128.or(b, v128.or(f32x4.lt(t, min), f32x4.gt(t, max)));
    c = v128.or(c, v128.or(f32x4.lt(u, min), f32x4.gt(u, max)));
    d = v128.or(d, v128.or(f32x4.lt(v, min), f32x4.gt(v, max)));
  }
  // The last elements, all of them where some vector was found to be outside.
  if (anyInStep(a, b, c, d)) at = r.x + (<usize>from << 2);
  for (; at < end; at += 4) {
    const x = load<f32>(at);
    if (x < r.min || x > r.max) return fail(Status.OutOfRange, <u32>((at - r.x) >> 2));
  }
}
