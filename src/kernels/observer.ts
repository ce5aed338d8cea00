import { isPromise } from "../errors/check.js";
import type { DType } from "../memory/views.js";
import { setObserved } from "./direct.js";
import type { Kernel } from "./kernel.js";

/** Stands between the operations and the kernels: records the calls of a step, or times them. */
export interface KernelObserver {
  /** Runs a call on the observer's own account. @param args address of the record, which the next call may overwrite */
  call(kernel: Kernel, args: number, from: number, to: number, cost: number): void;
  /** Runs a call in plain JavaScript. @param args address of its record, as above @param run the call */
  twin(kernel: Kernel, args: number, from: number, to: number, dtype: DType, run: () => void): void;
  /** Work of JavaScript begins: see `timed`. @returns what is to be called when it ends */
  begin?(name: string): () => void;
}

/** Who observes now, if anybody. */
export let observer: KernelObserver | null = null;

/** @returns who observed before */
export function observe(next: KernelObserver | null): KernelObserver | null {
  const before = observer;
  observer = next;
  setObserved(next !== null);
  return before;
}

/** Backprop and optimizers have kernels of their own; "other" are those of no operation: random numbers, sums of gradients. */
export type Direction = "forward" | "backward" | "update" | "other";

/** Whose kernels run. */
export interface Turn {
  /** The operation, as users know it, or the optimizer. */
  readonly op: string;
  readonly direction: Direction;
  /** Path of the layer that called the operation; "" outside of layers. */
  readonly layer: string;
}

/** The turn under way, while somebody observes. */
export let turn: Turn | null = null;

/** Path of the innermost layer whose forward runs, while somebody observes. */
export let layer = "";

/** A layer's forward begins, or the one that called it goes on. */
export function enterLayer(path: string): void {
  layer = path;
}

/** @returns the turn before */
export function setTurn(next: Turn | null): Turn | null {
  const before = turn;
  turn = next;
  return before;
}

/**
 * Runs `fn` as the turn of an operation; for use while somebody observes. Operations that an operation is made of belong to its
 * own turn.
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

/** Runs work of JavaScript that an observer may want to know of. What it returns may be a promise: the work ends with it. */
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
