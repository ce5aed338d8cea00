import type { Graph } from "../graph/graph.js";
import { mode, Scope, within } from "../graph/mode.js";
import type { Parameter } from "../graph/parameter.js";
import { observe, observer } from "../kernels/observer.js";
import { setRecorder } from "../kernels/recorder.js";
import { belongsToParameter } from "../memory/arena.js";
import { provideTemporaries } from "../memory/heap.js";
import { now, type ReleaseCause, type Storage } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Block } from "./calls.js";
import { copyOf, type Result, resultOf } from "./results.js";
import type { Slot } from "./slot.js";
import { StepRecorder } from "./stepRecorder.js";
import { type Layout, layoutOf, rebuild } from "./structure.js";

const ENDED: ReleaseCause = { why: () => "the captured step that made it has ended" };

/** What is known of a step that ran once under a recorder. */
export interface Recording {
  readonly recorder: StepRecorder;
  /** What the step returned, as data. */
  readonly value: unknown;
  readonly layout: Layout;
  /** What the step returned besides tensors. */
  readonly others: readonly unknown[];
  readonly results: readonly Result[];
  /** The storages of intermediate results, which hold nothing any more, with the blocks that they held. */
  readonly placed: readonly (readonly [Storage, Block])[];
  /** Each tells whether something that the step depends on, such as a mode or a hook, is as the step found it. */
  readonly guards: readonly (() => boolean)[];
  /** The parameters that the step used, as it found and left them. */
  readonly leaves: readonly LeafState[];
}

export interface LeafState {
  readonly parameter: Parameter;
  readonly requiresGrad: boolean;
  /** Whether it had a gradient before, and after. */
  readonly before: boolean;
  readonly after: boolean;
}

/**
 * Runs a step under a recorder.
 * @param slots the step's inputs
 * @param dry the step runs without its kernels
 */
export function record(step: () => unknown, slots: readonly Slot[], dry = false): Recording {
  const recorder = new StepRecorder(dry, observer);
  for (const { at, bytes } of slots) recorder.fix(at, bytes);
  let returned: Returned;
  try {
    returned = carryOut(step, recorder);
  } catch (error) {
    expelAll(recorder);
    recorder.releaseIntermediates();
    recorder.kept.dispose();
    throw error;
  }
  const { layout, results } = returned;
  const value = rebuild(
    layout,
    results.map((result) => copyOf(result, result.block?.at ?? result.at)),
  );
  const placed = expelAll(recorder);
  recorder.resolve(belongsToParameter);
  recorder.releaseIntermediates();
  const leaves = [...(recorder.leaves as Map<Parameter, boolean>)].map(([parameter, before]) => ({
    parameter,
    requiresGrad: parameter.requiresGrad,
    before,
    after: parameter.hasGradient,
  }));
  const guards = recorder.around.flatMap(({ fits = [] }) => fits);
  return { recorder, value, ...returned, placed, guards, leaves };
}

type Returned = Pick<Recording, "layout" | "others" | "results">;

/** Runs the step under the recorder, then releases its graphs while the recorder still keeps the blocks of their results. */
function carryOut(step: () => unknown, recorder: StepRecorder): Returned {
  const scope = new Scope();
  const began = now();
  const [recorderBefore, observerBefore, temporariesBefore] = [setRecorder(recorder), observe(recorder), provideTemporaries(recorder)];
  try {
    const tensors: Tensor[] = [];
    const others: unknown[] = [];
    const layout = layoutOf(within(scope, mode.recording, step), tensors, others);
    return { layout, others, results: tensors.map((tensor) => resultOf(tensor, recorder)) };
  } finally {
    for (const graph of new Set(recorder.graphs.map((graph) => (graph as Graph).root()))) graph.releaseSince(began, ENDED, true);
    scope.release();
    setRecorder(recorderBefore);
    observe(observerBefore);
    provideTemporaries(temporariesBefore);
  }
}

/** Takes the blocks from the storages of all results. @returns the storages with their blocks */
function expelAll(recorder: StepRecorder): [Storage, Block][] {
  const placed: [Storage, Block][] = [];
  for (const result of recorder.results as Storage[]) {
    const block = recorder.blockAt(result.at);
    if (block !== null) placed.push([result, block]);
    result.expel();
  }
  return placed;
}

/** Whether modes, hooks, parameters and their gradients are now as the recorded step found them. */
export function standsAsRecorded({ guards, leaves }: Recording): boolean {
  for (let i = 0; i < guards.length; i++) if (!guards[i]()) return false;
  for (let i = 0; i < leaves.length; i++) {
    const { parameter, requiresGrad, before } = leaves[i];
    if (parameter.requiresGrad !== requiresGrad || parameter.hasGradient !== before) return false;
  }
  return true;
}
