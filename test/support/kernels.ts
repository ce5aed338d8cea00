import { afterAll, beforeAll } from "vitest";
import { type KernelBuild, kernelBuild, useKernels } from "../../src/kernels/load.js";
import { allocate, release } from "../../src/memory/heap.js";
import { BYTES, blockView, type DType, type NumberArray } from "../../src/memory/views.js";

/** All three implementations of every kernel. */
export const builds: readonly KernelBuild[] = ["js", "simd", "relaxed"];

/** Runs `fn` on one build and goes back to the one before. */
export function withBuild<T>(build: KernelBuild, fn: () => T): T {
  const before = kernelBuild();
  useKernels(build);
  try {
    return fn();
  } finally {
    useKernels(before);
  }
}

/** Runs the tests of a suite on one build. */
export function useBuildFor(build: KernelBuild): void {
  let before: KernelBuild;
  beforeAll(() => {
    before = kernelBuild();
    useKernels(build);
  });
  afterAll(() => useKernels(before));
}

/** A block of linear memory for a test. Behind it stand guard elements, which `read` expects to be unchanged. */
export class Block {
  readonly at: number;
  private static readonly GUARD = 16;
  private static readonly MARK = 77;

  constructor(
    readonly length: number,
    readonly dtype: DType = "float32",
  ) {
    this.at = allocate((length + Block.GUARD) * BYTES[dtype]);
    blockView(dtype, this.at, length + Block.GUARD).fill(Block.MARK);
  }

  /** A block that holds a copy of `values`. */
  static of(values: ArrayLike<number>, dtype: DType = "float32"): Block {
    const block = new Block(values.length, dtype);
    block.view().set(values);
    return block;
  }

  view(): NumberArray {
    return blockView(this.dtype, this.at, this.length);
  }

  /** A copy of the elements, after checking that nothing was written behind the end. */
  read(): NumberArray {
    const guard = blockView(this.dtype, this.at + this.length * BYTES[this.dtype], Block.GUARD);
    if (guard.some((value) => value !== Block.MARK)) throw new Error("a kernel wrote behind the end of a block");
    return this.view().slice();
  }

  free(): void {
    release(this.at, (this.length + Block.GUARD) * BYTES[this.dtype]);
  }
}

/** A generator of seeded numbers in [0, 1) for tests: mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Roughly normal numbers (a sum of twelve uniforms). */
export function normals(n: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next();
    return sum;
  });
}

/** The unit in the last place of a float32. */
export function ulp(x: number): number {
  const a = Math.abs(x);
  if (a < 2 ** -126) return 2 ** -149;
  return 2 ** (Math.floor(Math.log2(a)) - 23);
}
