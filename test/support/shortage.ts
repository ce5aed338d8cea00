import { MemoryError } from "../../src/errors/errors.js";
import { allocate, heapStatistics, release } from "../../src/memory/heap.js";

const MIB = 2 ** 20;

/** Runs `fn` while only `room` MiB of linear memory are free, side by side. The rest is taken, but never touched, so that it costs nothing. */
export function inShortage<T>(room: number, fn: () => T): T {
  const taken: { at: number; bytes: number }[] = [];
  const place = allocate(room * MIB);
  for (let bytes = 1024 * MIB; bytes >= MIB; bytes /= 2) while (isFree(bytes) && take(bytes, taken));
  release(place, room * MIB);
  try {
    return fn();
  } finally {
    for (const { at, bytes } of taken) release(at, bytes);
  }
}

function isFree(bytes: number): boolean {
  const { limitBytes, liveBytes } = heapStatistics();
  return limitBytes - liveBytes >= bytes;
}

function take(bytes: number, taken: { at: number; bytes: number }[]): boolean {
  try {
    taken.push({ at: allocate(bytes), bytes });
    return true;
  } catch (error) {
    // What is free lies in smaller pieces.
    if (error instanceof MemoryError) return false;
    throw error;
  }
}
