import type { Kernel } from "../kernels/kernel.js";
import type { Turn } from "../kernels/observer.js";

/** A piece of linear memory that records point into. */
export interface Block {
  readonly at: number;
  readonly bytes: number;
  /** An intermediate result may lie anywhere; everything else stays where it is. */
  readonly kind: "intermediate" | "constant" | "fixed";
}

/** What an address of a record means: a place in a block. */
export interface Reference {
  /** Byte offset of the address in the record. */
  readonly field: number;
  readonly name: string;
  readonly block: Block;
  readonly offset: number;
}

/** A recorded call of a kernel. */
export interface Call {
  readonly kernel: Kernel;
  readonly from: number;
  readonly to: number;
  /** Estimated nanoseconds. */
  readonly cost: number;
  /** The record's bytes, a whole number of words. */
  readonly record: Uint32Array;
  /** Where its addresses point to; null for none. Filled in when the recording ends. */
  references: readonly (Reference | null)[];
  /** Whose call it is. */
  readonly turn: Turn | null;
  /** Turns a fault that the kernel reported into an error. */
  check: (() => void) | null;
}

/**
 * Finds the blocks that the addresses in a call's record point into.
 * @param blocks in order of their places
 * @param elsewhere is told an address that is in none of them
 */
export function referencesOf({ kernel, record }: Call, blocks: readonly Block[], elsewhere: (at: number) => void): (Reference | null)[] {
  return Object.entries(kernel.record.pointers).map(([name, field]) => {
    const address = record[field >>> 2];
    if (address === 0) return null;
    const block = blockAt(blocks, address);
    if (block !== null) return { field, name, block, offset: address - block.at };
    elsewhere(address);
    return { field, name, block: { at: address, bytes: 0, kind: "fixed" }, offset: 0 };
  });
}

/** The block that an address lies in. */
function blockAt(blocks: readonly Block[], address: number): Block | null {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (blocks[middle].at <= address) low = middle + 1;
    else high = middle;
  }
  const block = blocks[low - 1];
  return block !== undefined && address < block.at + Math.max(1, block.bytes) ? block : null;
}
