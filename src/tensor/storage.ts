import { MemoryError, ReleasedError } from "../errors/errors.js";
import { bytesText, message, shapeText } from "../errors/message.js";
import { recorder, unrecorded } from "../kernels/recorder.js";
import { allocate, allocateTemporary, releaseTemporary } from "../memory/heap.js";
import type { Holder } from "../memory/holders.js";
import { allocateArray, BYTES, blockView, copyBlock, type DType, type NumberArray, viewOf } from "../memory/views.js";
import type { Shape } from "./shape.js";

/** Permanent storages in words, by their `madeBy`. */
const PERMANENT: Readonly<Record<string, string>> = {
  input: "an input",
  Parameter: "a Parameter",
  gradient: "a gradient",
  state: "an optimizer's state",
  "learning rate": "the learning rate",
  step: "the count of updates",
};

/** A clock of in-place writes and recorded operations: of two events, the one with the larger number happened later. */
let clock = 0;

/** Moves the clock on. @returns the new time, later than all before */
export function tick(): number {
  return ++clock;
}

/** The time of the last event. The clock does not move. */
export function now(): number {
  return clock;
}

/** Why the memory of results was given back. All results that were released together share one object. */
export interface ReleaseCause {
  /** A clause that ends the sentence "this result was released: …". */
  readonly why: () => string;
}

/**
 * The elements of one or more tensors. They are in one of four states:
 *
 * | at | host | |
 * |----|------|-----------------------------------------------------------------------------------|
 * | 0  | set  | data: an ordinary typed array that the garbage collector frees                      |
 * | >0 | set  | data with a copy in linear memory, while it has holders                             |
 * | >0 | null | a result in linear memory, while it has holders; or a parameter, permanently        |
 * | 0  | null | released                                                                          |
 */
export class Storage {
  /** Byte address in linear memory; 0 = not in linear memory. */
  at = 0;
  host: NumberArray | null = null;
  /** The number of nodes, scopes and pins that need the block at `at`. */
  holders = 0;
  /** Whether the block stays in its place as long as its tensor lives: parameters and their gradients. */
  permanent = false;
  /** How many tensors keep the block in linear memory by `pin`. */
  pins = 0;
  /** Whether the elements move to JS memory when the last holder drops the block; otherwise they are lost then. */
  keep = false;
  /** The time of the last in-place change of the elements, on the clock of `tick`; 0 = never. */
  changedAt = 0;
  /** The operation that last changed the elements in place. */
  changedBy = "";
  /** Why the block was given back, if the elements are lost. */
  lostTo: ReleaseCause | null = null;
  /** The shape of the result, for messages. */
  shape: Shape | null = null;
  /** Draws the elements of a parameter at their first use. By then its path in the model is known, which is part of their seed. */
  lazy: (() => void) | null = null;
  /**
   * What must live as long as this storage, whose place it shares: for a gradient its parameter's storage, for what lies in an optimizer's
   * memory its states.
   */
  companion: object | null = null;

  constructor(
    readonly dtype: DType,
    readonly length: number,
    /** The operation that made the elements. */
    readonly madeBy: string,
  ) {}

  get bytes(): number {
    return this.length * BYTES[this.dtype];
  }

  /** Adds a holder. Data that is not in linear memory yet is copied there. */
  hold(): void {
    if (this.permanent) {
      this.holders++;
      if (this.lazy !== null) this.settle();
      return;
    }
    if (this.at === 0) this.upload();
    this.holders++;
    if (recorder !== null) this.noteRead();
  }

  /** Data that a recorded step reads stays at its address as long as the step can be replayed: the step counts as a holder. */
  noteRead(): void {
    if (this.host !== null && recorder?.reads(this)) this.holders++;
  }

  /** Removes a holder. With the last one the block is given back. */
  drop(): void {
    // `at` is 0 if the recording that owned the block has ended.
    if (--this.holders > 0 || this.permanent || this.at === 0) return;
    if (recorder?.owns(this.at)) return;
    this.keepIfWanted();
    releaseTemporary(this.at, this.bytes);
    this.at = 0;
  }

  /** Called when the recording that owns the block ends: the storage loses the block and all holders. */
  expel(): void {
    if (this.at === 0) return;
    this.keepIfWanted();
    this.at = 0;
    this.holders = 0;
  }

  /** Leaves a permanent place, to which something else is written now: the elements become data, in linear memory only while held. */
  moveOut(): void {
    this.host = this.copied();
    this.permanent = false;
    this.companion = null;
    this.at = 0;
    if (this.holders > 0) this.upload();
  }

  /** Called when a place is given back that was permanent: the elements are lost. */
  evict(cause: ReleaseCause): void {
    this.permanent = false;
    this.at = 0;
    this.lostTo = cause;
  }

  private keepIfWanted(): void {
    if (this.host === null && (this.keep || this.length === 1)) this.host = this.copied();
  }

  private copied(): NumberArray {
    return copyBlock(this.dtype, this.at, this.length);
  }

  /** Gives the block back and loses the elements: for workspaces, and for results whose computation failed. */
  discard(): void {
    releaseTemporary(this.at, this.bytes);
    this.at = 0;
    this.holders = 0;
  }

  /** Takes a block whose content is undefined, for a result. */
  allocate(): void {
    this.at = allocateTemporary(this.bytes);
    this.holders = 1;
    recorder?.makes(this);
  }

  /** A copy of the elements in JS memory. */
  copyOut(): NumberArray {
    if (this.lazy !== null) this.settle();
    if (this.at === 0) return this.readable().slice();
    if (recorder !== null) this.noteReading();
    return this.copied();
  }

  /** Draws the elements of a parameter if they are not drawn yet. */
  settle(): void {
    const draw = this.lazy;
    this.lazy = null;
    if (draw !== null) unrecorded(draw);
  }

  /** The elements in place, without a copy: a view that is valid until the next operation. */
  readable(): NumberArray {
    if (this.lazy !== null) this.settle();
    if (recorder !== null) this.noteReading();
    if (this.at !== 0) return blockView(this.dtype, this.at, this.length);
    if (this.host === null) throw this.releasedError();
    return this.host;
  }

  /** Element i. */
  read(i: number): number {
    if (this.lazy !== null) this.settle();
    if (recorder !== null) this.noteReading();
    if (this.at !== 0) return viewOf(this.dtype)[this.at / BYTES[this.dtype] + i];
    if (this.host === null) throw this.releasedError();
    return this.host[i];
  }

  /** Notes an in-place change by `op`. Data has a copy in JS memory too: change it through `write`, which keeps both equal. */
  changed(op: string): void {
    if (recorder !== null && this.permanent) recorder.changes(this, op);
    this.lazy = null;
    this.changedAt = tick();
    this.changedBy = op;
  }

  /** Overwrites all elements, or those from number `from` on, in both copies of data. */
  write(values: ArrayLike<number>, op: string, from = 0): void {
    if (this.at === 0 && this.host === null) throw this.releasedError();
    recorder?.refuse(`"${op}" writes elements from JavaScript`);
    if (this.host !== null) this.host.set(values, from);
    if (this.at !== 0) blockView(this.dtype, this.at, this.length).set(values, from);
    this.changed(op);
  }

  /**
   * Refuses to record a step in which JavaScript reads what kernels wrote: those elements change in every step, but JavaScript would
   * only ever see those of the recording.
   */
  private noteReading(): void {
    if (this.at === 0 || this.host !== null) return;
    const what = this.permanent ? PERMANENT[this.madeBy] : undefined;
    recorder?.refuse(`JavaScript reads the elements of ${what ?? `a result of "${this.madeBy}"`}`);
  }

  private upload(): void {
    if (this.host === null) throw this.releasedError();
    this.at = allocate(this.bytes);
    if (this.length === 1) viewOf(this.dtype)[this.at / BYTES[this.dtype]] = this.host[0];
    else blockView(this.dtype, this.at, this.length).set(this.host);
  }

  /** What the out-of-memory message says of the block. */
  holder(): Holder {
    const what = `${this.madeBy} ${shapeText(this.shape ?? [this.length])}`;
    return { kind: this.host === null ? "results" : "data", what, bytes: this.bytes };
  }

  releasedError(): ReleasedError {
    const shape = this.shape === null ? "" : ` ${shapeText(this.shape)}`;
    const why = this.lostTo === null ? "" : `: ${this.lostTo.why()}`;
    return new ReleasedError(
      message(
        this.madeBy,
        `this result${shape} was released${why}`,
        "Call retain() on it before, return it from noGrad, or copy it with toArray() while it is live.",
      ),
    );
  }
}

/** A storage of data. `host` becomes its array in JS memory and is not copied. */
export function dataStorage(dtype: DType, host: NumberArray, madeBy: string): Storage {
  const storage = new Storage(dtype, host.length, madeBy);
  storage.host = host;
  return storage;
}

/** A new array of zeros in JS memory. @throws MemoryError where JS cannot make an array of that length. */
export function hostArray(op: string, dtype: DType, length: number): NumberArray {
  try {
    return allocateArray(dtype, length);
  } catch {
    throw new MemoryError(
      message(op, `${length} elements of ${dtype}, ${bytesText(length * BYTES[dtype])}, do not fit into one array`, "Split it."),
    );
  }
}
