import type { DType } from "../memory/views.js";

/** What a kernel's record looks like. */
export interface Layout {
  /** The kernel's name. */
  readonly name: string;
  readonly bytes: number;
  /** Byte offsets of the addresses by their names. */
  readonly pointers: Readonly<Record<string, number>>;
  /** Addresses that may equal `out`. */
  readonly inplace: readonly string[];
}

export type Kernel = (args: number, from: number, to: number) => void;

/** Stands between the operations and the kernels: records the calls of a step, or times them. */
export interface KernelObserver {
  /** Runs a call on the observer's own account. @param args address of the record, which the next call may overwrite */
  call(kernel: Kernel, id: number, args: number, from: number, to: number, cost: number, even: boolean): void;
  /** A call that is about to run in plain JavaScript. */
  twin(id: number, dtype: DType): void;
}

/** Who observes now, if anybody. */
export let observer: KernelObserver | null = null;

/** @returns who observed before */
export function observe(next: KernelObserver | null): KernelObserver | null {
  const before = observer;
  observer = next;
  return before;
}
