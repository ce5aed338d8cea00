import { provideTemporaries } from "../memory/heap.js";
import { type KernelObserver, observe, observer } from "./observer.js";
import { type Fault, takeFault } from "./status.js";

/**
 * Records a step, so that it can be replayed as a list of kernel calls. Tensors, graphs, operations, layers and optimizers tell the
 * recorder what a replay must know. The room `capture`, which is above them all, implements it.
 */
export interface Recorder {
  /** The number of the recording: 1, 2, … */
  readonly id: number;
  /** The observer of kernels before the recording began. It goes on observing. */
  readonly watcher: KernelObserver | null;

  /**
   * Refuses the step, because it does something that a replay could not repeat. The first reason counts.
   * @param isFault whether that is an error; otherwise the step silently runs eagerly
   */
  refuse(reason: string, isFault?: boolean): void;

  /** Adds work that JavaScript has to do around every replay. */
  surround(around: Around): void;

  /** Notes that the kernel called last may report a fault, which `check` turns into an error. */
  checkLast(check: () => void): void;

  /** Notes that the step depends on a parameter: on whether it is trained, or has a gradient. */
  meets(leaf: Leaf): void;

  /**
   * Notes that the step reads data, which has to stay in linear memory as long as the step may be replayed.
   * @returns whether this is the first note of these data, in which case the caller has to hold them once more for the recorder
   */
  reads(constant: Constant): boolean;

  /** Makes a cell for values that change from step to step. @param bytes at most 64 @returns its address */
  cell(bytes: number): number;

  /** Notes memory that the step's kernels use and that outlives the step: inputs, an optimizer's cells. */
  fix(at: number, bytes: number): void;

  /** Notes a result that the step makes. */
  makes(result: MadeResult): void;

  /** Notes a graph that the step opens. */
  opens(graph: object): void;

  /** Notes that an operation of the step changes a parameter or its gradient in place. */
  changes(what: Changeable, op: string): void;

  /** Whether the block at an address is an intermediate result of the step, which stays until the recording ends. */
  owns(at: number): boolean;
}

/** The storage of a tensor of data, as far as a recorder needs it. */
export interface Constant {
  readonly at: number;
  readonly bytes: number;
  /** The elements in JS memory. */
  readonly host: ArrayLike<number> | null;
  drop(): void;
}

/** A parameter, as far as a recorder needs it. */
export interface Leaf {
  readonly hasGradient: boolean;
}

/** The storage of a result. At the end of the recording it loses its block. */
export interface MadeResult {
  expel(): void;
}

/** A storage that counts its changes. */
export interface Changeable {
  changed(op: string): void;
}

/** The work of JavaScript around a replay, which replaces its work around the kernels in the recorded step. */
export interface Around {
  /** Whether the recording can still be replayed. Once it is false it stays false. */
  valid?: () => boolean;
  /** Whether the conditions are now the same as when the step was recorded. They may become so again later. */
  fits?: () => boolean;
  /** The condition that `fits` checks, in words: "the mode of Dropout". */
  guards?: string;
  /** Called before the kernels, to write values that change from step to step to their cells. */
  before?: () => void;
  /** Called after the kernels, if none reported a fault. */
  after?: () => void;
  /** Takes back what `before` and `after` did to JavaScript's own state. */
  undo?: () => void;
}

/** The recorder of the step that is being recorded; null if none is. */
export let recorder: Recorder | null = null;

/** Sets the recorder. @returns the recorder before */
export function setRecorder(next: Recorder | null): Recorder | null {
  const before = recorder;
  recorder = next;
  return before;
}

/** Turns a fault of the last kernel, if it reported one, into an error: now, and after every replay of its call. */
export function checked(report: (fault: Fault) => void): void {
  const check = (): void => {
    const fault = takeFault();
    if (fault !== null) report(fault);
  };
  recorder?.checkLast(check);
  check();
}

/** Runs `fn` outside of the recording, so that its kernels are not part of the step. An observer before the recording still sees them. */
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
