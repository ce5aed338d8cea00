/** A kernel that differs wide ends wide kernels for good. It does so in this file alone: the state is that of the process. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as kernels from "../../../src/kernels/generated.js";
import type { Kernel } from "../../../src/kernels/kernel.js";
import { isWide, loadedBuild, loadPiece, useKernels, useWide, widen } from "../../../src/kernels/load.js";
import type { Exports } from "../../../src/kernels/piece.js";
import { isSameWide, SAMPLE_BYTES, SAMPLES, sampleBytes } from "../../../src/kernels/wide/check.js";
import { wideObstacle } from "../../../src/kernels/wide/obstacle.js";
import type { WidePiece } from "../../../src/kernels/wide/piece.js";
import { askWide } from "../../../src/kernels/wide/wish.js";
import { allocate, release } from "../../../src/memory/heap.js";
import { views } from "../../../src/memory/memory.js";

// By their names: a kernel holds the code of its piece.
const names = Object.keys(SAMPLES);
const kernelOf = (name: string) => (kernels as unknown as Record<string, Kernel>)[`${name}Kernel`];

describe.each(["simd", "relaxed"] as const)("%s: a sample", (build) => {
  let at: number;
  beforeEach(() => {
    useKernels(build);
    at = allocate(SAMPLE_BYTES);
  });
  afterEach(() => release(at, SAMPLE_BYTES));

  test.each(names)("%s computes many numbers, and twice the same", (name) => {
    const kernel = kernelOf(name);
    const narrow = loadPiece(kernel.piece) as Exports;
    expect(isSameWide(kernel, narrow, narrow, at)).toBe(true);
    const [before, after] = [{ [kernel.name]: () => {} } as unknown as Exports, narrow].map((exports) =>
      floats(sampleBytes(kernel, exports, at)),
    );
    const written = after.filter((value, i) => value !== before[i]);
    expect(new Set(written).size).toBeGreaterThan(15);
    expect(written.some(Number.isNaN)).toBe(false);
  });

  test.each(names)("%s with one other bit is found", (name) => {
    const kernel = kernelOf(name);
    const narrow = loadPiece(kernel.piece) as Exports;
    const wrong = {
      [kernel.name]: (args: number, from: number, to: number) => {
        narrow[kernel.name](args, from, to);
        views.u32[at / 4 + 901] ^= 1;
      },
    } as unknown as Exports;
    expect(isSameWide(kernel, narrow, wrong, at)).toBe(false);
  });
});

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}

describe("a kernel that differs", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  test("is not used, and no kernel is compiled wide any more", () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    vi.stubEnv("SIMDGRAD_WIDE", "");
    useKernels("simd");
    useWide(true);
    const { piece } = kernels.expKernel;
    const narrow = loadPiece(piece) as Exports;
    const exp = narrow.exp;
    const instance = loadedBuild()?.instances.get(piece) as { wide: WidePiece | null };
    let compiled = false;
    instance.wide = {
      exports: { exp: () => {} },
      first: 0,
      has: () => compiled,
      compile: () => {
        compiled = true;
      },
    } as unknown as WidePiece;
    widen(kernels.expKernel as Kernel);
    expect(isWide()).toBe(false);
    expect((loadPiece(piece) as Exports).exp).toBe(exp);
    expect(wideObstacle()).toBe('"exp" computed other bits wide than narrow');
    expect(warned).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/^simdgrad: "exp" computed other bits wide than narrow; from now on/),
    );
    askWide("auto");
    expect(wideObstacle()).toBe('"exp" computed other bits wide than narrow');
    askWide(true);
    expect(() => wideObstacle()).toThrow('wide: kernels cannot be compiled wide here: "exp" computed other bits wide than narrow.');
  });
});
