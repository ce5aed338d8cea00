import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Module } from "../nn/module.js";
import type { SavedState } from "../tensor/savedState.js";
import type { Seed } from "../tensor/seed.js";
import type { Batch } from "./data.js";
import type { Epochs, PassBeginning } from "./epochs.js";
import { loadDataState, startingAt } from "./resumable.js";
import { streamFrom } from "./stream.js";

/** A place within a pass over the data. */
export interface Place extends PassBeginning {
  /** Batches of the pass that were taken. */
  readonly taken: number;
}

/** Walks that were told where to go on, and have not been asked for a batch since. */
const waiting = new WeakMap<Epochs, Place>();

/**
 * The place in the pass after some batches of an epoch; null between two passes.
 * @param ended whether the epoch has ended
 */
export function placeOf(walk: Epochs, batches: number, ended: boolean): Place | null {
  const { beginning, taken, given, options } = walk;
  if (options.stepsPerEpoch !== undefined) {
    if (walk.rest !== null) return waiting.get(walk) ?? null;
    // The last batch that was given is not done where training was aborted.
    const undone = ended ? 0 : given - batches;
    return walk.spans && beginning !== null ? { taken: taken - undone, ...beginning } : null;
  }
  return ended || beginning === null ? null : { taken: batches, ...beginning };
}

/**
 * Lets a walk go on from a place that a walk of the same data had.
 * @param seed that of the training, as it was there
 * @param data what the data remembered, between two passes
 */
export function goOnFrom(walk: Epochs, model: Module, seed: Seed, place: Place | null, data: SavedState): void {
  loadDataState(walk.data, place === null ? data : place.data);
  walk.stream = streamFrom(model, seed);
  walk.skip = 0;
  if (place === null) return;
  waiting.set(walk, place);
  walk.rest = () => rest(walk, place);
}

/** The rest of a pass: it is walked anew, from the draws before it, and what was taken is left out. */
async function* rest(walk: Epochs, { taken, begun, data }: Place): AsyncGenerator<Batch, void, undefined> {
  const { stream, whole } = walk;
  const { draws } = stream;
  walk.beginning = { begun, data };
  walk.taken = taken;
  stream.draws = begun;
  const direct = whole === null ? startingAt(walk.data, taken) : null;
  const parts = walk.walk(direct ?? walk.data, taken);
  let left = whole === null && direct === null ? taken : 0;
  // A pass of which nothing was taken is begun anew, and draws again.
  let isFirst = direct !== null && taken > 0;
  // The order of samples in memory is drawn by now.
  if (whole !== null) stream.draws = draws;
  for await (const batch of parts) {
    if (left > 0) {
      left--;
      if (left === 0) stream.draws = draws;
      continue;
    }
    if (isFirst) stream.draws = draws;
    isFirst = false;
    yield batch;
  }
  // Of the pass nothing was left.
  if (isFirst) stream.draws = draws;
  if (left === 0) return;
  const problem = `the data ended after ${taken - left} batches; when the checkpoint was written, ${taken} of the pass had been taken`;
  throw new ArgumentError(message("fit", problem, "Resume with the data of the training."));
}
