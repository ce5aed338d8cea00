import type { NumberArray } from "../memory/views.js";

/** Operations or bytes of a unit of a kernel's range, from its record: the words u, from word r on. */
export type Work = (u: Uint32Array, r: number) => number;

/** How a record lies in linear memory. */
export interface RecordLayout {
  readonly bytes: number;
  /** Byte offsets of the addresses by their names. */
  readonly pointers: Readonly<Record<string, number>>;
  /** Addresses that may equal `out`. */
  readonly inplace: readonly string[];
  /** Byte offsets of the float64 fields. */
  readonly doubles: readonly number[];
}

/** A kernel, as the files of `generated/` describe it. */
export interface Kernel<Args = never> {
  readonly name: string;
  /** Its place among the kernels of the compiled module. */
  readonly number: number;
  readonly record: RecordLayout;
  /** Whether a call that threads share is cut into one part a thread. */
  readonly even: boolean;
  /** Floating-point operations of a unit of the range; null where they are not counted. */
  readonly flops: Work | null;
  /** Bytes that a unit reads and writes in float32; null where they are not counted. */
  readonly traffic: Work | null;
  /** Writes a record to linear memory. @returns its address, valid until some calls later */
  write(args: Args): number;
  /** The same in plain JavaScript, over a view of all linear memory. */
  twin(args: Args, from: number, to: number, view: NumberArray): void;
}
