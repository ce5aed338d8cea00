import type { ReduceArgs } from "../generated.js";

/** Index of the first element that output i reduces; the others follow `inner` apart. */
export function firstOf(r: Pick<ReduceArgs, "x" | "reduced" | "inner">, i: number, bytes: number): number {
  return r.x / bytes + Math.floor(i / r.inner) * r.reduced * r.inner + (i % r.inner);
}
