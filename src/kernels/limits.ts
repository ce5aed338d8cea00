import { allocate, release } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import { ROUND_FLOPS } from "./generated/constants.js";
import * as kernels from "./generated.js";
import { isWide, kernelBuild, loadedBuild, loadPiece, widen } from "./load.js";
import { observe } from "./observer.js";
import { run } from "./threads/forkJoin.js";

/** The limit of the machine's arithmetic: multiply-adds in registers, narrow or wide as kernels are. (The limit of its memory is `copy`.) */

/** An estimate in nanoseconds so high that the call is certainly shared. */
const LONG = 1e9;
const NUMBERS = 96;
const OPERAND_BYTES = 4 * 128;

/** A call of multiply-adds in registers, for repeated measurement. */
export interface MultiplyAdds {
  /** Floating-point operations of a call. */
  readonly flops: number;
  /** Runs all rounds on the calling thread. */
  readonly call: () => void;
  /** Runs the rounds on all threads. Each does a part of the rounds, over the same numbers. */
  readonly callShared: () => void;
  readonly release: () => void;
}

/** Prepares multiply-adds. @param rounds the rounds of a call, of ROUND_FLOPS operations each */
export function multiplyAdds(rounds: number): MultiplyAdds {
  const x = allocate(OPERAND_BYTES);
  // x = x/2 + 1/4 stays in the range of normal numbers.
  views.f32.fill(0.5, x / 4, x / 4 + NUMBERS + 1);
  views.f32[x / 4 + NUMBERS + 1] = 0.25;
  const kernel = kernels.multiplyAddsKernel;
  /** Compiles the kernel wide if kernels are. Its calls have no cost by which they would be found worth it. */
  const prepare = () => {
    if (loadPiece(kernel.piece) !== null) widen(kernel);
  };
  const call = () => {
    prepare();
    kernels.multiplyAdds({ x }, 0, rounds);
  };
  return {
    flops: ROUND_FLOPS * rounds,
    call,
    callShared: () => {
      prepare();
      if (loadedBuild() === null) call();
      else run(kernel, kernel.record.write({ x }), 0, rounds, LONG);
    },
    release: () => release(x, OPERAND_BYTES),
  };
}

/** Rounds of a call, and milliseconds of a measurement: long enough for the engine to optimise the kernel. */
const ROUNDS = 500;
const MEASURED = 20;

const known = new Map<string, number>();

/**
 * The most floating-point operations that one thread can do on the build in use, narrow or wide, in GFLOP/s. The first call measures
 * for some 20 ms; the best sample counts.
 */
export function multiplyAddLimit(): number {
  const code = `${kernelBuild()}${isWide() ? ", wide" : ""}`;
  const limit = known.get(code) ?? measure();
  known.set(code, limit);
  return limit;
}

function measure(): number {
  const before = observe(null);
  const { flops, call, release } = multiplyAdds(ROUNDS);
  try {
    let best = Infinity;
    for (const end = performance.now() + MEASURED; performance.now() < end; ) {
      const start = performance.now();
      call();
      best = Math.min(best, performance.now() - start || Infinity);
    }
    return flops / best / 1e6;
  } finally {
    release();
    observe(before);
  }
}
