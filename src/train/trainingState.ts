import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { type Stand, setStands, standsUnder } from "../nn/stream.js";
import type { OptimizerState } from "../optim/state.js";
import { isPlain } from "../options/plain.js";
import { COUNT, FLAG, listOf, mapOf, NUMBERS, orNull, type Part, savedParts, wrongState } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { type Seed, seedFrom } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import { bindOptimizer } from "./bind.js";
import type { Callback } from "./callbacks.js";
import { countSamples } from "./data.js";
import type { FiguresState } from "./figures.js";
import type { Training } from "./loop.js";
import { goOnFrom, type Place, placeOf } from "./resumedWalk.js";

/** What is drawn under a seed, as a checkpoint keeps it. */
export interface SeedState {
  readonly low: number;
  readonly high: number;
  readonly steps: number;
  readonly draws: ReadonlyMap<string, number>;
  /** Where the layers stand that draw. */
  readonly layers: ReadonlyMap<string, Stand>;
}

/** What a training needs to go on as if it had never stopped, beside the weights. */
export interface TrainingState {
  readonly epoch: number;
  readonly batch: number;
  /** Null between two passes. */
  readonly place: Place | null;
  /** What the data remember. */
  readonly data: SavedState;
  readonly stopped: boolean;
  readonly seed: SeedState;
  /** Null before the first step. */
  readonly optimizer: OptimizerState | null;
  /** What guards against steps that are not finite; null: nothing does. */
  readonly guard: SavedState;
  /** What the epoch has gathered. */
  readonly figures: FiguresState | null;
  readonly callbacks: readonly { readonly type: string; readonly state: SavedState }[];
  /** What has to be the same for the place in the data to mean the same. */
  readonly walk: Readonly<Record<string, SavedState>>;
}

const PLAIN: Part<Readonly<Record<string, unknown>>> = ["an object", isPlain];
const TEXT: Part<string> = ["a text", (value) => typeof value === "string"];
const ANY: Part<SavedState> = ["a state", (_): _ is SavedState => true];

/** The state that a file holds. @throws ArgumentError for what is none */
export function checkedTrainingState(owner: string, state: unknown): TrainingState {
  const parts = savedParts(owner, state, {
    ...{ epoch: COUNT, batch: COUNT, place: orNull(PLAIN), data: ANY, stopped: FLAG, seed: PLAIN, walk: PLAIN },
    ...{ optimizer: orNull(PLAIN), guard: ANY, figures: orNull(PLAIN), callbacks: listOf(PLAIN) },
  });
  checkedSeedState(owner, parts.seed);
  if (parts.place !== null) savedParts(owner, parts.place, { taken: COUNT, begun: mapOf(COUNT), data: ANY });
  for (const callback of parts.callbacks) savedParts(owner, callback, { type: TEXT, state: ANY });
  if (parts.figures !== null) {
    const { losses, penalty } = savedParts(owner, parts.figures, {
      losses: listOf(NUMBERS),
      penalty: orNull(NUMBERS),
      metrics: listOf(ANY),
    });
    for (const { length } of [...losses, penalty ?? [0, 0]])
      if (length !== 2) throw wrongState(owner, "has a loss of other than two numbers");
  }
  return state as TrainingState;
}

/** What was drawn under a seed, as a file holds it. @throws ArgumentError for what is not that */
export function checkedSeedState(owner: string, state: unknown): SeedState {
  const { layers } = savedParts(owner, state, { low: COUNT, high: COUNT, steps: COUNT, draws: mapOf(COUNT), layers: mapOf(PLAIN) });
  for (const stand of layers.values()) savedParts(owner, stand, { key: NUMBERS, count: COUNT });
  return state as SeedState;
}

/** The state of a training between two steps. */
export function trainingState(training: Training): TrainingState {
  const { walk, epoch, batch, trainee, figures, stopped, hooks, guard } = training;
  const between = figures === null;
  return {
    epoch,
    batch,
    place: placeOf(walk, batch, between),
    data: walk.dataState,
    stopped,
    seed: seedState(walk.stream.seed, training.draws ?? undefined),
    optimizer: trainee.optimizer.bound ? trainee.optimizer.stateDict() : null,
    guard: guard?.stateDict() ?? null,
    figures: figures?.stateDict() ?? null,
    callbacks: hooks.callbacks.flatMap((callback) =>
      callback.stateDict === undefined ? [] : [{ type: typeOfCallback(callback), state: callback.stateDict() }],
    ),
    walk: walkSettings(training),
  };
}

/** Gives a training that is about to begin a state, but for its callbacks. @throws ArgumentError where it does not fit */
export function restoreTraining(training: Training, weights: Map<string, Tensor>, state: TrainingState): void {
  const { trainee, walk, guard } = training;
  const { model, optimizer } = trainee;
  checkWalk(walkSettings(training), state);
  const { epochs } = training.options;
  if (state.epoch > epochs)
    note(`fit: the checkpoint is of epoch ${state.epoch}, and epochs is ${epochs}: nothing is trained. Give more epochs to go on.`);
  model.loadStateDict(weights);
  if (state.optimizer !== null) {
    bindOptimizer(optimizer, model);
    optimizer.loadStateDict(state.optimizer);
  }
  goOnFrom(walk, model, seedOf(state.seed), state.place, state.data);
  if (state.guard) guard?.loadStateDict(state.guard);
  training.batch = state.batch;
  training.stopped = state.stopped;
  training.resumed = state.figures;
}

/** Gives callbacks the state that those of their class and order had. */
export function restoreCallbacks({ hooks }: Training, { callbacks }: TrainingState): void {
  const left = [...callbacks];
  for (const callback of hooks.callbacks) {
    if (callback.loadStateDict === undefined) continue;
    const at = left.findIndex(({ type }) => type === typeOfCallback(callback));
    if (at >= 0) callback.loadStateDict(left.splice(at, 1)[0].state);
    else note(`fit: the checkpoint has no state of the callback ${typeOfCallback(callback)}; it begins anew.`);
  }
  for (const { type } of left) note(`fit: the checkpoint has the state of a callback ${type}; this training has none, or one fewer.`);
}

/** @param draws how often numbers were drawn; default: as the seed says */
export function seedState(seed: Seed, draws: ReadonlyMap<string, number> = seed.draws): SeedState {
  const { low, high, steps } = seed;
  return { low, high, steps, draws: new Map(draws), layers: standsUnder(seed) };
}

export function seedOf({ low, high, steps, draws, layers }: SeedState): Seed {
  const seed = seedFrom({ low, high, steps, draws });
  setStands(seed, layers);
  return seed;
}

function walkSettings({ options, whole }: Training): Record<string, SavedState> {
  const { batchSize, shuffle, replacement, dropLast, stepsPerEpoch = null, accumulate } = options;
  const size = typeof batchSize === "number" ? batchSize : "a function";
  const always = { stepsPerEpoch, accumulate };
  return whole === null ? always : { ...always, samples: countSamples(whole), batchSize: size, shuffle, replacement, dropLast };
}

/** @throws ArgumentError where a place within an epoch would be another one */
function checkWalk(now: Readonly<Record<string, SavedState>>, { batch, place, walk }: TrainingState): void {
  if (batch === 0 && place === null) return;
  const other = Object.keys({ ...now, ...walk }).filter((name) => now[name] !== walk[name]);
  if (other.length === 0) return;
  const texts = other.map((name) => `${name} was ${kindText(walk[name])} and is ${kindText(now[name])}`);
  const mend = "Resume with the data and settings of the training, or give another checkpoint path to begin anew.";
  throw new ArgumentError(message("fit", `it was written within an epoch of another walk: ${texts.join(", ")}`, mend));
}

function typeOfCallback(callback: Callback): string {
  return callback.constructor.name;
}
