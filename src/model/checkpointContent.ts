import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { CheckpointContent } from "../io/checkpointFile.js";
import { FileError } from "../io/error.js";
import { kernelBuild } from "../kernels/load.js";
import { isModule } from "../nn/forward.js";
import { Module } from "../nn/module.js";
import { stateOf } from "../nn/state.js";
import { isPlain } from "../options/plain.js";
import type { SavedState } from "../tensor/savedState.js";
import { currentSeed } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Training } from "../train/loop.js";
import { type SeedState, seedState, type TrainingState, trainingState } from "../train/trainingState.js";
import { fileMetadata } from "./fileMetadata.js";
import { Model } from "./model.js";
import { VERSION } from "./version.js";

/** Something with a state: a module, an optimizer, a callback, a metric. */
export interface Stateful {
  stateDict(): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: each takes its own state
  loadStateDict(state: any): unknown;
}

/** What a loop of one's own keeps: objects with a state, and values. */
export type CheckpointParts = Readonly<Record<string, SavedState | Stateful>>;

/** The name of the part whose weights stand in the file by their own names. */
export const MODEL = "model";

/** What wrote a checkpoint. */
interface Writer {
  /** The version of the library. */
  readonly version: string;
  readonly kernels: string;
}

function writer(): Writer {
  return { version: VERSION, kernels: kernelBuild() };
}

/** What `fit` writes. */
export interface FitState extends Writer {
  readonly training: TrainingState;
}

/** What a loop of one's own writes. */
export interface LoopState extends Writer {
  readonly parts: Readonly<Record<string, SavedState>>;
  readonly seed: SeedState;
}

export function contentOfTraining(training: Training): CheckpointContent {
  const { model } = training.trainee;
  const state: FitState = { ...writer(), training: trainingState(training) };
  return { weights: weightsOf(model), state: state as unknown as SavedState, metadata: metadataOf(model) };
}

export function contentOfParts(op: string, parts: CheckpointParts): CheckpointContent {
  checkParts(op, parts);
  const { [MODEL]: model } = parts;
  const entries = Object.entries(parts).map(([name, part]): [string, SavedState] => {
    if (!isStateful(part)) return [name, part];
    return [name, name === MODEL ? null : (part.stateDict() as SavedState)];
  });
  const state: LoopState = { ...writer(), parts: Object.fromEntries(entries), seed: seedState(currentSeed()) };
  const [weights, metadata] = isModule(model) ? [weightsOf(model as Module), metadataOf(model as Module)] : [new Map(), {}];
  return { weights, state: state as unknown as SavedState, metadata };
}

/** A model of the user's may say itself what its state is. */
function weightsOf(model: Module): Map<string, Tensor> {
  return model.stateDict === Module.prototype.stateDict ? stateOf(model) : model.stateDict();
}

/** The architecture, unless the model has a layer that cannot be described. */
function metadataOf(model: Module): Record<string, string> {
  if (!(model instanceof Model)) return {};
  try {
    return fileMetadata(model);
  } catch (error) {
    if (error instanceof ArgumentError) return model.metadata;
    throw error;
  }
}

/** @throws FileError for a checkpoint of the other kind */
export function stateOfKind<S>(op: string, state: SavedState, part: string, otherwise: string): S {
  if (isPlain(state) && isPlain(state[part])) return state as S;
  throw new FileError(message(op, `the checkpoint is not one that ${op} can go on from`, otherwise));
}

export function isStateful(part: unknown): part is Stateful {
  const { stateDict, loadStateDict } = (part ?? {}) as Partial<Stateful>;
  return typeof stateDict === "function" && typeof loadStateDict === "function";
}

export function checkParts(op: string, parts: unknown): void {
  if (isPlain(parts)) return;
  throw new ArgumentError(
    message(op, `the parts are ${kindText(parts)}; expected an object of them by name`, `Write ${op}({ model, optimizer, epoch }).`),
  );
}
