/** What other processes take of the machine. Two-thread figures of PyTorch are steadily wrong, not restless, when a core is taken. */
import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";

const MILLISECONDS = 100;

/** @returns {Promise<number>} the busy share of all cores, 0 to 1; to be asked while all peers stand still */
export async function othersShare() {
  const before = total();
  await setTimeout(MILLISECONDS);
  const after = total();
  return (after.busy - before.busy) / Math.max(1, after.all - before.all);
}

function total() {
  const sums = { busy: 0, all: 0 };
  for (const { times } of cpus()) {
    const all = Object.values(times).reduce((sum, ms) => sum + ms, 0);
    sums.all += all;
    sums.busy += all - times.idle;
  }
  return sums;
}
