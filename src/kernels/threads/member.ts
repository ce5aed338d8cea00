import { allocate, release } from "../../memory/heap.js";
import { views } from "../../memory/memory.js";
import { SCRATCH_BYTES, State, WorkerCell } from "../generated/constants.js";
import { isClosed } from "./platform.js";

/** A worker, by the addresses of what it owns. */
export interface Member {
  cell: number;
  scratch: number;
  /** It was told to leave. */
  dismissed: boolean;
}

/** @throws MemoryError where there is no room for another thread's scratch */
export function newMember(): Member {
  const cell = allocate(WorkerCell.End);
  views.i32[word(cell, WorkerCell.Leaves)] = 0;
  views.i32[word(cell, WorkerCell.State)] = State.Starting;
  views.i32[word(cell, WorkerCell.File)] = -1;
  try {
    return { cell, scratch: allocate(SCRATCH_BYTES), dismissed: false };
  } catch (error) {
    release(cell, WorkerCell.End);
    throw error;
  }
}

export function free({ cell, scratch }: Member): void {
  release(cell, WorkerCell.End);
  release(scratch, SCRATCH_BYTES);
}

/** Where a worker writes the descriptor of the file that is closed when its thread ends. */
export function fileOf({ cell }: Member): number {
  return cell + WorkerCell.File;
}

/** Tells a worker to leave, which it does when it looks. */
export function tellToLeave(member: Member): void {
  member.dismissed = true;
  Atomics.store(views.u32, word(member.cell, WorkerCell.Leaves), 1);
}

/** Whether a worker's thread has ended; false where that cannot be known. */
export function isGone({ cell }: Member): boolean {
  const file = views.i32[word(cell, WorkerCell.File)];
  return file >= 0 && isClosed(file);
}

export function stateOf({ cell }: Member): number {
  return Atomics.load(views.u32, word(cell, WorkerCell.State));
}

/** The index in `views.u32` of the word at an address plus an offset in bytes. */
export function word(at: number, offset: number): number {
  return (at + offset) >>> 2;
}
