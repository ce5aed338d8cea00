/** The sizes of GEMM's blocks, and their places in the scratch slab. */

/** Steps of k in a block: a strip of B and a panel of A, 16 KiB each, stay in L1. (Where strips are 16 columns, L1 holds one of B.) */
export const KC: u32 = 512;
/** Columns of a block: the packed B, 512 KiB, takes half of L2. */
export const NC: u32 = 256;
/** Columns of a block of one or two rows, which is streamed: two rows of sums must fit into the scratch slab. */
export const STREAM_COLUMNS: u32 = 65536;

/**
 * The tile stands first. Behind it are an incomplete tile of sums, a panel of A (rows of 8), a block of B. They are odd multiples of
 * 64 bytes apart, so that they do not compete for the same sets of the cache.
 */
export const EDGE_AT: usize = 64;
export const PANEL_AT: usize = EDGE_AT + 6 * 64 + 64;
export const BLOCK_AT: usize = PANEL_AT + 32 * KC + 192;
/** Where the block of B ends, and memory for other ways of work begins. */
export const BEHIND_AT: usize = BLOCK_AT + (1 << 20);
