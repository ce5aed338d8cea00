import { KernelError } from "../errors/errors.js";
import { didYouMean, message } from "../errors/message.js";
import { allocate } from "../memory/heap.js";
import { isShared, linearMemory, RECORDS_AT, RECORDS_END, STATUS_AT } from "../memory/memory.js";
import { setCompiled } from "./direct.js";
import { SCRATCH_BYTES } from "./generated/constants.js";
import { variable } from "./platform.js";
import { threadsAsked } from "./threads/count.js";
import { unshareMemoryImport } from "./unshare.js";
import * as bytes from "./wasm.js";

/** `js`: the naive twins. `simd`: 128-bit SIMD, the same bits on every machine. `relaxed`: with fused multiply-add. */
export type KernelBuild = "js" | "simd" | "relaxed";

/** What a build exports: the kernels by name (`generated/` knows them), what sets it up, and what threads call. */
export type Exports = Record<string, (args: number, from: number, to: number) => void> & {
  setup(scratch: number, status: number): void;
  heapBase(): number;
  kernelIndex(number: number): number;
  fork(control: number, kernel: number, args: number, from: number, to: number, step: number, patience: number): number;
  join(control: number, left: number, patience: number): number;
  rouse(control: number): void;
  replay(lines: number, end: number, control: number, patience: number, status: number): number;
};

/** @internal A compiled build and this thread's instance of it. */
export interface Loaded {
  module: WebAssembly.Module;
  exports: Exports;
}

const BUILDS: readonly KernelBuild[] = ["js", "simd", "relaxed"];

/** The compiled kernels, null while the JS twins run, undefined before the first use. */
export let wasm: Exports | null | undefined;

let chosen: KernelBuild | null = null;
const instances = new Map<KernelBuild, Loaded>();
let recordAt = RECORDS_AT;

/** Room for one kernel's record; the ring is large enough that a record outlives its call. */
export function record(size: number): number {
  const at = (recordAt + 7) & ~7;
  if (at + size > RECORDS_END) {
    recordAt = RECORDS_AT + size;
    return RECORDS_AT;
  }
  recordAt = at + size;
  return at;
}

/** Chooses and loads the build at the first use. */
export function loadKernels(): Exports | null {
  kernelBuild();
  return wasm as Exports | null;
}

/** @internal The Wasm build in use; null while the JS twins run. */
export function loadedBuild(): Loaded | null {
  return instances.get(kernelBuild()) ?? null;
}

/** The build in use; the first call decides: `SIMDGRAD_KERNELS` if set, else the best that the platform validates. */
export function kernelBuild(): KernelBuild {
  if (chosen === null) {
    threadsAsked();
    useKernels(requested() ?? best());
  }
  return chosen as unknown as KernelBuild;
}

/**
 * Switches all following operations to a build.
 * @throws KernelError if the platform cannot run it.
 */
export function useKernels(build: KernelBuild): void {
  if (!BUILDS.includes(build)) {
    throw new KernelError(
      message("kernels", `unknown build "${build}"`, `${didYouMean(build, BUILDS)} Known: ${BUILDS.join(", ")}.`.trim()),
    );
  }
  wasm = build === "js" ? null : instantiate(build);
  setCompiled(wasm !== null);
  if (build === "js") linearMemory();
  chosen = build;
}

function requested(): KernelBuild | undefined {
  return variable("SIMDGRAD_KERNELS") as KernelBuild | undefined;
}

function best(): KernelBuild {
  if (typeof WebAssembly !== "object") return "js";
  if (validates(RELAXED_PROBE)) return "relaxed";
  return validates(SIMD_PROBE) ? "simd" : "js";
}

function instantiate(build: "simd" | "relaxed"): Exports {
  const known = instances.get(build);
  if (known) return known.exports;
  if (!validates(build === "relaxed" ? RELAXED_PROBE : SIMD_PROBE)) {
    throw new KernelError(
      message("kernels", `this platform cannot run the "${build}" build`, "Leave SIMDGRAD_KERNELS unset to take the best that it can."),
    );
  }
  let code = decode(bytes[build]);
  if (!isShared()) code = unshareMemoryImport(code);
  const module = new WebAssembly.Module(code as BufferSource);
  const exports = new WebAssembly.Instance(module, { env: { memory: linearMemory() } }).exports as unknown as Exports;
  exports.setup(allocate(SCRATCH_BYTES), STATUS_AT);
  instances.set(build, { module, exports });
  return exports;
}

function decode(base64: string): Uint8Array {
  const text = atob(base64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

function validates(body: readonly number[]): boolean {
  const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  // One function () → v128 whose body is `body`.
  const type = [1, 5, 1, 0x60, 0, 1, 0x7b];
  const functions = [3, 2, 1, 0];
  const code = [10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b];
  return WebAssembly.validate(new Uint8Array([...HEADER, ...type, ...functions, ...code]));
}

/** i32.const 0; i8x16.splat */
const SIMD_PROBE = [0x41, 0, 0xfd, 0x0f];
/** three vectors; f32x4.relaxed_madd (0xfd 0x105) */
const RELAXED_PROBE = [...SIMD_PROBE, ...SIMD_PROBE, ...SIMD_PROBE, 0xfd, 0x85, 0x02];
