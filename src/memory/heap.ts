import { MemoryError } from "../errors/errors.js";
import { bytesText, message } from "../errors/message.js";
import { FreeRanges, type Range } from "./freeRanges.js";
import { census } from "./holders.js";
import { growTo, HEAP_BASE, linearMemory, memoryLimit } from "./memory.js";

/**
 * Blocks of linear memory in size classes, four an octave, each with a free list:
 *
 *     64  128  192  256 │ 320  384  448  512 │ 640  768  896  1024 │ 1280 …
 *
 * Sizes repeat from step to step, so a training loop takes no new memory after its second step. Blocks are 64-byte aligned.
 * New blocks come from the end of memory. When that is reached, free neighbours are joined, whatever their classes, and new blocks are
 * cut from them; then the relievers are asked to give memory back.
 */

/** The free blocks of each size class, up to the class of 4 GiB. */
const free: number[][] = Array.from({ length: 100 }, () => []);
/** Free memory that belongs to no class. It is empty until memory has run out once. */
const ranges = new FreeRanges();
const relievers: Reliever[] = [];
let relieving = false;
let top = HEAP_BASE;
/** Bytes of all blocks that are taken. */
export let liveBytes = 0;
let liveBlocks = 0;
let peakBytes = 0;

/**
 * Gives blocks back that nothing needs at once, when a request cannot be met. It must not allocate.
 * @param bytes what is missing; it may give back less, and is then called again
 * @returns whether it gave anything back
 */
export type Reliever = (bytes: number) => boolean;

/** Index of the smallest class that holds `bytes` (at most 4 GiB). */
export function sizeClass(bytes: number): number {
  if (bytes <= 256) return bytes <= 64 ? 0 : (bytes - 1) >>> 6;
  // 2^e < bytes <= 2^(e+1), in quarters of 2^e. The powers are shifts, because `**` may differ between engines.
  const e = 31 - Math.clz32(bytes - 1);
  const quarter = 1 << (e - 2);
  return 4 * (e - 7) + Math.ceil((bytes - 4 * quarter) / quarter) - 1;
}

/** The size in bytes of the blocks of a class. */
export function classBytes(index: number): number {
  if (index < 4) return 64 * (index + 1);
  const e = (index >>> 2) + 7;
  return (1 << (e - 2)) * (5 + (index & 3));
}

/**
 * Takes a block of at least `bytes` bytes, whose content is undefined.
 * @throws MemoryError when memory cannot grow further; the blocks that were taken before stay usable.
 */
export function allocate(bytes: number): number {
  if (bytes > memoryLimit()) throw outOfMemory(bytes, false);
  const index = sizeClass(bytes);
  const list = free[index];
  const size = classBytes(index);
  const at = list.length > 0 ? (list.pop() as number) : freshBlock(size) || relievedBlock(size);
  if (at === 0) throw outOfMemory(bytes, top + size <= memoryLimit());
  liveBytes += size;
  liveBlocks++;
  if (liveBytes > peakBytes) peakBytes = liveBytes;
  return at;
}

/** A block that was in no list: from joined ranges, or from the end of memory. @returns its address; 0 if there is none */
function freshBlock(size: number): number {
  if (!ranges.isEmpty) {
    const at = ranges.cut(size);
    if (at !== 0) return at;
  }
  const at = top;
  // `top` moves only after memory has grown, so that a refused request leaves the heap unchanged.
  if (at + size > memoryLimit() || !growTo(at + size)) return 0;
  top = at + size;
  return at;
}

/** A block that can be had after free neighbours were joined, or after relievers gave memory back. @returns its address, or 0 */
function relievedBlock(size: number): number {
  joinFree();
  let at = freshBlock(size);
  if (at !== 0 || relieving) return at;
  relieving = true;
  try {
    for (const relieve of relievers) {
      while (at === 0 && relieve(size)) {
        joinFree();
        at = freshBlock(size);
      }
    }
  } finally {
    relieving = false;
  }
  return at;
}

/** Empties the lists of all classes and joins their blocks; what lies at the end of memory is as if it had never been taken. */
function joinFree(): void {
  const blocks: Range[] = [];
  for (let index = 0; index < free.length; index++) {
    for (const at of free[index]) blocks.push({ at, bytes: classBytes(index) });
    free[index].length = 0;
  }
  ranges.add(blocks);
  top = ranges.withdraw(top);
}

/** Gives back a block. `bytes` must be the size that it was asked for with, which determines its class. */
export function release(at: number, bytes: number): void {
  const index = sizeClass(bytes);
  free[index].push(at);
  liveBytes -= classBytes(index);
  liveBlocks--;
}

/** A source of blocks for intermediate results other than the heap: a recording, which plans their places afterwards. */
export interface Temporaries {
  take(bytes: number): number;
  /** Whether a block came from this source. Such a block stays until the recording ends. */
  owns(at: number): boolean;
}

let temporaries: Temporaries | null = null;

/** Sets the source of blocks for intermediate results; null is the heap. @returns the source before */
export function provideTemporaries(next: Temporaries | null): Temporaries | null {
  const before = temporaries;
  temporaries = next;
  return before;
}

/** Takes a block for an intermediate result or the scratch of an operation, whose content nobody needs after the step. */
export function allocateTemporary(bytes: number): number {
  return temporaries === null ? allocate(bytes) : temporaries.take(bytes);
}

/** Gives back a block of `allocateTemporary`, or of `allocate`. */
export function releaseTemporary(at: number, bytes: number): void {
  if (temporaries === null || !temporaries.owns(at)) release(at, bytes);
}

/** Registers a function that gives memory back when a request cannot be met. Relievers are asked in the order of their registration. */
export function registerReliever(relieve: Reliever): void {
  relievers.push(relieve);
}

/** Figures of the heap, in bytes: live now, the highest live so far, taken from the end of memory, and the limit. */
export function heapStatistics(): { liveBytes: number; liveBlocks: number; peakBytes: number; reservedBytes: number; limitBytes: number } {
  return { liveBytes, liveBlocks, peakBytes, reservedBytes: top, limitBytes: memoryLimit() };
}

function outOfMemory(bytes: number, refused: boolean): MemoryError {
  const { kinds, largest, mend } = census(bytes);
  const limit = refused
    ? `the platform refused to grow linear memory beyond ${bytesText(linearMemory().buffer.byteLength)}`
    : `${bytesText(memoryLimit())} is the limit`;
  return new MemoryError(
    message(
      "memory",
      `${bytesText(bytes)} do not fit: ${bytesText(liveBytes)} in ${liveBlocks} blocks are live${kinds && ` (${kinds})`}, ${limit}` +
        (largest && `; largest: ${largest}`),
      mend,
    ),
  );
}
