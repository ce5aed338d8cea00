import { bytesText } from "../errors/message.js";
import type { Kernel } from "../kernels/kernel.js";
import { type KernelObserver, turn } from "../kernels/observer.js";
import type { Around, Changeable, Constant, Leaf, MadeResult, Recorder } from "../kernels/recorder.js";
import { run } from "../kernels/threads/forkJoin.js";
import { allocate, release, type Temporaries } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import type { DType } from "../memory/views.js";
import { type Block, type Call, referencesOf } from "./calls.js";
import { Kept } from "./kept.js";

/** What is done around a replay, and its place in the step. */
export interface Placed extends Around {
  /** How many calls of kernels came before it. */
  readonly calls: number;
}

/** Why a step is not replayed. */
export interface Refusal {
  readonly reason: string;
  /** Whether something is wrong with the step. If not, it runs eagerly and no error says so. */
  readonly isFault: boolean;
}

let made = 0;

/**
 * Writes down what a running step does: the calls of its kernels with their records, the blocks of memory that these use, and what
 * JavaScript has to do around a replay.
 */
export class StepRecorder implements Recorder, KernelObserver, Temporaries {
  /** How many bytes of intermediate results a recording may take: it uses none of its blocks twice. */
  static mostBytes = 1 << 30;
  readonly id = ++made;
  readonly calls: Call[] = [];
  readonly intermediates: Block[] = [];
  readonly kept = new Kept();
  readonly around: Placed[] = [];
  /** Results with their blocks in `intermediates`. */
  readonly results: MadeResult[] = [];
  /** Parameters that took part, and whether they had a gradient when the step came to them. */
  readonly leaves = new Map<Leaf, boolean>();
  /** Graphs that were opened. */
  readonly graphs: object[] = [];
  /** What was changed in place, and by which operation. */
  readonly changed = new Map<Changeable, string>();
  #taken = 0;
  readonly #fixed: Block[] = [];
  readonly #places = new Map<number, Block>();
  /** Why the step cannot be replayed; null while it can. */
  refusal: Refusal | null = null;

  /** @param dry the kernels are not run: the step is only looked at */
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
    this.refuse(`"${kernel.name}" ran in plain JavaScript (${dtype}); cast its operands to float32, for which it is compiled`, false);
    if (this.watcher === null) run();
    else this.watcher.twin(kernel, args, from, to, dtype, run);
  }

  surround(around: Around): void {
    this.around.push({ ...around, calls: this.calls.length });
  }

  checkLast(check: () => void): void {
    const last = this.calls.at(-1);
    if (last !== undefined) last.check = check;
  }

  meets(leaf: Leaf): void {
    if (!this.leaves.has(leaf)) this.leaves.set(leaf, leaf.hasGradient);
  }

  refuse(reason: string, isFault = true): void {
    this.refusal ??= { reason, isFault };
  }

  makes(result: MadeResult): void {
    this.results.push(result);
  }

  opens(graph: object): void {
    this.graphs.push(graph);
  }

  changes(what: Changeable, op: string): void {
    this.changed.set(what, op);
  }

  /** A block for an intermediate result. None is used twice, so that an address tells which block is meant. */
  take(bytes: number): number {
    this.#taken += bytes;
    // What is too large runs eagerly, its blocks given back as it goes.
    if (this.#taken > StepRecorder.mostBytes) {
      this.refuse(`its intermediate results take more than ${bytesText(StepRecorder.mostBytes)}`, false);
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

  reads(constant: Constant): boolean {
    const { constants } = this.kept;
    if (constants.includes(constant)) return false;
    constants.push(constant);
    return true;
  }

  cell(bytes: number): number {
    const cell: Block = { at: allocate(bytes), bytes, kind: "fixed" };
    this.kept.cells.push(cell);
    return cell.at;
  }

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
      call.references = referencesOf(call, blocks, (address) => {
        if (!permanent(address)) this.refuse(`"${call.kernel.name}" uses a result that was computed outside of the step`);
      });
    }
  }

  /** Gives the blocks of intermediate results back: from now on their places are those of the plan. */
  releaseIntermediates(): void {
    for (const { at, bytes } of this.intermediates) release(at, bytes);
    this.#places.clear();
  }
}
