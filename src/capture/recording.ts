import type { Graph } from "../graph/graph.js";
import { mode, Scope, within } from "../graph/mode.js";
import type { Parameter } from "../graph/parameter.js";
import { sameElements } from "../kernels/compare.js";
import { observe, observer } from "../kernels/observer.js";
import { type Block, Recorder, setRecorder } from "../kernels/recorder.js";
import { inParameterArena } from "../memory/arena.js";
import { allocate, provideTemporaries } from "../memory/heap.js";
import { copyBlock, type DType } from "../memory/views.js";
import { type Shape, sameShape } from "../tensor/shape.js";
import { dataStorage, now, type Release, Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { type Structure, structureOf } from "./structure.js";

const ENDED: Release = { why: () => "the captured step that made it has ended" };

/** A fixed place in linear memory that an input of a step is copied to. */
export class Slot {
  readonly tensor: Tensor;

  constructor(
    readonly dtype: DType,
    readonly shape: Shape,
  ) {
    const storage = new Storage(
      dtype,
      shape.reduce((size, extent) => size * extent, 1),
      "input",
    );
    storage.at = allocate(Math.max(1, storage.bytes));
    storage.shape = shape;
    storage.permanent = true;
    this.tensor = new Tensor(storage, shape);
  }

  get at(): number {
    return this.tensor.storage.at;
  }

  get bytes(): number {
    return Math.max(1, this.tensor.storage.bytes);
  }
}

/** Where a result of a step stands: in an intermediate block, at a fixed place, or in JS memory (a tensor that is no result). */
export interface Result {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly block: Block | null;
  readonly at: number;
  readonly data: Tensor | null;
}

/** What is known of a step that was carried out once under a recorder. */
export interface Recording {
  readonly recorder: Recorder;
  /** What the step returned, as data. */
  readonly value: unknown;
  readonly structure: Structure;
  readonly results: readonly Result[];
  /** The storages of intermediate results, of which nothing is left, and what were their blocks. */
  readonly placed: readonly (readonly [Storage, Block])[];
  /** Parameters that took part, as the step found and left them. */
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
 * Carries a step out and writes down what it does.
 * @param slots the inputs, at fixed places
 */
export function record(step: () => unknown, slots: readonly Slot[], dry = false): Recording {
  const recorder = new Recorder(dry, observer);
  for (const { at, bytes } of slots) recorder.fix(at, bytes);
  let found: Returned;
  try {
    found = carryOut(step, recorder);
  } catch (error) {
    expelAll(recorder);
    recorder.releaseIntermediates();
    recorder.kept.dispose();
    throw error;
  }
  const { structure, results } = found;
  const value = structure.rebuild(results.map((result) => copyOf(result, result.block?.at ?? result.at)));
  const placed = expelAll(recorder);
  recorder.resolve(inParameterArena);
  recorder.releaseIntermediates();
  const leaves = [...(recorder.leaves as Map<Parameter, boolean>)].map(([parameter, before]) => ({
    parameter,
    requiresGrad: parameter.requiresGrad,
    before,
    after: parameter.hasGradient,
  }));
  return { recorder, value, structure, results, placed, leaves };
}

interface Returned {
  readonly structure: Structure;
  readonly results: readonly Result[];
}

/** Runs the step under the recorder. What the graphs hold is let go while the recording still keeps its blocks. */
function carryOut(step: () => unknown, recorder: Recorder): Returned {
  const scope = new Scope();
  const began = now();
  const [recorderBefore, observerBefore, temporariesBefore] = [setRecorder(recorder), observe(recorder), provideTemporaries(recorder)];
  try {
    const structure = structureOf(within(scope, mode.recording, step));
    return { structure, results: structure.leaves.map((tensor) => resultOf(tensor, recorder)) };
  } finally {
    for (const graph of new Set(recorder.graphs.map((graph) => (graph as Graph).root()))) graph.releaseSince(began, ENDED);
    scope.release();
    setRecorder(recorderBefore);
    observe(observerBefore);
    provideTemporaries(temporariesBefore);
  }
}

/** Takes the results' blocks from them. @returns which were whose */
function expelAll(recorder: Recorder): [Storage, Block][] {
  const placed: [Storage, Block][] = [];
  for (const result of recorder.results as Storage[]) {
    const block = recorder.blockAt(result.at);
    if (block !== null) placed.push([result, block]);
    result.expel();
  }
  return placed;
}

function resultOf(tensor: Tensor, recorder: Recorder): Result {
  const { storage, shape, dtype } = tensor;
  const block = recorder.blockAt(storage.at);
  const data = block === null && !storage.permanent ? tensor : null;
  return { dtype, shape, block, at: storage.at, data };
}

/** A result as data, read at an address. */
export function copyOf({ dtype, shape, data }: Result, at: number): Tensor {
  if (data !== null) return data;
  const size = shape.reduce((product, extent) => product * extent, 1);
  return new Tensor(dataStorage(dtype, copyBlock(dtype, at, size), "capture"), shape);
}

/** The first difference of what two recordings of a step returned, in words; null if a replay may return either. */
export function otherResult(a: Recording, b: Recording): string | null {
  const [x, y] = [a.structure.others, b.structure.others];
  const other = x.length === y.length ? x.findIndex((value, i) => !Object.is(value, y[i]) && typeof value !== "function") : 0;
  if (other >= 0) return `it returned ${String(x[other])} and then ${String(y[other])}, which is no tensor; return the tensor instead`;
  if (a.results.length !== b.results.length) return `it returned ${a.results.length} tensors and then ${b.results.length}`;
  const i = a.results.findIndex((result, at) => !isSameResult(a, result, b, b.results[at]));
  return i < 0 ? null : `tensor ${i} of what it returned was another one`;
}

/** Results are the same as operands of calls are: see `difference`. */
function isSameResult(a: Recording, x: Result, b: Recording, y: Result): boolean {
  if (x.dtype !== y.dtype || !sameShape(x.shape, y.shape)) return false;
  if (x.block !== null && y.block !== null) return a.recorder.intermediates.indexOf(x.block) === b.recorder.intermediates.indexOf(y.block);
  if (x.data !== null && y.data !== null) return x.data.storage === y.data.storage || sameElements(x.data.data, y.data.data);
  return x.block === y.block && x.data === y.data && x.at === y.at;
}
