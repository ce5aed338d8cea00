import type { NumberArray } from "../memory/views.js";

/** What a unit of a kernel's range computes and moves, each from the record: the words u, from word r on. */
export interface Work {
  /** Floating-point operations, where they are counted. */
  readonly flops?: (u: Uint32Array, r: number) => number;
  /** Bytes read and written in float32, where they are counted. */
  readonly bytes?: (u: Uint32Array, r: number) => number;
}

/** How a record lies in linear memory. */
export interface RecordLayout<Args = never> {
  readonly bytes: number;
  /** Byte offsets of the addresses by their names. */
  readonly pointers: Readonly<Record<string, number>>;
  /** Addresses that may equal `out`. */
  readonly inplace: readonly string[];
  /** Byte offsets of the float64 fields. */
  readonly doubles: readonly number[];
  /** Writes a record to linear memory. @returns its address, valid until some calls later */
  write(args: Args): number;
}

/** A kernel, as the files of `generated/` describe it. */
export interface Kernel<Args = never> {
  readonly name: string;
  /** Its place among the kernels of the compiled module. */
  readonly number: number;
  readonly record: RecordLayout<Args>;
  /** Whether a call that threads share is cut into one part a thread. */
  readonly even: boolean;
  /** The same in plain JavaScript, over a view of all linear memory. */
  twin(args: Args, from: number, to: number, view: NumberArray): void;
}
