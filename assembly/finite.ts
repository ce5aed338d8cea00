/** The check of a loss that ends a training step before a value that is not finite reaches the parameters. */
import { fail, Status } from "./threads";

@unmanaged
export class FiniteArgs {
  x: usize; // one element
}

/** Reports Status.NonFinite if x is NaN, +∞ or −∞; the detail is 0, 1 or 2. Range: 0 to 1. @alone */
export function checkFinite(r: FiniteArgs, from: u32, to: u32): void {
  if (from >= to) return;
  const x = load<f32>(r.x);
  if (x - x != 0) fail(Status.NonFinite, x != x ? 0 : x > 0 ? 1 : 2);
}
