import { weigh } from "./ballast.js";
import { createMemory } from "./create.js";
import { type LinearMemory, PAGE } from "./linearMemory.js";

/** The address at which the heap begins. The kernels' read-only tables lie below it; the test of the builds checks that they fit. */
export const HEAP_BASE = 2 * PAGE;

/** The address of two u32 words, code and detail, in which kernels report faults. It lies below the tables, in the first kilobyte. */
export const STATUS_AT = 64;

/** The address at which the host writes the record of a kernel call, one call after the other. */
export const RECORDS_AT = 256;
export const RECORDS_END = 1024;

/** Typed views of all linear memory. They are replaced when memory grows, so never keep one across an allocation. */
export const views: { f32: Float32Array; f64: Float64Array; i32: Int32Array; u32: Uint32Array; u8: Uint8Array } = {
  f32: new Float32Array(0),
  f64: new Float64Array(0),
  i32: new Int32Array(0),
  u32: new Uint32Array(0),
  u8: new Uint8Array(0),
};

let memory: LinearMemory | null = null;
let limit = 0;
let shared = false;

/** The linear memory of this process. It is made at first use, and is shared where threads can share memory. */
export function linearMemory(): LinearMemory {
  if (memory === null) {
    ({ memory, limit, shared } = createMemory());
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
  // Memory grows by an eighth, at least 16 and at most 64 MiB, since each growth replaces the views.
  const wanted = Math.min(Math.max(needed, size + Math.min(Math.max(size / 8, 256 * PAGE), 1024 * PAGE)), limit);
  if (!growBy(target, Math.ceil((wanted - size) / PAGE)) && !growBy(target, Math.ceil((needed - size) / PAGE))) return false;
  refresh(target);
  weigh(target.buffer.byteLength - size);
  return true;
}

function growBy(target: LinearMemory, pages: number): boolean {
  try {
    target.grow(pages);
    return true;
  } catch {
    return false;
  }
}

function refresh(from: LinearMemory): void {
  const { buffer } = from;
  views.f32 = new Float32Array(buffer);
  views.f64 = new Float64Array(buffer);
  views.i32 = new Int32Array(buffer);
  views.u32 = new Uint32Array(buffer);
  views.u8 = new Uint8Array(buffer);
}
