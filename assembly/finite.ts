/** The check that ends a training step before a loss or a gradient that is not finite reaches the parameters. */
import { anyInStep, STEP } from "./map";
import { fail, Status } from "./threads";

/** @cost 0.06 @flops 1 @bytes 4 */
@unmanaged
export class FiniteArgs {
  x: usize; // [n]
}

/** Reports Status.NonFinite if an element is NaN, +∞ or −∞; the detail is the position of the first. Range: elements. */
export function checkFinite(r: FiniteArgs, from: u32, to: u32): void {
  let x = r.x + (<usize>from << 2);
  const end = r.x + (<usize>to << 2);
  // x − x is +0, all bits clear, where x is finite, else NaN.
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (const steps = x + ((end - x) & ~(STEP - 1)); x < steps; x += STEP) {
    const s = v128.load(x), t = v128.load(x, 16), u = v128.load(x, 32), v = v128.load(x, 48);
    a = v128.or(a, f32x4.sub(s, s));
    b = v128.or(b, f32x4.sub(t, t));
    c = v128.or(c, f32x4.sub(u, u));
    d = v128.or(d, f32x4.sub(v, v));
  }
  let found = anyInStep(a, b, c, d);
  for (; x < end; x += 4) found = found || !isFinite(load<f32>(x));
  if (found) reportFirst(r, from, to);
}

function reportFirst(r: FiniteArgs, from: u32, to: u32): void {
  for (let i = from; i < to; i++) if (!isFinite(load<f32>(r.x + (<usize>i << 2)))) return fail(Status.NonFinite, i);
}
