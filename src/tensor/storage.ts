import { MemoryError, ReleasedError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { recorder, unrecorded } from "../kernels/recorder.js";
import { allocate, allocateTemporary, releaseTemporary } from "../memory/heap.js";
import { allocateArray, BYTES, blockView, copyBlock, type DType, type NumberArray, viewOf } from "../memory/views.js";
import type { Shape } from "./shape.js";

/** What is permanent, by `madeBy`, in words. */
const PERMANENT: Readonly<Record<string, string>> = {
  input: "an input",
  Parameter: "a Parameter",
  gradient: "a gradient",
  state: "an optimizer's state",
  "learning rate": "the learning rate",
  step: "the count of updates",
};

/** Counts in-place writes and recorded operations: what has the larger number happened later. */
let clock = 0;

/** A moment later than all before. */
export function tick(): number {
  return ++clock;
}

/** Now, without moving on. */
export function now(): number {
  return clock;
}

/** Why results' memory went back; one object for all that went together. */
export interface ReleaseCause {
  /** A clause that ends the sentence "this result was released: …". */
  readonly why: () => string;
}

/**
 * The elements behind one or more tensors. They are in one of four places:
 *
 * | at | host | |
 * |----|------|-----------------------------------------------------------------------------------|
 * | 0  | set  | data: an ordinary typed array that the garbage collector frees                      |
 * | >0 | set  | data with a copy in linear memory, for as long as somebody holds it                 |
 * | >0 | null | a result, in linear memory for as long as somebody holds it; or a parameter, forever |
 * | 0  | null | released                                                                          |
 */
export class Storage {
  /** Byte address in linear memory; 0 = not there. */
  at = 0;
  host: NumberArray | null = null;
  /** How many nodes, scopes and pins need the block at `at`. */
  holders = 0;
  /** The block never moves and is never given back while its tensor lives: parameters, gradients. */
  permanent = false;
  /** When the last holder lets go, the elements move to JS memory instead of being lost. */
  keep = false;
  /** When the elements were last changed in place, on the clock of `tick`; 0 = never. */
  changedAt = 0;
  /** What changed them last. */
  changedBy = "";
  /** What took the block, should the elements be lost. */
  lostTo: ReleaseCause | null = null;
  /** The shape of the result, for messages. */
  shape: Shape | null = null;
  /** Draws the elements of a parameter at their first use: by then its place in the model, which seeds them, is known. */
  lazy: (() => void) | null = null;
  /** The storage whose place this one shares, so that it lives as long: a gradient's parameter. */
  companion: Storage | null = null;

  constructor(
    readonly dtype: DType,
    readonly length: number,
    /** The operation that made the elements. */
    readonly madeBy: string,
  ) {}

  get bytes(): number {
    return this.length * BYTES[this.dtype];
  }

  /** One more holder; data is copied to linear memory if it is not there. */
  hold(): void {
    if (this.permanent) {
      if (this.lazy !== null) this.settle();
      return;
    }
    if (this.at === 0) this.upload();
    this.holders++;
    if (recorder !== null) this.noteRead();
  }

  /** Data that a recorded step reads stays where it is as long as the step can be replayed. */
  noteRead(): void {
    if (this.host !== null && recorder?.reads(this)) this.holders++;
  }

  /** One holder fewer; the last one gives the block back. */
  drop(): void {
    // At 0: a recording that made it has ended.
    if (this.permanent || --this.holders > 0 || this.at === 0) return;
    if (recorder?.owns(this.at)) return;
    this.keepIfWanted();
    releaseTemporary(this.at, this.bytes);
    this.at = 0;
  }

  /** The recording that made it ends, and takes its block. */
  expel(): void {
    if (this.at === 0) return;
    this.keepIfWanted();
    this.at = 0;
    this.holders = 0;
  }

  private keepIfWanted(): void {
    if (this.host === null && (this.keep || this.length === 1)) this.host = this.copied();
  }

  private copied(): NumberArray {
    return copyBlock(this.dtype, this.at, this.length);
  }

  /** Gives the block back without keeping anything: what failed to be computed, workspaces. */
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

  /** Draws elements that are still to be drawn. */
  settle(): void {
    const draw = this.lazy;
    this.lazy = null;
    if (draw !== null) unrecorded(draw);
  }

  /** The elements where they are: a view that later operations may invalidate. */
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

  /** Notes an in-place change by `op`; a data tensor's two copies are kept equal by the caller writing through `write`. */
  changed(op: string): void {
    if (recorder !== null && this.permanent) recorder.changes(this, op);
    this.lazy = null;
    this.changedAt = tick();
    this.changedBy = op;
  }

  /** Overwrites all elements. */
  write(values: ArrayLike<number>, op: string): void {
    if (this.at === 0 && this.host === null) throw this.releasedError();
    recorder?.refuse(`"${op}" writes elements from JavaScript`);
    if (this.host !== null) this.host.set(values);
    if (this.at !== 0) blockView(this.dtype, this.at, this.length).set(values);
    this.changed(op);
  }

  /** Elements that come from kernels are others in every step, but JavaScript would see those of the recording. */
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

/** A storage of data: `host` is taken over, not copied. */
export function dataStorage(dtype: DType, host: NumberArray, madeBy: string): Storage {
  const storage = new Storage(dtype, host.length, madeBy);
  storage.host = host;
  return storage;
}

/** @throws MemoryError for an array that JS itself cannot hold. */
export function hostArray(op: string, dtype: DType, length: number): NumberArray {
  try {
    return allocateArray(dtype, length);
  } catch {
    throw new MemoryError(message(op, `${length} elements of ${dtype} do not fit into one array`, "Split it."));
  }
}
