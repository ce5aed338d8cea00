/** Where convolutions keep what in the scratch slab. GEMM's tile, panel and block stand before these: see blocks.ts. */
import { BEHIND_AT } from "../blocks";

/** Positions of a block of windows. */
export const POSITIONS: u32 = 512;
/** Channels and taps of a block of windows. */
export const STEPS: u32 = 8192;
/** Floats of a block of padded input: all that there is place for, and what stays in the cache beside the weights. */
export const IMAGE: u32 = 384 << 10;
export const IMAGE_CACHED: u32 = 64 << 10;

export const WINDOWS_AT: usize = BEHIND_AT;
/** Offsets of positions, and of channels and taps. Both end with repeats for a tile that is not full. */
export const POSITIONS_AT: usize = WINDOWS_AT + 256;
export const STEPS_AT: usize = POSITIONS_AT + 4 * POSITIONS + 64;
/** Sums, in rows of 64 bytes for positions, or for channels and taps; or rows of POSITIONS sums. */
export const SUMS_AT: usize = STEPS_AT + 4 * STEPS + 64;
export const IMAGE_AT: usize = SUMS_AT + 64 * STEPS + 1024;
