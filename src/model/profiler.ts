import { WORK } from "../kernels/generated/work.js";
import type { Kernel } from "../kernels/kernel.js";
import { type Direction, type KernelObserver, type Turn, turn } from "../kernels/observer.js";
import { run } from "../kernels/threads/forkJoin.js";
import { views } from "../memory/memory.js";
import type { DType } from "../memory/views.js";

/** The most calls and spans that are kept one by one. Later ones only count in the sums. */
const MOST_EVENTS = 200_000;

/** A call of a kernel. `start` is in milliseconds since the profile began. */
export interface ProfiledCall {
  readonly kernel: string;
  readonly turn: Turn | null;
  readonly start: number;
  readonly ms: number;
  /** The number of threads that shared the call. */
  readonly threads: number;
  /** Floating-point operations; null where they are not counted. */
  readonly flops: number | null;
  /** Bytes read and written; null where they are not counted. */
  readonly bytes: number | null;
}

/** All calls of one operation in one direction. */
export interface OperationTotals {
  readonly op: string;
  readonly direction: Direction;
  readonly layer: string;
  readonly kernels: Set<string>;
  calls: number;
  ms: number;
  flops: number;
  /** Milliseconds of the calls with a count of operations, and the sum of milliseconds · threads of these calls. */
  flopsMs: number;
  flopsThreadMs: number;
  bytes: number;
  /** Milliseconds of the calls with a count of bytes. */
  bytesMs: number;
}

/** A piece of work in JavaScript, such as making a batch. */
export interface Span {
  readonly name: string;
  readonly start: number;
  readonly ms: number;
}

export interface SpanTotals {
  calls: number;
  ms: number;
  /** Milliseconds of `ms` that were spent in kernels. */
  kernelMs: number;
}

/** Measures the time of every call of a kernel, and sums by operation. */
export class Profiler implements KernelObserver {
  readonly calls: ProfiledCall[] = [];
  readonly spans: Span[] = [];
  readonly operations = new Map<string, OperationTotals>();
  readonly spanTotals = new Map<string, SpanTotals>();
  /** The number of calls and spans that were not kept one by one. */
  dropped = 0;
  kernelMs = 0;
  readonly #began = performance.now();

  /** @param byLayer whether an operation is summed separately for each layer that calls it */
  constructor(private readonly byLayer: boolean) {}

  /** Milliseconds since the profile began. */
  get elapsed(): number {
    return performance.now() - this.#began;
  }

  call(kernel: Kernel, args: number, from: number, to: number, cost: number): void {
    const { flops, bytes } = workOf(kernel, args, to - from);
    const start = performance.now();
    const threads = run(kernel, args, from, to, cost);
    this.#note(kernel.name, start, threads, flops, bytes);
  }

  twin(kernel: Kernel, args: number, from: number, to: number, dtype: DType, run: () => void): void {
    const { flops, bytes } = workOf(kernel, args, to - from);
    const start = performance.now();
    run();
    this.#note(kernel.name, start, 1, flops, dtype === "float32" ? bytes : null);
  }

  begin(name: string): () => void {
    const start = performance.now();
    const kernelsBefore = this.kernelMs;
    return () => {
      const ms = performance.now() - start;
      const totals = this.spanTotals.get(name) ?? { calls: 0, ms: 0, kernelMs: 0 };
      this.spanTotals.set(name, totals);
      totals.calls++;
      totals.ms += ms;
      totals.kernelMs += this.kernelMs - kernelsBefore;
      if (this.spans.length < MOST_EVENTS) this.spans.push({ name, start: start - this.#began, ms });
      else this.dropped++;
    };
  }

  #note(kernel: string, start: number, threads: number, flops: number | null, bytes: number | null): void {
    const ms = performance.now() - start;
    const totals = this.#totalsOf(turn?.op ?? kernel, turn?.direction ?? "other", this.byLayer ? (turn?.layer ?? "") : "");
    totals.kernels.add(kernel);
    totals.calls++;
    totals.ms += ms;
    this.kernelMs += ms;
    if (flops !== null) {
      totals.flops += flops;
      totals.flopsMs += ms;
      totals.flopsThreadMs += ms * threads;
    }
    if (bytes !== null) {
      totals.bytes += bytes;
      totals.bytesMs += ms;
    }
    if (this.calls.length < MOST_EVENTS) this.calls.push({ kernel, turn, start: start - this.#began, ms, threads, flops, bytes });
    else this.dropped++;
  }

  #totalsOf(op: string, direction: Direction, layer: string): OperationTotals {
    const key = `${op}\n${direction}\n${layer}`;
    const known = this.operations.get(key);
    if (known !== undefined) return known;
    const sums = { calls: 0, ms: 0, flops: 0, flopsMs: 0, flopsThreadMs: 0, bytes: 0, bytesMs: 0 };
    const totals: OperationTotals = { op, direction, layer, kernels: new Set(), ...sums };
    this.operations.set(key, totals);
    return totals;
  }
}

function workOf(kernel: Kernel, args: number, units: number): { flops: number | null; bytes: number | null } {
  const { flops, bytes } = WORK[kernel.name];
  const r = args >>> 2;
  return {
    flops: flops ? units * flops(views.u32, r) : null,
    bytes: bytes ? units * bytes(views.u32, r) : null,
  };
}
