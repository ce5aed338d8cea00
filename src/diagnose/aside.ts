import type { Module } from "../nn/module.js";
import { seedOf, underSeed } from "../tensor/seed.js";
import { BufferCopies } from "../train/bufferCopies.js";
import { keepMoving } from "../train/moving.js";

/** What is drawn beside a training has a seed of its own. */
const SEED = 0x5eed;

/**
 * Runs a model beside its training, which does not notice: random numbers come from a seed of their own, and running statistics and whatever
 * else layers change by themselves are as before.
 * @param turn another number draws others
 */
export function beside<T>(model: Module, turn: number, fn: () => T): T {
  const buffers = new BufferCopies(model);
  const restoreMoving = keepMoving(model);
  try {
    return underSeed(seedOf(SEED + turn), fn);
  } finally {
    restoreMoving();
    buffers.restore();
  }
}
