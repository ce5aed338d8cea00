import { ArgumentError, GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { difference } from "../kernels/compare.js";
import { variable } from "../kernels/platform.js";
import type { Block, Call, Kept, Placed, Refusal } from "../kernels/recorder.js";
import { Replay } from "../kernels/replay.js";
import { release } from "../memory/heap.js";
import { BYTES, viewOf } from "../memory/views.js";
import { dataStorage, type Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { copyOf, type LeafState, otherResult, type Recording, type Result, record, Slot } from "./recording.js";
import { Signature } from "./signature.js";
import { structureOf } from "./structure.js";
import { verify } from "./verify.js";

/** Recordings that are compared before a step counts as one that is never the same. */
const TRIES = 3;

/**
 * What is given back when nobody can replay the step any more. It knows nothing of the step, whose model may be what keeps it: from
 * here that would live forever.
 */
interface Held {
  readonly slots: Place[];
  readonly replay: Place[];
  kept: Kept | null;
}

interface Place {
  readonly at: number;
  readonly bytes: number;
}

const registry = new FinalizationRegistry<Held>(letGo);

function letGo(held: Held): void {
  for (const { at, bytes } of [...held.slots.splice(0), ...held.replay.splice(0)]) release(at, bytes);
  held.kept?.dispose();
  held.kept = null;
}

/** A step for inputs of one signature: carried out once, recorded twice, and from then on replayed. */
export class CapturedStep {
  readonly signature: Signature;
  /** The places of the inputs, once there is something to record: many a step is carried out only once. */
  #slots: readonly Slot[] = [];
  readonly #held: Held = { slots: [], replay: [], kept: null };
  #ran = false;
  #first: Recording | null = null;
  #tries = 0;
  #replay: Replay | null = null;
  #recording: Recording | null = null;
  #around: readonly Placed[] = [];
  #results: readonly Result[] = [];
  #leaves: readonly LeafState[] = [];
  #changes: readonly (readonly [Storage, string])[] = [];
  #replays = 0;
  /** SIMDGRAD_CHECK_CAPTURE=n: every n-th replay is held against the step itself; 0: none. */
  readonly #checkEvery = checksAsked();
  /** Why the step is not replayed; null if nothing is in the way. */
  refusal: Refusal | null = null;

  /** @param step what is captured, of a tensor for each input */
  constructor(
    inputs: readonly Tensor[],
    private readonly step: (inputs: readonly Tensor[]) => unknown,
  ) {
    this.signature = new Signature(inputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype })));
    registry.register(this, this.#held, this);
  }

  /** Bytes of inputs and intermediate results of a replay; 0 before. */
  get bytes(): number {
    return this.#replay === null ? 0 : this.#slots.reduce((sum, { bytes }) => sum + bytes, this.#replay.arenaBytes);
  }

  get replays(): number {
    return this.#replays;
  }

  get state(): "eager" | "recording" | "replaying" {
    if (this.refusal !== null) return "eager";
    return this.#replay === null ? "recording" : "replaying";
  }

  /** Whether a step with these inputs, as things stand, is this one. */
  fits(inputs: readonly Tensor[]): boolean {
    if (!this.signature.fits(inputs)) return false;
    const around = this.#around;
    for (let i = 0; i < around.length; i++) if (around[i].fits?.() === false) return false;
    const leaves = this.#leaves;
    for (let i = 0; i < leaves.length; i++) {
      const { parameter, requiresGrad, before } = leaves[i];
      if (parameter.requiresGrad !== requiresGrad || parameter.hasGradient !== before) return false;
    }
    return true;
  }

  /** One step. @returns what the step returns, tensors as data */
  run(inputs: readonly Tensor[]): unknown {
    if (this.#replay !== null) {
      if (this.#isValid()) return this.#again(inputs);
      this.forget();
    }
    if (this.refusal !== null || !this.#ran) {
      this.#ran = true;
      return dataOf(asItIs(() => this.step(inputs)));
    }
    return this.#record(inputs);
  }

  /** Forgets what was recorded: what it was recorded of has changed. */
  forget(): void {
    this.#drop(this.#first);
    this.#drop(this.#recording);
    for (const { at, bytes } of this.#held.replay.splice(0)) release(at, bytes);
    this.#held.kept = null;
    this.#first = this.#recording = this.#replay = null;
    this.#around = [];
    this.#leaves = [];
    this.#tries = 0;
  }

  dispose(): void {
    this.forget();
    registry.unregister(this);
    letGo(this.#held);
    this.refusal = { reason: "it was disposed of", isFault: true };
  }

  #drop(recording: Recording | null): void {
    recording?.recorder.kept.dispose();
  }

  #record(inputs: readonly Tensor[]): unknown {
    if (this.#slots.length === 0) {
      this.#slots = this.signature.inputs.map(({ shape, dtype }) => new Slot(dtype, shape));
      this.#held.slots.push(...this.#slots.map(({ at, bytes }) => ({ at, bytes })));
    }
    this.#fill(inputs);
    const first = this.#first;
    const recording = this.#recorded();
    const { recorder, value } = recording;
    if (recorder.refusal !== null) {
      this.#refuse(recorder.refusal, recording);
      return value;
    }
    if (first !== null) {
      const differs = difference(first.recorder, recorder) ?? otherResult(first, recording);
      if (differs === null) {
        this.#begin(recording);
        this.#drop(first);
        this.#first = null;
        return value;
      }
      if (++this.#tries === TRIES) {
        this.#refuse({ reason: `it does not do the same each time: ${differs}`, isFault: true }, recording);
        return value;
      }
      this.#drop(first);
    }
    this.#first = recording;
    this.#held.kept = recorder.kept;
    this.#around = recorder.around;
    this.#leaves = recording.leaves;
    return value;
  }

  #refuse(refusal: Refusal, recording: Recording): void {
    this.#drop(recording);
    this.forget();
    this.refusal = refusal;
  }

  #begin(recording: Recording): void {
    const { recorder, results, leaves } = recording;
    this.#replay = new Replay(recorder, new Set(results.flatMap(({ block }): Block[] => (block === null ? [] : [block]))));
    this.#recording = recording;
    this.#around = recorder.around;
    this.#leaves = leaves;
    this.#changes = [...recorder.changes] as [Storage, string][];
    this.#results = results;
    this.#held.replay.push(...this.#replay.blocks);
    this.#held.kept = recorder.kept;
  }

  #isValid(): boolean {
    const around = this.#around;
    for (let i = 0; i < around.length; i++) if (around[i].valid?.() === false) return false;
    return true;
  }

  #again(inputs: readonly Tensor[]): unknown {
    const replay = this.#replay as Replay;
    const recording = this.#recording as Recording;
    this.#fill(inputs);
    this.#replays++;
    if (this.#checkEvery > 0 && this.#replays % this.#checkEvery === 0) {
      return verify(
        recording,
        () => this.#replayed(replay),
        () => this.#recorded(),
      );
    }
    return recording.structure.rebuild(this.#replayed(replay));
  }

  #recorded(): Recording {
    return record(() => this.step(this.#slots.map(({ tensor }) => tensor)), this.#slots);
  }

  /** @returns the results as data */
  #replayed(replay: Replay): Tensor[] {
    const around = this.#around;
    for (let i = 0; i < around.length; i++) around[i].before?.();
    const stopped = replay.run();
    if (stopped !== null) this.#fail(stopped, replay);
    for (let i = 0; i < around.length; i++) around[i].after?.();
    const leaves = this.#leaves;
    for (let i = 0; i < leaves.length; i++) {
      leaves[i].parameter.gradient = null;
      leaves[i].parameter.hasGradient = leaves[i].after;
    }
    const changes = this.#changes;
    for (let i = 0; i < changes.length; i++) changes[i][0].changed(changes[i][1]);
    const results = this.#results;
    const made = new Array<Tensor>(results.length);
    for (let i = 0; i < results.length; i++) made[i] = copyOf(results[i], placeOf(results[i], replay));
    return made;
  }

  /**
   * Throws the error of a fault, which may tell elements of results: they stand where the replay has put them. What came before the
   * fault has been done, what comes after it has not.
   */
  #fail(call: Call, replay: Replay): never {
    const { placed, recorder } = this.#recording as Recording;
    const at = recorder.calls.indexOf(call);
    for (const { after, undo, calls } of this.#around) {
      after?.();
      if (calls > at) undo?.();
    }
    for (const [storage, op] of this.#changes) storage.changed(op);
    for (const [storage, block] of placed) storage.at = replay.place(block);
    try {
      call.check?.();
    } finally {
      for (const [storage] of placed) storage.at = 0;
    }
    throw new GraphError(message("capture", "a kernel reported a fault in the captured step"));
  }

  /** Copies the inputs to their places. */
  #fill(inputs: readonly Tensor[]): void {
    const slots = this.#slots;
    for (let i = 0; i < slots.length; i++) {
      const { dtype, at } = slots[i];
      const view = viewOf(dtype);
      const begin = at / BYTES[dtype];
      const elements = inputs[i].storage.host ?? inputs[i].view();
      // A call of `set` costs more than a few elements.
      if (elements.length > 16) view.set(elements, begin);
      else for (let j = 0; j < elements.length; j++) view[begin + j] = elements[j];
    }
  }
}

/** @throws ArgumentError for a SIMDGRAD_CHECK_CAPTURE that is no number of steps: nothing would be checked */
function checksAsked(): number {
  const text = variable("SIMDGRAD_CHECK_CAPTURE") ?? "0";
  if (/^\d+$/.test(text)) return Number(text);
  throw new ArgumentError(message("capture", `SIMDGRAD_CHECK_CAPTURE is "${text}"; expected a whole number ≥ 0`));
}

function placeOf({ block, at }: Result, replay: Replay): number {
  return block === null ? at : replay.place(block);
}

/** Whether a captured step is being carried out as it is. */
export let carryingOut = false;

function asItIs<T>(step: () => T): T {
  const before = carryingOut;
  carryingOut = true;
  try {
    return step();
  } finally {
    carryingOut = before;
  }
}

/** What a step returned when it was carried out as it is: tensors as data, as a replay gives them. */
function dataOf(value: unknown): unknown {
  const { leaves, rebuild } = structureOf(value);
  return rebuild(
    leaves.map((tensor) => (isData(tensor) ? tensor : new Tensor(dataStorage(tensor.dtype, tensor.data, "capture"), tensor.shape))),
  );
}

function isData({ storage, origin }: Tensor): boolean {
  return storage.host !== null && origin === null;
}
