import { isPromise } from "../errors/check.js";
import type { DType } from "../memory/views.js";
import { setObserved } from "./direct.js";
import type { Kernel } from "./kernel.js";

/** Receives the calls of kernels, and runs them: a recording of a step or a profile. */
export interface KernelObserver {
  /** Runs a call, or records it for later. @param args address of the record, which the next call may overwrite */
  call(kernel: Kernel, args: number, from: number, to: number, cost: number): void;
  /** Runs a call in plain JavaScript. @param args address of its record, as above @param run the call */
  twin(kernel: Kernel, args: number, from: number, to: number, dtype: DType, run: () => void): void;
  /** Called when a piece of work in JavaScript begins: see `timed`. @returns the function to call when the work ends */
  begin?(name: string): () => void;
}

/** The present observer; null if there is none. */
export let observer: KernelObserver | null = null;

/** Sets the observer. @returns the observer before */
export function observe(next: KernelObserver | null): KernelObserver | null {
  const before = observer;
  observer = next;
  setObserved(next !== null);
  return before;
}

/** On whose behalf a kernel is called. "other" is for no operation: random numbers, sums of gradients. */
export type Direction = "forward" | "backward" | "update" | "other";

/** The operation or optimizer whose kernels run. */
export interface Turn {
  /** The public name of the operation or optimizer. */
  readonly op: string;
  readonly direction: Direction;
  /** Path of the layer that called the operation; "" outside of layers. */
  readonly layer: string;
}

/** The operation or optimizer whose kernels run now. Only known while there is an observer. */
export let turn: Turn | null = null;

/** Path of the innermost layer whose forward runs. Only known while there is an observer. */
export let layer = "";

/** Notes that the forward of a layer begins, or that the forward of the calling layer goes on. */
export function enterLayer(path: string): void {
  layer = path;
}

/** Sets the turn. @returns the turn before */
export function setTurn(next: Turn | null): Turn | null {
  const before = turn;
  turn = next;
  return before;
}

/**
 * Runs `fn` as the turn of an operation; only used while there is an observer. Operations that `fn` calls belong to the same turn.
 */
export function during<T>(op: string, direction: Direction, where: string, fn: () => T): T {
  if (turn !== null) return fn();
  turn = { op, direction, layer: where };
  try {
    return fn();
  } finally {
    turn = null;
  }
}

/** Runs work in JavaScript, which an observer may time. If `fn` returns a promise, the work ends when it settles. */
export function timed<T>(name: string, fn: () => T): T {
  if (observer === null) return fn();
  const end = observer.begin?.(name);
  if (end === undefined) return fn();
  let result: T;
  try {
    result = fn();
  } catch (error) {
    end();
    throw error;
  }
  if (isPromise(result)) result.then(end, end);
  else end();
  return result;
}
