import { count, flag, number } from "../../options/kinds.js";

/** How batches of rows of files come. */
export const ROW_BATCHES = {
  batchSize: count({ required: true, aka: ["batch_size"] }),
  /** A new random order in each pass, from the seed: blocks of rows come in random order, and so do the rows of some blocks that are in memory together. Default true. */
  shuffle: flag({ default: true }),
  /** Leave a last, smaller batch out. Default false. */
  dropLast: flag({ default: false, aka: ["dropRemainder", "drop_last"] }),
  /** The memory for rows, in MiB: half of it is shuffled together, while the other half is read. Default 64. */
  memory: number({ default: 64, above: 0 }),
};

/** Blocks that are in memory together, of two such windows. */
export function windowBlocks(memory: number, blockBytes: number): number {
  return Math.max(1, Math.floor((memory * 1048576) / (2 * blockBytes)));
}
