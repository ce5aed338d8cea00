import { breakEven } from "../kernels/direct.js";
import { LINE, LINE_BYTES } from "../kernels/generated/constants.js";
import { type Loaded, loadedBuild, tableIndex } from "../kernels/load.js";
import { type KernelObserver, observer, setTurn } from "../kernels/observer.js";
import { type Crew, crewOf, stepOf, waitForCrew } from "../kernels/threads/forkJoin.js";
import { allocate } from "../memory/heap.js";
import { STATUS_AT, views } from "../memory/memory.js";
import type { Block, Call } from "./calls.js";
import { planMemory } from "./plan.js";

const LINE_WORDS = LINE_BYTES / 4;

/** The calls of a recorded step, with their records and intermediate results in memory of their own: they can be run again and again. */
export class Replay {
  readonly #loaded: Loaded;
  readonly #calls: readonly Call[];
  readonly #lines: number;
  readonly #end: number;
  readonly #bytes: number;
  readonly #arena: number;
  readonly arenaBytes: number;
  readonly #offsets: ReadonlyMap<Block, number>;
  readonly #records: number[] = [];
  /** Estimated nanoseconds of the calls that are worth sharing at the break-even `#weighed`. */
  #cost = 0;
  #weighed = Number.NaN;
  /** The number of threads, and the break-even, by which the calls were cut into parts. */
  #threads = 1;
  #breakEven = 0;

  /** @param kept intermediate results that are read after a replay */
  constructor(calls: readonly Call[], kept: ReadonlySet<Block>) {
    this.#loaded = loadedBuild() as Loaded;
    this.#calls = calls;
    const plan = planMemory(calls, kept);
    this.arenaBytes = plan.bytes;
    this.#offsets = plan.offsets;
    this.#arena = allocate(Math.max(1, plan.bytes));
    const recordBytes = calls.reduce((sum, { record }) => sum + 8 * Math.ceil(record.length / 2), 0);
    this.#bytes = LINE_BYTES * calls.length + recordBytes;
    this.#lines = allocate(Math.max(1, this.#bytes));
    this.#end = this.#lines + LINE_BYTES * calls.length;
    this.#write();
  }

  /** The address of an intermediate result. */
  place(block: Block): number {
    return this.#arena + (this.#offsets.get(block) ?? 0);
  }

  /** Runs all calls. @returns the call that reported a fault, after which none was made; null if there was none */
  run(): Call | null {
    if (observer !== null) return this.#runObserved(observer);
    const crew = crewOf(this.#loaded, this.#sharedCost());
    if (crew.threads !== this.#threads || breakEven !== this.#breakEven) this.#cut(crew);
    const stopped = this.#from(this.#lines, crew);
    return stopped === this.#end ? null : this.#calls[(stopped - this.#lines) / LINE_BYTES];
  }

  /** Runs from a line on, and waits for workers that are late. @returns the end, or the line that reported a fault */
  #from(line: number, crew: Crew): number {
    for (;;) {
      const stopped = this.#loaded.exports.replay(line, this.#end, crew.control, crew.patience, STATUS_AT) >>> 0;
      if ((stopped & 3) === 0) return stopped;
      waitForCrew(this.#loaded, views.u32[(stopped >>> 2) + LINE.left]);
      line = stopped - 1 + LINE_BYTES;
    }
  }

  /** The linear memory that it takes. Whoever made the replay gives it back. */
  get blocks(): { readonly at: number; readonly bytes: number }[] {
    return [
      { at: this.#arena, bytes: Math.max(1, this.arenaBytes) },
      { at: this.#lines, bytes: Math.max(1, this.#bytes) },
    ];
  }

  /** Runs all calls one by one through an observer. */
  #runObserved(onlooker: KernelObserver): Call | null {
    const before = setTurn(null);
    try {
      for (const [i, call] of this.#calls.entries()) {
        setTurn(call.turn);
        onlooker.call(call.kernel, this.#records[i], call.from, call.to, call.cost);
        if (call.check !== null && views.u32[STATUS_AT >>> 2] !== 0) return call;
      }
      return null;
    } finally {
      setTurn(before);
    }
  }

  /** Writes the lines and records, in which the addresses of intermediate results are those in the arena. */
  #write(): void {
    const { u32 } = views;
    let line = this.#lines >>> 2;
    let at = this.#end;
    for (const call of this.#calls) {
      at = (at + 7) & ~7;
      u32.set(call.record, at >>> 2);
      for (const reference of call.references) {
        if (reference === null || reference.block.kind !== "intermediate") continue;
        u32[(at + reference.field) >>> 2] = this.place(reference.block) + reference.offset;
      }
      u32[line + LINE.kernel] = tableIndex(this.#loaded, call.kernel);
      u32[line + LINE.args] = at;
      u32[line + LINE.from] = call.from;
      u32[line + LINE.to] = call.to;
      u32[line + LINE.step] = 0;
      u32[line + LINE.checked] = call.check === null ? 0 : 1;
      this.#records.push(at);
      at += 4 * call.record.length;
      line += LINE_WORDS;
    }
  }

  /** Estimated nanoseconds of the calls that are worth sharing, which depends on the number of threads. */
  #sharedCost(): number {
    if (breakEven !== this.#weighed) {
      this.#weighed = breakEven;
      this.#cost = this.#calls.reduce((sum, { cost }) => sum + (cost < breakEven ? 0 : cost), 0);
    }
    return this.#cost;
  }

  /** Decides which calls are shared among threads, and the size of their parts. */
  #cut(crew: Crew): void {
    this.#threads = crew.threads;
    this.#breakEven = breakEven;
    for (const [i, { cost, kernel, from, to }] of this.#calls.entries()) {
      views.u32[(this.#lines >>> 2) + LINE_WORDS * i + LINE.step] = stepOf(crew, cost, kernel.even, to - from);
    }
  }
}
