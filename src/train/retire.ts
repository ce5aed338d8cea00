import type { Optimizer } from "../optim/optimizer.js";
import { turn } from "./breathe.js";

/** The optimizer of the fit that ended last. Its states stay where they are, since it is the one that is likely to go on. */
let last: WeakRef<Optimizer> | null = null;

/** A fit begins. */
export function employ(optimizer: Optimizer): void {
  if (last?.deref() === optimizer) last = null;
}

/**
 * A fit has ended: its optimizer takes the place of the last one, which rests. Then the event loop turns once, so that what dead models
 * held is given back even in a loop of short fits: finalizers run only between two jobs.
 */
export async function retire(optimizer: Optimizer): Promise<void> {
  const before = last?.deref();
  if (before !== optimizer) {
    before?.rest();
    last = new WeakRef(optimizer);
  }
  await turn();
}
