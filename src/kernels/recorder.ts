import { bytesText } from "../errors/message.js";
import { allocate, provideTemporaries, release } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import type { DType } from "../memory/views.js";
import type { Kernel } from "./kernel.js";
import { type KernelObserver, observe, observer, type Turn, turn } from "./observer.js";
import { type Fault, takeFault } from "./status.js";
import { run } from "./threads/forkJoin.js";

/**
 * Writes down what a step does while it is carried out: the calls of its kernels with their records, the blocks that these use,
 * and what JavaScript has to do around a replay. What the step may not do if it is to be replayed ends in `refuse`.
 */

/** Data in linear memory that the step reads: a tensor's storage. */
export interface Constant {
  readonly at: number;
  readonly bytes: number;
  /** Its elements in JS memory. */
  readonly host: ArrayLike<number> | null;
  drop(): void;
}

/** A piece of linear memory that records point into. */
export interface Block {
  readonly at: number;
  readonly bytes: number;
  /** An intermediate result may lie anywhere; everything else stays where it is. */
  readonly kind: "intermediate" | "constant" | "fixed";
}

/** What an address of a record means: a place in a block. */
export interface Reference {
  /** Byte offset of the address in the record. */
  readonly field: number;
  readonly name: string;
  readonly block: Block;
  readonly offset: number;
}

/** A call of a kernel. */
export interface Call {
  readonly kernel: Kernel;
  readonly from: number;
  readonly to: number;
  /** Estimated nanoseconds. */
  readonly cost: number;
  /** The record's bytes, a whole number of words. */
  readonly record: Uint32Array;
  /** Where its addresses point to; null for none. Filled in when the recording ends. */
  references: readonly (Reference | null)[];
  /** Whose call it is. */
  readonly turn: Turn | null;
  /** Turns a fault that the kernel reported into an error. */
  check: (() => void) | null;
}

/** What JavaScript does around a replay, in place of what it did around the kernels. */
export interface Around {
  /** Whether what was recorded still holds; once it does not, it never will again. */
  valid?: () => boolean;
  /** Whether things stand as they stood when the step was recorded. */
  fits?: () => boolean;
  /** What `fits` looks at, in words: "the mode of Dropout". */
  guards?: string;
  /** Before the kernels: whatever changes from step to step is written to its cell. */
  before?: () => void;
  /** After them, if none reported a fault. */
  after?: () => void;
  /** Takes back what `before` and `after` did to JavaScript's own state. */
  undo?: () => void;
}

/** What is done around a replay, and where in the step it belongs: behind so many calls. */
export interface Placed extends Around {
  readonly calls: number;
}

/** What of linear memory a recording keeps for replays. It knows nothing of the recording. */
export class Kept {
  readonly constants: Constant[] = [];
  /** Cells made for the recording. */
  readonly cells: Block[] = [];

  /** Lets go of everything. */
  dispose(): void {
    for (const constant of this.constants.splice(0)) constant.drop();
    for (const { at, bytes } of this.cells.splice(0)) release(at, bytes);
  }
}

/** Why a step is not replayed. */
export interface Refusal {
  readonly reason: string;
  /** Where nothing is wrong with the step, it runs as it is and no error says so. */
  readonly isFault: boolean;
}

/** A parameter. */
export interface Leaf {
  readonly hasGradient: boolean;
}

export class Recorder implements KernelObserver {
  /** While a step is recorded none of its blocks is used twice: so many bytes a recording may take. */
  static mostBytes = 1 << 30;
  readonly calls: Call[] = [];
  readonly intermediates: Block[] = [];
  readonly kept = new Kept();
  readonly around: Placed[] = [];
  /** Results with their blocks in `intermediates`. */
  readonly results: { expel(): void }[] = [];
  /** Parameters that took part, and whether they had a gradient when the step came to them. */
  readonly leaves = new Map<Leaf, boolean>();
  /** Graphs that were opened. */
  readonly graphs: object[] = [];
  /** What was changed in place, and by which operation. */
  readonly changes = new Map<{ changed(op: string): void }, string>();
  #taken = 0;
  readonly #fixed: Block[] = [];
  readonly #places = new Map<number, Block>();
  /** Why the step cannot be replayed; null while it can. */
  refusal: Refusal | null = null;

  /**
   * @param dry the kernels are not carried out: the step is only to be looked at
   * @param watcher whoever observed before, and goes on doing so
   */
  constructor(
    readonly dry: boolean,
    readonly watcher: KernelObserver | null,
  ) {}

  call(kernel: Kernel, args: number, from: number, to: number, cost: number): void {
    const words = (kernel.record.bytes + 3) >>> 2;
    const record = views.u32.slice(args >>> 2, (args >>> 2) + words);
    this.calls.push({ kernel, from, to, cost, record, references: [], turn, check: null });
    if (this.dry) return;
    if (this.watcher === null) run(kernel, args, from, to, cost);
    else this.watcher.call(kernel, args, from, to, cost);
  }

  twin(kernel: Kernel, args: number, from: number, to: number, dtype: DType, run: () => void): void {
    this.refuse(`"${kernel.name}" ran in plain JavaScript (${dtype})`, false);
    if (this.watcher === null) run();
    else this.watcher.twin(kernel, args, from, to, dtype, run);
  }

  /** Notes what JavaScript has to do around a replay, on behalf of what is done now. */
  surround(around: Around): void {
    this.around.push({ ...around, calls: this.calls.length });
  }

  /** The last call may report a fault. */
  checkLast(check: () => void): void {
    const last = this.calls.at(-1);
    if (last !== undefined) last.check = check;
  }

  /** What the step does depends on a parameter: on whether it is trained, or has a gradient. */
  meets(leaf: Leaf): void {
    if (!this.leaves.has(leaf)) this.leaves.set(leaf, leaf.hasGradient);
  }

  /** The first reason counts. */
  refuse(reason: string, isFault = true): void {
    this.refusal ??= { reason, isFault };
  }

  /** A block for an intermediate result. None is used twice, so that an address tells which block is meant. */
  take(bytes: number): number {
    this.#taken += bytes;
    // What is too large is carried out as it is, its blocks given back as it goes.
    if (this.#taken > Recorder.mostBytes) {
      this.refuse(`its intermediate results take more than ${bytesText(Recorder.mostBytes)}`, false);
      return allocate(bytes);
    }
    const block: Block = { at: allocate(bytes), bytes, kind: "intermediate" };
    this.intermediates.push(block);
    this.#places.set(block.at, block);
    return block.at;
  }

  owns(at: number): boolean {
    return this.#places.has(at);
  }

  /** The intermediate result at an address, if it is one. */
  blockAt(at: number): Block | null {
    return this.#places.get(at) ?? null;
  }

  /** Data that the step reads stays in linear memory as long as the step may be replayed. The caller has taken a hold for it. */
  reads(constant: Constant): boolean {
    const { constants } = this.kept;
    if (constants.includes(constant)) return false;
    constants.push(constant);
    return true;
  }

  /** A cell of its own for what changes from step to step; `bytes` at most 64. */
  cell(bytes: number): number {
    const cell: Block = { at: allocate(bytes), bytes, kind: "fixed" };
    this.kept.cells.push(cell);
    return cell.at;
  }

  /** Memory that outlives the step and that its kernels may use: inputs, an optimizer's cells. */
  fix(at: number, bytes: number): void {
    this.#fixed.push({ at, bytes, kind: "fixed" });
  }

  /**
   * Finds out what the addresses mean, once the step is over.
   * @param permanent whether an address is one of a parameter or of what belongs to it
   */
  resolve(permanent: (at: number) => boolean): void {
    const constants = this.kept.constants.map((constant): Block => ({ at: constant.at, bytes: constant.bytes, kind: "constant" }));
    const blocks = [...this.intermediates, ...this.#fixed, ...this.kept.cells, ...constants].sort((a, b) => a.at - b.at);
    for (const call of this.calls) {
      call.references = Object.entries(call.kernel.record.pointers).map(([name, field]) => {
        const address = call.record[field >>> 2];
        if (address === 0) return null;
        const block = blockAt(blocks, address);
        if (block !== null) return { field, name, block, offset: address - block.at };
        if (!permanent(address)) this.refuse(`"${call.kernel.name}" uses a result that was computed outside of the step`);
        return { field, name, block: { at: address, bytes: 0, kind: "fixed" }, offset: 0 };
      });
    }
  }

  /** Gives the blocks of intermediate results back: from now on their places are those of the plan. */
  releaseIntermediates(): void {
    for (const { at, bytes } of this.intermediates) release(at, bytes);
    this.#places.clear();
  }
}

/** The block that an address lies in, of blocks in order of their places. */
function blockAt(blocks: readonly Block[], address: number): Block | null {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (blocks[middle].at <= address) low = middle + 1;
    else high = middle;
  }
  const block = blocks[low - 1];
  return block !== undefined && address < block.at + Math.max(1, block.bytes) ? block : null;
}

/** The recording under way, if any. */
export let recorder: Recorder | null = null;

/** Turns a fault that the last kernel may have reported into an error, now and after every replay of it. */
export function checked(report: (fault: Fault) => never): void {
  const check = (): void => {
    const fault = takeFault();
    if (fault !== null) report(fault);
  };
  recorder?.checkLast(check);
  check();
}

/** Runs `fn` as if nobody recorded: what it does is not part of the step. Whoever observes besides goes on doing so. */
export function unrecorded<T>(fn: () => T): T {
  const watcher = recorder === null ? observer : recorder.watcher;
  const [recorderBefore, observerBefore, temporariesBefore] = [setRecorder(null), observe(watcher), provideTemporaries(null)];
  try {
    return fn();
  } finally {
    setRecorder(recorderBefore);
    observe(observerBefore);
    provideTemporaries(temporariesBefore);
  }
}

/** @returns the one before */
export function setRecorder(next: Recorder | null): Recorder | null {
  const before = recorder;
  recorder = next;
  return before;
}
