import { MemoryError } from "../errors/errors.js";
import { bytesText, message } from "../errors/message.js";

/** Bytes of a page of WebAssembly memory. */
export const PAGE = 65536;

/** The address at which the heap begins. The kernels' read-only tables lie below it; the test of the builds checks that they fit. */
export const HEAP_BASE = 2 * PAGE;

/** The address of two u32 words, code and detail, in which kernels report faults. It lies below the tables, in the first kilobyte. */
export const STATUS_AT = 64;

/** The address at which the host writes the record of a kernel call, one call after the other. */
export const RECORDS_AT = 256;
export const RECORDS_END = 1024;

const INITIAL_PAGES = 16;
/** 64 MiB, which a memory must be able to grow to at once. If it cannot, one with a smaller maximum is tried. */
const FIRST_PAGES = 1024;
const MAXIMUM_PAGES = [65536, 32768, 16384];

/** Typed views of all linear memory. They are replaced when memory grows, so never keep one across an allocation. */
export const views: { f32: Float32Array; f64: Float64Array; i32: Int32Array; u32: Uint32Array; u8: Uint8Array } = {
  f32: new Float32Array(0),
  f64: new Float64Array(0),
  i32: new Int32Array(0),
  u32: new Uint32Array(0),
  u8: new Uint8Array(0),
};

let memory: WebAssembly.Memory | null = null;
let limit = 0;
let shared = false;

/** The linear memory of this process. It is made at first use, and is shared where the platform has shared memory. */
export function linearMemory(): WebAssembly.Memory {
  if (memory === null) {
    memory = create();
    refresh(memory);
  }
  return memory;
}

/** Whether threads can share the memory. */
export function isShared(): boolean {
  linearMemory();
  return shared;
}

/** Bytes that memory can grow to: 4 GiB, or 2 or 1 GiB where the address space is limited. The last page is never used. */
export function memoryLimit(): number {
  linearMemory();
  return limit - PAGE;
}

/**
 * Grows memory until all bytes below `end` are addressable, and one page behind them, since vector loads may run past a block.
 * @returns false when the platform refuses
 */
export function growTo(end: number): boolean {
  const target = linearMemory();
  const size = target.buffer.byteLength;
  const needed = end + PAGE;
  if (needed <= size) return true;
  if (needed > limit) return false;
  // Memory grows by at least 16 MiB or an eighth, since each growth replaces the views, and untouched pages cost nothing.
  const wanted = Math.min(Math.max(needed, size + Math.max(size / 8, 256 * PAGE)), limit);
  if (!growBy(target, Math.ceil((wanted - size) / PAGE)) && !growBy(target, Math.ceil((needed - size) / PAGE))) return false;
  refresh(target);
  return true;
}

function growBy(target: WebAssembly.Memory, pages: number): boolean {
  try {
    target.grow(pages);
    return true;
  } catch {
    return false;
  }
}

function refresh(from: WebAssembly.Memory): void {
  const { buffer } = from;
  views.f32 = new Float32Array(buffer);
  views.f64 = new Float64Array(buffer);
  views.i32 = new Int32Array(buffer);
  views.u32 = new Uint32Array(buffer);
  views.u8 = new Uint8Array(buffer);
}

function create(): WebAssembly.Memory {
  let reason: unknown;
  for (const wantShared of [true, false]) {
    for (const maximum of MAXIMUM_PAGES) {
      try {
        const made = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: wantShared });
        // Some platforms accept a maximum without having the address space for it. Growing shows whether they have.
        made.grow(FIRST_PAGES - INITIAL_PAGES);
        limit = maximum * PAGE;
        shared = wantShared;
        if (maximum !== MAXIMUM_PAGES[0]) warnSmaller(limit);
        return made;
      } catch (error) {
        reason = error;
      }
    }
  }
  throw new MemoryError(
    message(
      "memory",
      `no linear memory can be had: ${MAXIMUM_PAGES.map((pages) => bytesText(pages * PAGE)).join(", ")} were refused, shared and unshared (${String(reason)})`,
      "The address space of this process is limited (ulimit -v, a container, a serverless function): raise that limit. Node 20 and 22 need 11 GiB of it even for a small shared memory, unless started with --disable-wasm-trap-handler; Node 24 takes what there is.",
    ),
  );
}

function warnSmaller(bytes: number): void {
  console.warn(`simdgrad: the address space is limited; linear memory can grow to ${bytesText(bytes)} at most instead of 4 GiB.`);
}
