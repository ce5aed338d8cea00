import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { byFrequency, textOf } from "../../scripts/text.mjs";
import { Replay } from "../../src/capture/replay.js";
import { StepRecorder } from "../../src/capture/stepRecorder.js";
import { call } from "../../src/kernels/call.js";
import * as kernels from "../../src/kernels/generated.js";
import type { Kernel } from "../../src/kernels/kernel.js";
import { kernelBuild, useKernels } from "../../src/kernels/load.js";
import { observe } from "../../src/kernels/observer.js";
import type { Piece } from "../../src/kernels/piece.js";
import { record } from "../../src/kernels/record.js";
import { partsOfWorkers } from "../../src/kernels/threads/forkJoin.js";
import { shareFrom } from "../../src/kernels/threads/policy.js";
import { setThreads } from "../../src/kernels/threads/workers.js";
import { release } from "../../src/memory/heap.js";
import { HEAP_BASE, views } from "../../src/memory/memory.js";
import { assemble } from "../support/assemble.js";
import { Block } from "../support/kernels.js";

/** A piece of one kernel, which uses what a piece has of its own: constants in memory, the thread's scratch slab, the status. */
const SOURCE = `
import { Status, fail, heapBase, scratch, setup } from "./assembly/threads";

@unmanaged
export class AffineArgs {
  x: usize;
  out: usize;
  factor: f32;
}

const ADDEND = memory.data<f32>([0.25]);

export function affine(r: AffineArgs, from: u32, to: u32): void {
  for (let i = <usize>from << 2; i < <usize>to << 2; i += 4) {
    store<f32>(scratch(), load<f32>(r.x + i));
    if (load<f32>(scratch()) < 0) fail(Status.NonFinite, <u32>i >> 2);
    store<f32>(r.out + i, r.factor * load<f32>(scratch()) + load<f32>(ADDEND));
  }
}

export { heapBase, setup };
`;

interface AffineArgs {
  x: number;
  out: number;
  factor: number;
}

/** A piece that nobody has loaded yet. */
function newKernel(text: string): Kernel<AffineArgs> {
  const piece: Piece = { name: "affine", simd: text, relaxed: text, inner: { simd: {}, relaxed: {} }, exports: null };
  return {
    name: "affine",
    piece,
    number: 0,
    record: {
      bytes: 12,
      pointers: { x: 0, out: 4 },
      inplace: [],
      doubles: [],
      write: ({ x, out, factor }) => {
        const at = record(12);
        views.u32[at >>> 2] = x;
        views.u32[(at >>> 2) + 1] = out;
        views.f32[(at >>> 2) + 2] = factor;
        return at;
      },
    },
    twin: ({ x, out, factor }, from, to, v) => {
      const size = v.BYTES_PER_ELEMENT;
      for (let i = from; i < to; i++) v[out / size + i] = factor * v[x / size + i] + 0.25;
    },
  };
}

const N = 4096;
/** Estimated nanoseconds that are worth being shared. */
const LONG = 1e6;
const [x, out, end] = [Block.of(Float32Array.from({ length: N }, (_, i) => i)), new Block(N), new Block(N)];
const run = (kernel: Kernel<AffineArgs>) => call(kernel, { x: x.at, out: out.at, factor: 2 }, 0, N, LONG, "float32");
const expected = Array.from({ length: N }, (_, i) => 2 * i + 0.25);

let text: string;
const before = kernelBuild();

beforeAll(async () => {
  // Below the heap, behind the tables of the pieces that the library has.
  const base = String(HEAP_BASE - 256);
  const options = ["--importMemory", "--sharedMemory", "--maximumMemory", "65536", "--memoryBase", base];
  const code = new Uint8Array((await assemble(SOURCE, ...options, "--noExportMemory", "--noAssert")) as Uint8Array);
  text = textOf(code, byFrequency(code));
});

afterAll(async () => {
  await setThreads(1);
  shareFrom();
  useKernels(before);
});

function fresh(): void {
  out.view().fill(0);
}

/** Calls until workers have taken parts of the kernel's calls. */
function expectHelp(again: () => void): void {
  const taken = partsOfWorkers();
  for (let i = 0; i < 50_000 && partsOfWorkers() === taken; i++) again();
  expect(partsOfWorkers()).toBeGreaterThan(taken);
}

describe.each(["simd", "relaxed"] as const)("a piece of its own, %s", (build) => {
  test("is loaded by the first call of one of its kernels", async () => {
    useKernels(build);
    await setThreads(1);
    const kernel = newKernel(text);
    expect(kernel.piece.exports).toBe(null);
    fresh();
    run(kernel);
    expect([...out.read()]).toEqual(expected);
    expect(Object.keys(kernel.piece.exports ?? {})).toEqual(["affine", "heapBase", "setup"]);
  });

  test("reaches workers that run already", async () => {
    useKernels(build);
    expect(await setThreads(3)).toBe(3);
    shareFrom(0);
    expectHelp(() => kernels.sigmoid({ x: x.at, out: end.at }, 0, N));
    const kernel = newKernel(text);
    for (let i = 0; i < 100; i++) {
      fresh();
      run(kernel);
      expect([...out.read()]).toEqual(expected);
    }
    expect(await setThreads(3)).toBe(3);
    expectHelp(() => run(kernel));
    expect([...out.read()]).toEqual(expected);
    expectHelp(() => kernels.sigmoid({ x: x.at, out: end.at }, 0, N));
  });

  test("is replayed together with the core, on any number of threads", async () => {
    useKernels(build);
    const kernel = newKernel(text);
    const recorder = new StepRecorder(true, null);
    for (const { at } of [x, out, end]) recorder.fix(at, 4 * N);
    const observer = observe(recorder);
    run(kernel);
    kernels.add({ a: out.at, b: x.at, out: end.at, n1: 1, n2: 1, n3: N, a0: 0, a1: 0, a2: 0, a3: 1, b0: 0, b1: 0, b2: 0, b3: 1 }, 0, N);
    observe(observer);
    recorder.resolve(() => false);
    const replay = new Replay(recorder.calls, new Set());
    for (const threads of [1, 3]) {
      await setThreads(threads);
      for (let i = 0; i < 50; i++) {
        fresh();
        expect(replay.run()).toBe(null);
      }
      expect([...end.read()]).toEqual(expected.map((value, i) => value + i));
    }
    for (const block of replay.blocks) release(block.at, block.bytes);
  });

  test("follows when the build is changed, to the twins and back", async () => {
    await setThreads(1);
    const kernel = newKernel(text);
    for (const next of [build, "js", build === "simd" ? "relaxed" : "simd", build] as const) {
      useKernels(next);
      fresh();
      run(kernel);
      expect([...out.read()]).toEqual(expected);
      expect(kernel.piece.exports === null).toBe(next === "js");
    }
  });
});
