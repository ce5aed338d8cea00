import { provideTemporaries } from "../memory/heap.js";
import { type KernelObserver, observe, observer } from "./observer.js";
import { type Fault, takeFault } from "./status.js";

/**
 * Whoever records a step, so that it can be replayed as a list of kernel calls. Tensors, graphs, operations, layers and optimizers
 * tell the recorder what a replay must know; who implements it stands above them all.
 */
export interface Recorder {
  /** Who observed the kernels before the recording, and goes on doing so. */
  readonly watcher: KernelObserver | null;

  /**
   * The step does what a replay could not do again. The first reason counts.
   * @param isFault whether something is wrong with the step; if not, it runs eagerly and no error says so
   */
  refuse(reason: string, isFault?: boolean): void;

  /** JavaScript has to do something around a replay, on behalf of what the step does now. */
  surround(around: Around): void;

  /** The kernel called last may report a fault: `check` turns it into an error. */
  checkLast(check: () => void): void;

  /** What the step does depends on a parameter: on whether it is trained, or has a gradient. */
  meets(leaf: Leaf): void;

  /**
   * The step reads data, which stays in linear memory as long as the step may be replayed.
   * @returns whether the recorder did not know of it, and the caller has to take a hold for it
   */
  reads(constant: Constant): boolean;

  /** A cell of the recording's own for what changes from step to step. @param bytes at most 64 @returns its address */
  cell(bytes: number): number;

  /** The step's kernels use memory that outlives the step: inputs, an optimizer's cells. */
  fix(at: number, bytes: number): void;

  /** The step makes a result. */
  makes(result: MadeResult): void;

  /** The step opens a graph. */
  opens(graph: object): void;

  /** An operation of the step changes a parameter, or what belongs to it, in place. */
  changes(what: Changeable, op: string): void;

  /** Whether the block at an address is an intermediate result of the step, which stays until the recording ends. */
  owns(at: number): boolean;
}

/** Data in linear memory: a tensor's storage. */
export interface Constant {
  readonly at: number;
  readonly bytes: number;
  /** Its elements in JS memory. */
  readonly host: ArrayLike<number> | null;
  drop(): void;
}

/** A parameter. */
export interface Leaf {
  readonly hasGradient: boolean;
}

/** A result's storage, which the end of the recording takes the block from. */
export interface MadeResult {
  expel(): void;
}

/** A storage that counts its changes. */
export interface Changeable {
  changed(op: string): void;
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

/** The recorder of the step that is being recorded, if any. */
export let recorder: Recorder | null = null;

/** @returns the one before */
export function setRecorder(next: Recorder | null): Recorder | null {
  const before = recorder;
  recorder = next;
  return before;
}

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
