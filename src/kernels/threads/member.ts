import { allocate, release } from "../../memory/heap.js";
import { views } from "../../memory/memory.js";
import { SCRATCH_BYTES } from "../load.js";
import { isClosed } from "./platform.js";

/** Word offsets of a worker's cell: see assembly/forkJoin.ts. */
const LEAVES = 0;
const STATE = 1;
const FILE = 2;
const CELL_BYTES = 64;

export const State = { Starting: 0, Awake: 1, Asleep: 2, Busy: 3 } as const;

/** A worker, by the addresses of what it owns. */
export interface Member {
  cell: number;
  scratch: number;
  /** It was told to leave. */
  dismissed: boolean;
}

/** @throws MemoryError where there is no room for another thread's scratch */
export function newMember(): Member {
  const cell = allocate(CELL_BYTES);
  views.i32.set([0, State.Starting, -1], word(cell, LEAVES));
  try {
    return { cell, scratch: allocate(SCRATCH_BYTES), dismissed: false };
  } catch (error) {
    release(cell, CELL_BYTES);
    throw error;
  }
}

export function free({ cell, scratch }: Member): void {
  release(cell, CELL_BYTES);
  release(scratch, SCRATCH_BYTES);
}

/** Where a worker writes the descriptor of the file that is closed when its thread ends. */
export function fileOf({ cell }: Member): number {
  return cell + 4 * FILE;
}

/** Tells a worker to leave, which it does when it looks. */
export function tellToLeave(member: Member): void {
  member.dismissed = true;
  Atomics.store(views.u32, word(member.cell, LEAVES), 1);
}

/** Whether a worker's thread has ended; false where that cannot be known. */
export function isGone({ cell }: Member): boolean {
  const file = views.i32[word(cell, FILE)];
  return file >= 0 && isClosed(file);
}

export function stateOf({ cell }: Member): number {
  return Atomics.load(views.u32, word(cell, STATE));
}

/** Index of a word in `views.u32`. */
export function word(at: number, offset: number): number {
  return (at >>> 2) + offset;
}
