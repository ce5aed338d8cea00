import { allocate, release } from "../memory/heap.js";
import { viewOf } from "../memory/views.js";
import * as kernels from "./generated.js";
import { type KernelBuild, kernelBuild } from "./load.js";
import { observe } from "./observer.js";

/** A call of `multiplyAdds` has so many rounds, a round so many floating-point operations. */
const ROUNDS = 1000;
const FLOPS = 384 * ROUNDS;
/** Milliseconds of a measurement: long enough for the engine to compile the kernel in earnest. */
const LONG = 20;

const known = new Map<KernelBuild, number>();

/**
 * The most floating-point operations that one thread can do on the build in use, multiply-adds in registers, in GFLOP/s. The first
 * call measures for some 20 ms; the best sample counts.
 */
export function multiplyAddLimit(): number {
  const build = kernelBuild();
  const limit = known.get(build) ?? measure();
  known.set(build, limit);
  return limit;
}

function measure(): number {
  const before = observe(null);
  const bytes = 4 * 64;
  const x = allocate(bytes);
  try {
    // x = x/2 + 1/4 stays in the range of normal numbers.
    viewOf("float32").fill(0.5, x / 4, x / 4 + 49);
    viewOf("float32")[x / 4 + 49] = 0.25;
    let best = Infinity;
    for (const end = performance.now() + LONG; performance.now() < end; ) {
      const start = performance.now();
      kernels.multiplyAdds({ x }, 0, ROUNDS);
      best = Math.min(best, performance.now() - start || Infinity);
    }
    return FLOPS / best / 1e6;
  } finally {
    release(x, bytes);
    observe(before);
  }
}
