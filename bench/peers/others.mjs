/**
 * Measures what other processes use of the machine. If they use a core, two-thread figures of PyTorch are too low without varying, so
 * that the figures alone do not show it.
 */
import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";

const MILLISECONDS = 100;

/** Call it while all peers are stopped. @returns {Promise<number>} the busy share of all cores, 0 to 1 */
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
